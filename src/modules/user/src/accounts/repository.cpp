// Accounts in SQL.
#include "repository.hpp"

#include <mozi/base/text.hpp>

namespace mozi::user::repository {

std::optional<Credentials> find_by_name(db::Connection& c, std::string const& key) {
    static auto const by_username = db::select<Credentials>("WHERE a.username_key = ?"),
                      by_email = db::select<Credentials>("WHERE a.email_key = ?");
    return db::row<Credentials>(c, key.find('@') == key.npos ? by_username : by_email, key);
}

bool email_taken(db::Connection& c, std::string const& key) {
    return c.one<std::int64_t>("SELECT id FROM account WHERE email_key = ?", key).has_value();
}
bool username_taken(db::Connection& c, std::string const& key) {
    return c.one<std::int64_t>("SELECT id FROM account WHERE username_key = ?", key).has_value();
}

bool username_looks_taken(db::Connection& c, std::string const& look) {
    return c.one<std::int64_t>("SELECT id FROM account WHERE username_look = ? LIMIT 1", look).has_value();
}
bool looks_like_ranked(db::Connection& c, std::string const& look, UserId but) {
    return c
        .one<std::int64_t>("SELECT id FROM account WHERE username_look = ? AND role <> 'USER' AND status <> 'DELETED' AND id <> ? "
                           "UNION ALL "
                           "SELECT id FROM account WHERE display_look = ? AND role <> 'USER' AND status <> 'DELETED' AND id <> ? LIMIT 1",
            look, but, look, but)
        .has_value();
}
void set_display_look(db::Connection& c, UserId id, std::string const& look) {
    c.run("UPDATE account SET display_look = ? WHERE id = ?", look, id);
}
bool fill_looks(db::Connection& c, int page) {
    auto const rows =
        c.all<UserId, std::string, std::string>("SELECT id, username, display_name FROM account WHERE username_look IS NULL LIMIT ?", page);
    for (auto const& [id, username, display_name] : rows)
        c.run("UPDATE account SET username_look = ?, display_look = ? WHERE id = ?", look_of(username), look_of(display_name), id);
    return int(rows.size()) == page;
}

void insert(db::Connection& c, Credentials const& account) {
    db::insert(c, account);
    c.run("UPDATE account_count SET total = total + 1 WHERE id = 1");
}

void set_login_time(db::Connection& c, UserId id, Time now) { c.run("UPDATE account SET last_login_at = ? WHERE id = ?", now, id); }

bool has_hash(db::Connection& c, UserId id, std::string const& hash) {
    return c.one<UserId>("SELECT id FROM account WHERE id = ? AND password_hash = ?", id, hash).has_value();
}

void replace_hash(db::Connection& c, UserId id, std::string const& from, std::string const& to) {
    c.run("UPDATE account SET password_hash = ? WHERE id = ? AND password_hash = ?", to, id, from);
}

bool others_moderate(db::Connection& c, Role least, std::span<UserId const> besides) {
    bool found = false;
    for (auto const role : {Role::moderator, Role::admin})
        if (role >= least)
            found = found || c.one<UserId>("SELECT id FROM account WHERE role = ? AND status = ? AND id NOT IN {list} LIMIT 1", role,
                                  Status::active, db::id_list(besides))
                                 .has_value();
    return found;
}

bool any_admin(db::Connection& c) { return c.one<std::int64_t>("SELECT id FROM account WHERE role = 'ADMIN' LIMIT 1").has_value(); }

namespace {

// The same conditions for the page and its total. Names hold only letters, digits and _, so only _ needs escaping.
constexpr std::string_view matching = "(? = '' OR a.role = ?1) AND a.username_key LIKE ? ESCAPE '!' AND a.status <> 'DELETED'";

struct Match {
    std::string role, name;
    explicit Match(ListQuery const& query) : role(query.role ? to_text(*query.role) : std::string_view{}) {
        for (char const c : query.search.value_or("")) name += c == '_' ? "!_" : std::string(1, c);
        name += '%';
    }
};

} // namespace

std::vector<Account> list(db::Connection& c, ListQuery const& query) {
    static auto const sql = db::select<Account>(
        "WHERE " + std::string(matching) + " AND (a.created_at, a.id) < (?, ?) ORDER BY a.created_at DESC, a.id DESC LIMIT ? OFFSET ?");
    auto const [time, id] = query.after ? *query.after : before_first<Time, UserId>(SortOrder::desc);
    Match const match(query);
    return db::rows<Account>(c, sql, match.role, match.name, time, id, query.limit, query.offset);
}

std::int64_t total(db::Connection& c, ListQuery const& query) {
    if (!query.role && !query.search) return std::get<0>(c.one<std::int64_t>("SELECT total FROM account_count WHERE id = 1").value());
    Match const match(query);
    static auto const sql = "SELECT count(*) FROM account a WHERE " + std::string(matching);
    return std::get<0>(c.one<std::int64_t>(sql, match.role, match.name).value());
}

std::vector<effects::Place> places() { return {{.kind = SubjectKind::user_profile, .table = "account", .id = "id"}}; }

} // namespace mozi::user::repository
