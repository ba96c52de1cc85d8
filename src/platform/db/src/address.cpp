// The address of PostgreSQL: judged before libpq, whose words about a mistyped one repeat the password, ever sees it.
#include <mozi/db/settings.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

namespace mozi::db {

namespace {

// As libpq understands it; nothing where it does not.
std::map<std::string, std::string> options_in(std::string const& url) {
    std::map<std::string, std::string> out;
    std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> const all(PQconninfoParse(url.c_str(), nullptr), PQconninfoFree);
    for (auto const* option = all.get(); option && option->keyword; ++option)
        if (option->val) out[option->keyword] = option->val;
    if (all) out["understood"];
    return out;
}

// "5432", or for several hosts "5432,5433,".
bool are_ports(std::string_view text) {
    while (!text.empty()) {
        auto const port = text.substr(0, text.find(','));
        if (port.size() > 5 || port.find_first_not_of("0123456789") != port.npos) return false;
        text.remove_prefix(std::min(text.size(), port.size() + 1));
    }
    return true;
}

} // namespace

std::string fault_of_address(std::string const& url) {
    if (url.empty()) return {};
    auto const in_full = " In full it is postgresql://user:password@host:5432/database; of a password write % as %25, / as %2F, @ as %40, "
                         ": as %3A, # as %23 and ? as %3F.";
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
        return std::string("begins neither with postgresql:// nor with postgres://.") + in_full;
    if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
        return std::string("has a space or a line end in it.") + in_full;
    auto const rest = std::string_view(url).substr(url.find("://") + 3);
    auto const authority = rest.substr(0, rest.find_first_of("/?"));
    auto const signs = std::ranges::count(authority, '@');
    if (signs > 1 || (signs == 0 && rest.find('@') != rest.npos))
        return std::string("does not have exactly one @, between password and host.") + in_full;
    auto const options = options_in(url);
    if (!options.contains("understood")) return std::string("is not what PostgreSQL understands.") + in_full;
    if (auto const port = options.find("port"); port != options.end() && !are_ports(port->second))
        return std::string("has a port that is not a number.") + in_full;
    return {};
}

Result<std::string> address_in_file(std::string const& path) {
    constexpr std::size_t most = 1000;
    auto const wrong = [&](std::string const& what) { return Error{Code::invalid, "config", path + " " + what}; };
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return wrong("is a folder.");
    std::ifstream file(path, std::ios::binary);
    if (!file) return wrong("cannot be read: " + std::generic_category().message(errno) + ".");
    std::string text(most + 1, '\0');
    file.read(text.data(), std::ssize(text));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > most) return wrong("is longer than an address of PostgreSQL.");
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return wrong("is empty.");
    return text;
}

std::string without_address(std::string text, std::string const& url) {
    auto options = options_in(url);
    auto const& password = options["password"];
    if (text.find(url) != text.npos || (!password.empty() && text.find(password) != text.npos))
        return "what it said names the password and is left out";
    return text;
}

} // namespace mozi::db
