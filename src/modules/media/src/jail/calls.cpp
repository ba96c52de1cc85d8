// Reading calls.list, and the kernel's own names for its calls.
#include "jail/calls.hpp"

#include <mozi/base/embedded.hpp>
#include <mozi/base/text.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <sys/syscall.h>

namespace mozi {
std::span<EmbeddedFile const> mozi_media_jail();
}

namespace mozi::media {
namespace {

struct Named {
    int number;
    std::string_view name;
};
constexpr Named kernel_calls[] = {
#include "call_names.inc" // made by src/modules/CMakeLists.txt of <sys/syscall.h>
};

int number_of(std::string_view name) {
    auto const found = std::ranges::find(kernel_calls, name, &Named::name);
    return found == std::end(kernel_calls) ? -1 : found->number;
}

bool read_number(std::string_view text, std::uint32_t& out) {
    auto const base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return code == std::errc{} && end == text.data() + text.size();
}

// argN=V, argN&M=V, argN=self
std::optional<Condition> read_condition(std::string_view text) {
    auto const equals = text.find('=');
    if (!text.starts_with("arg") || equals == text.npos || equals < 4 || text[3] < '0' || text[3] > '5') return std::nullopt;
    Condition out;
    out.argument = text[3] - '0';
    auto const value = text.substr(equals + 1);
    if (value == "self" && equals == 4) return out.of = Condition::Of::self, out;
    if (!read_number(value, out.value)) return std::nullopt;
    if (equals == 4) return out.of = Condition::Of::whole, out;
    if (text[4] != '&' || !read_number(text.substr(5, equals - 5), out.mask)) return std::nullopt;
    return out;
}

bool read_answer(std::string_view text, CallRule& out) {
    constexpr std::pair<std::string_view, int> errors[] = {{"ENOSYS", ENOSYS}, {"EPERM", EPERM}, {"EINVAL", EINVAL}, {"ENOTTY", ENOTTY}};
    if (text == "allow") return out.answer = CallRule::Answer::allow, true;
    if (text == "first") return out.answer = CallRule::Answer::first, true;
    for (auto const& [name, number] : errors)
        if (text == name) return out.answer = CallRule::Answer::error, out.error = number, true;
    return false;
}

std::optional<CallRule> read_rule(std::string_view line) {
    std::vector<std::string_view> columns;
    for (auto const column : split(line, '|')) columns.push_back(trim(column));
    if (columns.size() != 5 || columns[0].empty() || columns[1].empty() || columns[4].empty()) return std::nullopt;
    CallRule out;
    auto const at = columns[0].find('@');
    out.name = columns[0].substr(0, at);
    out.number = number_of(out.name);
    std::uint32_t said = 0;
    if (at != std::string_view::npos) {
        if (!read_number(columns[0].substr(at + 1), said)) return std::nullopt;
        out.number = static_cast<int>(said);
    }
    out.programs = columns[1];
    out.why = columns[4];
    for (auto const text : split(columns[2], ',')) {
        if (trim(text).empty()) continue;
        auto const condition = read_condition(trim(text));
        if (!condition) return std::nullopt;
        out.when.push_back(*condition);
    }
    if (!read_answer(columns[3], out)) return std::nullopt;
    return out;
}

CallList read_list() {
    CallList out;
    for (auto const& file : mozi_media_jail()) {
        if (file.path != "calls.list") continue;
        for (auto const line : split(file.bytes, '\n')) {
            if (trim(line).empty() || line.starts_with('#')) continue;
            auto rule = read_rule(line);
            if (!rule) return {{}, "calls.list is not understood: " + std::string(line)};
            out.rules.push_back(std::move(*rule));
        }
    }
    if (out.rules.empty()) out.fault = "calls.list is empty";
    return out;
}

} // namespace

bool CallRule::is_for(std::string_view program) const {
    if (programs == "*") return true;
    auto const all = split(programs, ' ');
    return std::ranges::find(all, program) != all.end();
}

CallList const& call_list() {
    static CallList const list = read_list();
    return list;
}

std::string_view name_of_call(int number) {
    auto const found = std::ranges::find(kernel_calls, number, &Named::number);
    return found == std::end(kernel_calls) ? std::string_view{} : found->name;
}

} // namespace mozi::media
