// Rows as structs: a struct says its table and its columns once; finding, selecting, inserting and updating follow from that.
//
//     struct Genre {
//         std::string slug, name;
//         std::int64_t titles = 0;
//         static constexpr db::Table table{"genre", "g"};
//         static constexpr auto columns() { // the key first
//             return std::tuple{db::column("slug", &Genre::slug), db::column("name", &Genre::name),
//                 db::computed("(SELECT count(*) FROM title t WHERE t.genre = g.slug)", &Genre::titles)};
//         }
//     };
//
// Lists and described structs are kept as JSON. All functions throw db::Failure, also where a row holds what its type does not know.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <array>
#include <ranges>

namespace mozi::db {

struct Table {
    std::string_view name, alias;
    std::string_view joined = {}; // what stands behind it in FROM, where computed columns read other tables
};

enum class Origin : std::uint8_t { kept, computed };

// A column and its place in the struct: a member, or a member of a member.
template <class... Path>
struct Column {
    std::string_view text;
    Origin origin;
    std::tuple<Path...> path;

    template <class Row>
    constexpr auto& in(Row& row) const {
        return std::apply([&](auto const... steps) -> auto& { return (row.*....*steps); }, path);
    }
};
template <class... Path>
constexpr auto column(std::string_view name, Path... path) {
    return Column<Path...>{name, Origin::kept, {path...}};
}
// An expression that is read and never written.
template <class... Path>
constexpr auto computed(std::string_view expression, Path... path) {
    return Column<Path...>{expression, Origin::computed, {path...}};
}
// Written and never read: made from the row.
template <class Make>
struct Derived {
    std::string_view text;
    Make make;
};
template <class Make>
constexpr auto derived(std::string_view name, Make make) {
    return Derived<Make>{name, make};
}

template <class T>
concept Row = requires {
    T::columns();
    { T::table } -> std::convertible_to<Table>;
};

// A list or a described struct as a row keeps it.
template <class T>
T from_json(std::string_view text) {
    T out{};
    if (json::is_vector<T> && text == "[]") return out;
    auto const value = json::parse(text);
    json::Errors errors(json::Words::kept);
    if (value) json::read_value(*value, out, {}, errors);
    if (!value || !errors.empty()) throw Failure(Failure::Kind::other, "a row holds JSON that cannot be read");
    return out;
}

namespace detail {

template <class T>
inline constexpr bool is_derived = false;
template <class Make>
inline constexpr bool is_derived<Derived<Make>> = true;

template <class T>
constexpr bool as_json() {
    return json::is_vector<T> || json::Described<T>;
}

template <class T>
Param to_stored(T const& value) {
    if constexpr (as_json<T>()) return json::to_json(value);
    else return to_param(value);
}

template <class T>
T from_stored(Cell& cell) {
    if constexpr (as_json<T>()) return from_json<T>(cell.text);
    else return from_cell<T>(cell);
}

template <Row T, class F>
constexpr void each_read(F&& f) {
    auto const one = [&]<class C>(C const& column) {
        if constexpr (!is_derived<C>) f(column);
    };
    std::apply([&](auto const&... columns) { (one(columns), ...); }, T::columns());
}

template <Row T, class F>
constexpr void each_written(F&& f) {
    auto const one = [&]<class C>(C const& column) {
        if constexpr (is_derived<C>) f(column);
        else if (column.origin == Origin::kept) f(column);
    };
    std::apply([&](auto const&... columns) { (one(columns), ...); }, T::columns());
}

template <Row T>
constexpr std::size_t read_count() {
    std::size_t count = 0;
    each_read<T>([&](auto const&) { ++count; });
    return count;
}

template <Row T, class C>
Param value_of(T const& row, C const& column) {
    if constexpr (is_derived<C>) return to_param(column.make(row));
    else return to_stored(column.in(row));
}

// The name of the column that this member is; a member that is none does not compile.
template <Row T, auto member>
constexpr std::string_view name_of() {
    constexpr auto name = [] {
        std::string_view found;
        each_read<T>([&]<class C>(C const& column) {
            if constexpr (std::same_as<C, Column<decltype(member)>>)
                if (column.origin == Origin::kept && std::get<0>(column.path) == member) found = column.text;
        });
        return found;
    }();
    static_assert(!name.empty(), "this member is no column of its own");
    return name;
}

template <Row T>
constexpr std::string_view key_name() {
    return std::get<0>(T::columns()).text;
}

// "id = ?"
template <Row T>
std::string const& is_key() {
    static auto const condition = std::string(key_name<T>()) + " = ?";
    return condition;
}

template <Row T>
std::string where_key() {
    return "WHERE " + std::string(T::table.alias) + "." + std::string(key_name<T>());
}

} // namespace detail

// "SELECT <columns> FROM <table> <rest>", for rows() and row().
template <Row T>
std::string select(std::string_view rest) {
    std::string sql = "SELECT ";
    detail::each_read<T>([&](auto const& column) {
        if (column.origin == Origin::kept) (sql += T::table.alias) += ".";
        (sql += column.text) += ", ";
    });
    sql.resize(sql.size() - 2);
    ((sql += " FROM ") += T::table.name) += ' ';
    (sql += T::table.alias) += ' ';
    if (!T::table.joined.empty()) (sql += T::table.joined) += ' ';
    return sql += rest;
}

// The columns of select() alone, for statements that begin otherwise.
template <Row T>
std::string columns_of() {
    auto const whole = select<T>("");
    return whole.substr(7, whole.find(" FROM " + std::string(T::table.name)) - 7);
}

template <Row T>
std::vector<T> rows(Connection& c, std::string_view sql, std::span<Param const> params) {
    std::vector<T> out;
    std::array<Cell, detail::read_count<T>()> cells;
    auto const each_cell = [&](auto&& f) {
        std::size_t i = 0;
        detail::each_read<T>([&](auto const& column) { f(column, cells[i++]); });
    };
    each_cell([]<class C>(C const& column, Cell& cell) {
        using Type = std::remove_cvref_t<decltype(column.in(std::declval<T&>()))>;
        if constexpr (detail::as_json<Type>()) cell.kind = Cell::Kind::text;
        else cell.kind = cell_kind<Type>();
    });
    c.execute(sql, params, cells, [&] {
        auto& row = out.emplace_back();
        each_cell([&](auto const& column, Cell& cell) {
            auto& member = column.in(row);
            member = detail::from_stored<std::remove_cvref_t<decltype(member)>>(cell);
        });
        return true;
    });
    return out;
}

template <Row T, class... In>
std::vector<T> rows(Connection& c, std::string_view sql, In const&... in) {
    Param const params[] = {to_param(in)..., nullptr};
    return rows<T>(c, sql, std::span<Param const>(params, sizeof...(In)));
}

template <Row T, class... In>
std::optional<T> row(Connection& c, std::string_view sql, In const&... in) {
    auto found = rows<T>(c, sql, in...);
    return found.empty() ? std::nullopt : std::optional<T>(std::move(found.front()));
}

template <Row T, class Key>
std::optional<T> find(Connection& c, Key const& key) {
    static auto const sql = select<T>(detail::where_key<T>() + " = ?");
    return row<T>(c, sql, key);
}

// In any order; one statement.
template <Row T, std::ranges::contiguous_range Keys>
std::vector<T> find_many(Connection& c, Keys const& keys) {
    static auto const sql = select<T>(detail::where_key<T>() + " IN {list}");
    return rows<T>(c, sql, id_list(std::span<std::ranges::range_value_t<Keys> const>(keys)));
}

// Keeps these rows from changing until the unit ends, in an order that cannot dead-lock. SQLite has one writer: there the unit itself
// does. What is read before may be stale; what is read after is not.
template <Row T, class... In>
void hold_where(Connection& c, std::string_view condition, In const&... in) {
    if (c.dialect() == Dialect::sqlite) return;
    auto const key = std::string(detail::key_name<T>());
    auto const sql =
        "SELECT " + key + " FROM " + std::string(T::table.name) + " WHERE " + std::string(condition) + " ORDER BY " + key + " FOR UPDATE";
    c.each<std::int64_t>(sql, [](std::int64_t) {}, in...);
}

// The row as it stands, kept from changing until the unit ends.
template <Row T, class Key>
std::optional<T> hold(Connection& c, Key const& key) {
    hold_where<T>(c, detail::is_key<T>(), key);
    return find<T>(c, key);
}

// `tail`: what follows VALUES, such as ON CONFLICT DO NOTHING. Rows added.
template <Row T>
std::int64_t insert(Connection& c, T const& row, std::string_view tail = {}) {
    static auto const text = [] {
        std::string names, places;
        detail::each_written<T>([&](auto const& column) {
            names += (names.empty() ? "" : ", ") + std::string(column.text);
            places += places.empty() ? "?" : ", ?";
        });
        return "INSERT INTO " + std::string(T::table.name) + " (" + names + ") VALUES (" + places + ") ";
    }();
    std::vector<Param> params;
    detail::each_written<T>([&](auto const& column) { params.push_back(detail::value_of(row, column)); });
    return tail.empty() ? c.execute(text, params, {}, {}) : c.execute(text + std::string(tail), params, {}, {});
}

// Those columns of the row that fit the condition; its arguments follow. Rows changed.
template <auto... members, Row T, class... In>
std::int64_t update_where(Connection& c, T const& row, std::string_view condition, In const&... in) {
    static auto const begin = [] {
        auto text = "UPDATE " + std::string(T::table.name) + " SET ";
        ((text += detail::name_of<T, members>(), text += " = ?, "), ...);
        text.replace(text.size() - 2, 2, " WHERE ");
        return text;
    }();
    Param const params[] = {detail::to_stored(row.*members)..., to_param(in)...};
    return c.execute(begin + std::string(condition), params, {}, {});
}

// Those columns of this row. Rows changed.
template <auto... members, Row T>
    requires(sizeof...(members) > 0)
std::int64_t update(Connection& c, T const& row) {
    return update_where<members...>(c, row, detail::is_key<T>(), std::get<0>(T::columns()).in(row));
}

// All its columns.
template <Row T>
std::int64_t replace(Connection& c, T const& row) {
    static auto const text = [] {
        std::string set;
        detail::each_written<T>([&](auto const& column) { set += (set.empty() ? "" : " = ?, ") + std::string(column.text); });
        return "UPDATE " + std::string(T::table.name) + " SET " + set + " = ? WHERE " + detail::is_key<T>();
    }();
    std::vector<Param> params;
    detail::each_written<T>([&](auto const& column) { params.push_back(detail::value_of(row, column)); });
    params.push_back(params.front());
    return c.execute(text, params, {}, {});
}

} // namespace mozi::db
