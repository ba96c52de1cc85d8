// Administered accounts in SQL.
#include "repository.hpp"

namespace mozi::user::administered {

namespace {

// What is asked for, as conditions that an index begins with; each with its argument.
struct Match {
    std::string sql;
    std::vector<db::Param> params;

    void add(std::string_view condition, db::Param param) {
        (sql += sql.empty() ? "WHERE " : " AND ") += condition;
        params.push_back(std::move(param));
    }
    Match(ListKnown const& asked, db::Dialect dialect) {
        // With a name its index is the one to take; + keeps SQLite from the others.
        auto const plainly = std::string(asked.name && dialect == db::Dialect::sqlite ? "+" : "");
        if (asked.status) add(plainly + "a.status = ?", db::to_param(*asked.status));
        else sql = "WHERE a.status <> 'DELETED'";
        if (asked.role) add(plainly + "a.role = ?", db::to_param(*asked.role));
        if (!asked.name) return;
        auto const begin = fold(*asked.name);
        add("a.username_key >= ?", db::to_param(begin));
        // SQLite compares bytes: that lies behind every letter, digit and _ there may be. PostgreSQL as its locale says.
        if (dialect == db::Dialect::sqlite) {
            add("a.username_key < ?", db::to_param(begin + "{"));
        } else {
            std::string pattern;
            for (char const c : begin) pattern += c == '_' ? "!_" : std::string(1, c);
            add("a.username_key LIKE ? ESCAPE '!'", db::to_param(pattern + "%"));
        }
    }
};

std::string newest_of(Match const& match) {
    return db::select<Account>(match.sql + " AND (a.created_at, a.id) < (?, ?) ORDER BY a.created_at DESC, a.id DESC LIMIT ? OFFSET ?");
}
std::string by_name_of(Match const& match) {
    return db::select<Account>(match.sql + " AND a.username_key > ? ORDER BY a.username_key LIMIT ? OFFSET ?");
}

} // namespace

std::string newest_sql(ListKnown const& asked) { return newest_of(Match(asked, db::Dialect::sqlite)); }
std::string by_name_sql(ListKnown const& asked) { return by_name_of(Match(asked, db::Dialect::sqlite)); }

std::vector<Account> newest(db::Connection& c, ListKnown const& asked, std::optional<std::tuple<Time, UserId>> const& after,
    std::int64_t limit, std::int64_t offset) {
    Match match(asked, c.dialect());
    auto const [time, id] = after ? *after : before_first<Time, UserId>(SortOrder::desc);
    for (auto param : {db::to_param(time), db::to_param(id), db::to_param(limit), db::to_param(offset)})
        match.params.push_back(std::move(param));
    return db::rows<Account>(c, newest_of(match), std::span<db::Param const>(match.params));
}

std::vector<Account> by_name(
    db::Connection& c, ListKnown const& asked, std::optional<std::string> const& after, std::int64_t limit, std::int64_t offset) {
    Match match(asked, c.dialect());
    for (auto param : {db::to_param(after.value_or("")), db::to_param(limit), db::to_param(offset)})
        match.params.push_back(std::move(param));
    return db::rows<Account>(c, by_name_of(match), std::span<db::Param const>(match.params));
}

std::int64_t total(db::Connection& c, ListKnown const& asked) {
    if (!asked.name && !asked.role && !asked.status)
        return std::get<0>(c.one<std::int64_t>("SELECT total FROM account_count WHERE id = 1").value());
    Match const match(asked, c.dialect());
    std::int64_t count = 0;
    db::Cell cells[1];
    cells[0].kind = db::cell_kind<std::int64_t>();
    c.execute("SELECT count(*) FROM account a " + match.sql, match.params, cells, [&] {
        count = db::from_cell<std::int64_t>(cells[0]);
        return true;
    });
    return count;
}

void set_role(db::Connection& c, UserId id, Role role, Time now) {
    c.run("UPDATE account SET role = ?, version = version + 1, updated_at = ? WHERE id = ?", role, now, id);
}

void set_password(db::Connection& c, UserId id, std::string const& hash, Time now) {
    c.run("UPDATE account SET password_hash = ?, updated_at = ? WHERE id = ?", hash, now, id);
}

void empty(db::Connection& c, UserId id, Time now) {
    // A name that nobody can choose, for its column is unique.
    auto const name = "deleted-" + id.text();
    c.run(
        "UPDATE account SET email = ?, email_key = ?, username = ?, username_key = ?, username_look = ?, display_name = 'Deleted account', "
        "display_look = ?, password_hash = '-', role = 'USER', status = 'DELETED', bio = NULL, website = NULL, location = NULL, avatar_url "
        "= NULL, cover_image_url = NULL, is_private = 0, version = version + 1, updated_at = ?, last_login_at = NULL WHERE id = ?",
        name, name, name, name, name, name, now, id);
    c.run("DELETE FROM notice WHERE account_id = ?", id);
    c.run("UPDATE account_count SET total = total - 1 WHERE id = 1");
}

} // namespace mozi::user::administered
