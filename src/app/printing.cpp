// Lists in pages, tables, refusals.
#include "printing.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/write.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <iostream>
#include <unistd.h>

namespace mozi::app {

void Listing::add_to(CLI::App& command) {
    command.add_option("--limit", most, "Most rows")->check(CLI::Range(1, 10'000));
    command.add_option("--after", after, "Go on behind the page that said this");
}

std::string shown(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        auto const c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (c1) ++i;
        out += c < 32 || c == 127 || c1 ? '?' : text[i];
    }
    return out;
}

std::string text_of(boost::json::value const& value) {
    if (value.is_string()) return shown(value.get_string());
    if (value.is_null()) return "-";
    if (value.is_bool()) return value.get_bool() ? "yes" : "no";
    return boost::json::serialize(value);
}

std::string text_at(boost::json::value const& row, std::string_view key) {
    auto const* found = row.is_object() ? row.get_object().if_contains(key) : nullptr;
    return found ? text_of(*found) : "-";
}

std::string mebibytes(boost::json::value const& row, std::string_view key) {
    auto const* found = row.is_object() ? row.get_object().if_contains(key) : nullptr;
    return found && found->is_number() ? std::to_string(found->to_number<std::int64_t>() >> 20) + " MiB" : "-";
}

static std::size_t letters(std::string_view text) {
    return std::size_t(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void print(Rows const& rows) {
    std::vector<std::size_t> widths;
    for (auto const& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (widths.size() <= i) widths.push_back(0);
            widths[i] = std::max(widths[i], letters(row[i]));
        }
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + (i + 1 < row.size() ? std::string(widths[i] - letters(row[i]) + 2, ' ') : "");
        std::cout << line << "\n";
    }
}

std::string body_of(std::vector<std::pair<std::string, std::string>> const& fields) {
    std::string out = "{";
    for (auto const& [key, value] : fields) {
        out += (out.size() > 1 ? ",\"" : "\"") + key + "\":";
        json::write_string(out, value);
    }
    return out + "}";
}

std::string first_line() {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back(); // the other half of a line end
    return line;
}

int refused(Operator::Answer const& answer) { return complain(answer.refusal(), answer.status >= 500 ? EX_UNAVAILABLE : EX_DATAERR); }

int run(Settings const& settings, std::function<int(Operator&)> const& act, Hold::Takes takes) {
    log::configure({"error", "text"});
    try {
        Operator house(settings, takes);
        return act(house);
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

bool confirmed(std::string const& question, std::string const& word, bool yes) {
    if (yes) return true;
    if (!isatty(STDIN_FILENO)) {
        std::cerr << question << " Say --yes if that is meant.\n";
        return false;
    }
    std::cout << question << " Type " << word << " to go on: " << std::flush;
    return first_line() == word;
}

namespace {

// What the next page begins with, where there is more.
struct Listed {
    std::vector<boost::json::value> rows;
    std::int64_t total = 0;
    std::string next;
};
// Status EX_OK, or what was complained about.
int list(Operator& house, std::string const& target, Listing const& asked, Listed& out) {
    out.next = asked.after;
    do {
        auto const limit = std::min<std::size_t>(100, std::size_t(asked.most) - out.rows.size());
        auto const answer =
            house.ask(Method::get, target + (target.find('?') == target.npos ? "?" : "&") + "limit=" + std::to_string(limit) +
                                       (out.next.empty() ? "" : "&after=" + query_value(out.next)));
        if (!answer.good()) return refused(answer);
        auto const page = answer.json();
        for (auto const& row : page.at("data").as_array()) out.rows.push_back(row);
        auto const& pagination = page.at("pagination");
        out.total = pagination.at("total").to_number<std::int64_t>();
        auto const& next = pagination.at("nextCursor");
        out.next = next.is_string() ? std::string(next.get_string()) : std::string();
    } while (!out.next.empty() && out.rows.size() < std::size_t(asked.most));
    return EX_OK;
}

void print_end(Listed const& listed, std::string const& what) {
    auto const count = std::int64_t(listed.rows.size());
    std::cout << count << (count < listed.total ? " of " + std::to_string(listed.total) : "") << " " << what
              << (listed.next.empty() ? "." : "; go on with --after " + listed.next) << "\n";
}

} // namespace

int print_list(Operator& house, std::string const& target, Listing const& asked, std::string const& what, std::vector<std::string> head,
    Line const& line) {
    Listed listed;
    if (auto const status = list(house, target, asked, listed); status != EX_OK) return status;
    Rows rows{std::move(head)};
    for (auto const& row : listed.rows) rows.push_back(line(row));
    if (!listed.rows.empty()) print(rows);
    print_end(listed, what);
    return EX_OK;
}

int print_list(Settings const& settings, std::string const& target, Listing const& asked, std::string const& what,
    std::vector<std::string> const& head, Line const& line) {
    return run(settings, [&](Operator& house) { return print_list(house, target, asked, what, head, line); });
}

std::string id_of(Operator& house, std::string const& name) {
    if (!name.empty() && name.find_first_not_of("0123456789") == name.npos)
        if (house.ask(Method::get, "/api/admin/users/" + name).good()) return name;
    auto const found = house.ask(Method::get, "/api/admin/users?limit=1&name=" + query_value(name));
    if (found.status == 422 || found.good()) {
        auto const page = found.good() ? found.json() : boost::json::value();
        if (page.is_object() && !page.at("data").as_array().empty()) {
            auto const& first = page.at("data").as_array().front();
            if (fold(first.at("username").as_string()) == fold(name)) return std::string(first.at("id").as_string());
        }
        std::cerr << "There is nobody called " << shown(name) << ". `videa-mozi user list` shows who there is.\n";
    } else refused(found);
    return {};
}

} // namespace mozi::app
