// Pages and cursors without templates.
#include <mozi/base/text.hpp>
#include <mozi/json/page.hpp>

#include <charconv>

namespace mozi {

Pagination Pagination::of(Paging const& asked, std::int64_t total, std::optional<std::string> next) {
    return {asked.page.value_or(1), asked.limit, total, (total + asked.limit - 1) / asked.limit, std::move(next)};
}

namespace detail {

std::string join_cursor(std::string_view list, std::span<std::string const> parts) {
    std::string out(list);
    for (auto const& part : parts) out += '.' + part;
    return out;
}

Error not_a_cursor() {
    return {Code::bad_request, "request.cursor", "This cursor does not belong to this list. Start again without `after`.",
        {.fields = {{"?after", "request.cursor", "Not a cursor of this list."}}}};
}

Result<std::vector<std::string_view>> split_cursor(std::string_view list, std::string_view cursor, std::size_t parts) {
    auto found = split(cursor, '.');
    if (found.size() != parts + 1 || found.front() != list) return not_a_cursor();
    found.erase(found.begin());
    return found;
}

std::optional<std::int64_t> number_of(std::string_view part) {
    std::int64_t out = 0;
    auto const [end, failed] = std::from_chars(part.data(), part.data() + part.size(), out);
    return failed == std::errc{} && end == part.data() + part.size() && !part.empty() ? std::optional(out) : std::nullopt;
}

std::optional<std::string> text_of(std::string_view part) {
    auto text = from_base64url(part);
    return text && is_utf8(*text) && !has_control(*text) ? text : std::nullopt;
}

} // namespace detail
} // namespace mozi
