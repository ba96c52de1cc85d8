// Lists in pages: what is asked for, what is answered, and the cursors that lead on.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/result.hpp>
#include <mozi/base/text.hpp>
#include <mozi/json/schema.hpp>

#include <array>
#include <limits>
#include <span>

namespace mozi {

// A list's input inherits it.
struct Paging {
    std::optional<int> page;
    int limit = 20;
    std::optional<std::string> after;
    // Rows before the page, where no cursor leads to it.
    std::int64_t offset() const { return after ? 0 : (std::int64_t(page.value_or(1)) - 1) * limit; }
};
template <class T>
constexpr auto paging_fields() {
    using json::field;
    using json::Where;
    return std::tuple{field<T, std::optional<int>>("page", &T::page,
                          {.min = 1, .max = 1'000'000, .where = Where::query, .help = "Page, from 1; `after` is cheaper."}),
        field<T, int>("limit", &T::limit,
            {.min = 1, .max = 100, .where = Where::query, .absent = json::Absent::keeps_default, .help = "Entries per page."}),
        field<T, std::optional<std::string>>("after", &T::after,
            {.min = 1, .max = 200, .format = json::Format::token, .where = Where::query, .help = "nextCursor of the page before."})};
}

enum class SortOrder { asc, desc };
constexpr auto names(SortOrder) { return std::array{std::pair{SortOrder::asc, "asc"sv}, std::pair{SortOrder::desc, "desc"sv}}; }

// Keys before all rows of a list in that order: where its first page begins.
template <class... Key>
std::tuple<Key...> before_first(SortOrder order) {
    using Limits = std::numeric_limits<std::int64_t>;
    auto const edge = order == SortOrder::asc ? Limits::min() : Limits::max();
    auto const one = [&]<class K>(std::type_identity<K>) -> K {
        if constexpr (std::same_as<K, Time>) return Time{std::chrono::microseconds{edge}};
        else return K{edge};
    };
    return {one(std::type_identity<Key>{})...};
}

struct Pagination {
    std::int64_t page = 1, limit = 20, total = 0, pages = 0;
    std::optional<std::string> next_cursor;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("page", &Pagination::page), field("limit", &Pagination::limit), field("total", &Pagination::total),
            field("pages", &Pagination::pages), field("nextCursor", &Pagination::next_cursor)};
    }
    static Pagination of(Paging const& asked, std::int64_t total, std::optional<std::string> next);
};

template <class T>
struct Page {
    std::vector<T> data;
    Pagination pagination;
    static std::string schema_name() { return json::type_name<T>() + "Page"; }
    static constexpr auto fields() { return std::tuple{json::field("data", &Page::data), json::field("pagination", &Page::pagination)}; }
};

namespace detail {

// "<list>.<part>.<part>"; parts are numbers, or base64url of a text.
std::string join_cursor(std::string_view list, std::span<std::string const> parts);
// Error: "request.cursor".
Result<std::vector<std::string_view>> split_cursor(std::string_view list, std::string_view cursor, std::size_t parts);
Error not_a_cursor();
std::optional<std::int64_t> number_of(std::string_view part);
std::optional<std::string> text_of(std::string_view part); // UTF-8 without control characters

template <class T>
std::string to_part(T const& value) {
    if constexpr (json::is_id<T>) return value.text();
    else if constexpr (std::same_as<T, Time>) return std::to_string(value.time_since_epoch().count());
    else if constexpr (std::integral<T>) return std::to_string(value);
    else return base64url(value);
}

template <class T>
std::optional<T> from_part(std::string_view part) {
    if constexpr (std::same_as<T, std::string>) {
        return text_of(part);
    } else if constexpr (json::is_id<T>) {
        return parse<T>(part);
    } else {
        auto const number = number_of(part);
        if (!number) return std::nullopt;
        if constexpr (std::same_as<T, Time>) return Time{std::chrono::microseconds{*number}};
        else return T{*number};
    }
}

} // namespace detail

// A list sorted by Key…, of which the last is an id. Rows are asked for one more than the page holds: that one says that there is more.
template <class... Key>
class Pager {
public:
    using Keys = std::tuple<Key...>;
    // `list` is part of its cursors, so that one of another list, or of another order, is none of its own. No dots.
    explicit Pager(std::string list) : list_(std::move(list)) {}

    // Behind which row the page begins; nothing where no cursor was given. Error: "request.cursor".
    Result<std::optional<Keys>> after(std::optional<std::string> const& cursor) const {
        if (!cursor) return std::optional<Keys>{};
        MOZI_TRY(auto const parts, detail::split_cursor(list_, *cursor, sizeof...(Key)));
        auto const keys = [&]<std::size_t... i>(std::index_sequence<i...>) { return std::tuple{detail::from_part<Key>(parts[i])...}; }(
                              std::index_sequence_for<Key...>{});
        return std::apply(
            [](auto const&... each) -> Result<std::optional<Keys>> {
                if ((!each || ...)) return detail::not_a_cursor();
                return std::optional<Keys>{Keys{*each...}};
            },
            keys);
    }

    std::string cursor(Keys const& keys) const {
        auto const parts =
            std::apply([](auto const&... each) { return std::array<std::string, sizeof...(Key)>{detail::to_part(each)...}; }, keys);
        return detail::join_cursor(list_, parts);
    }

    // Takes the row too many away and answers the cursor of the last that stays; nothing where there was none.
    template <class Row, class F>
    std::optional<std::string> cut(std::vector<Row>& rows, std::int64_t limit, F&& keys_of) const {
        if (std::int64_t(rows.size()) <= limit) return std::nullopt;
        rows.pop_back();
        return cursor(keys_of(rows.back()));
    }

private:
    std::string list_;
};

} // namespace mozi
