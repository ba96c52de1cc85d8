// Accounts in SQL.
#include "repository.hpp"

#include <mozi/base/text.hpp>

namespace mozi::user::repository {

namespace {

#define ACCOUNT_COLUMNS \
    "a.id, a.email, a.username, a.display_name, a.role, a.status, a.bio, a.website, a.location, a.avatar_url, a.cover_image_url, " \
    "a.is_private, a.version, a.created_at, a.updated_at, a.last_login_at, " \
    "(SELECT count(*) FROM effect e WHERE e.subject_id = a.id AND e.effect = 'HIDE'), a.password_hash"

using Text = std::optional<std::string>;

template <class F, class... In>
void each(db::Connection& c, std::string_view sql, F&& f, In const&... in) {
    c.each<UserId, std::string, std::string, std::string, http::Role, Status, Text, Text, Text, Text, Text, bool, std::int64_t, Time, Time, std::optional<Time>, std::int64_t, std::string>(
        sql,
        [&](UserId id, std::string email, std::string username, std::string display_name, http::Role role, Status status, Text bio, Text website, Text location, Text avatar, Text cover, bool is_private,
            std::int64_t version, Time created, Time updated, std::optional<Time> login, std::int64_t hidden, std::string hash) {
            f(Account{id, std::move(email), std::move(username), std::move(display_name), role, status, std::move(bio), std::move(website), std::move(location), std::move(avatar), std::move(cover), is_private,
                      version, created, updated, login, hidden != 0},
              std::move(hash));
        },
        in...);
}

} // namespace

std::optional<Account> find(db::Connection& c, UserId id) {
    std::optional<Account> out;
    each(c, "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.id = ?", [&](Account account, std::string) { out = std::move(account); }, id);
    return out;
}

std::optional<Credentials> find_credentials(db::Connection& c, std::string const& key) {
    std::optional<Credentials> out;
    auto const take = [&](Account account, std::string hash) { out = Credentials{std::move(account), std::move(hash)}; };
    if (key.find('@') == key.npos) each(c, "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.username_key = ?", take, key);
    else each(c, "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.email_key = ?", take, key);
    return out;
}

bool email_taken(db::Connection& c, std::string const& key) { return c.one<std::int64_t>("SELECT id FROM account WHERE email_key = ?", key).has_value(); }
bool username_taken(db::Connection& c, std::string const& key) { return c.one<std::int64_t>("SELECT id FROM account WHERE username_key = ?", key).has_value(); }

void insert(db::Connection& c, UserId id, NewAccount const& account, Time now) {
    c.run("INSERT INTO account (id, email, email_key, username, username_key, display_name, password_hash, role, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id, account.email,
          fold(account.email), account.username, fold(account.username), account.display_name, account.password_hash, account.role, Status::active, now, now);
    c.run("UPDATE account_count SET total = total + 1 WHERE id = 1");
}

bool lock(db::Connection& c, UserId id) { return c.run("UPDATE account SET version = version WHERE id = ?", id) == 1; }

void update_profile(db::Connection& c, Account const& a) {
    c.run("UPDATE account SET display_name = ?, bio = ?, website = ?, location = ?, avatar_url = ?, cover_image_url = ?, is_private = ?, version = ?, updated_at = ? WHERE id = ?", a.display_name, a.bio, a.website,
          a.location, a.avatar_url, a.cover_image_url, a.is_private, a.version, a.updated_at, a.id);
}

void set_login_time(db::Connection& c, UserId id, Time now) { c.run("UPDATE account SET last_login_at = ? WHERE id = ?", now, id); }

void replace_hash(db::Connection& c, UserId id, std::string const& from, std::string const& to) {
    c.run("UPDATE account SET password_hash = ? WHERE id = ? AND password_hash = ?", to, id, from);
}

std::vector<Account> find_many(db::Connection& c, std::span<UserId const> ids) {
    std::vector<Account> out;
    each(c, "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE a.id IN {list}", [&](Account account, std::string) { out.push_back(std::move(account)); }, db::id_list(ids));
    return out;
}

bool has_setup_token(db::Connection& c, std::string const& sha256) {
    return c.one<std::int64_t>("SELECT created_at FROM setup_token WHERE token_sha256 = ?", sha256).has_value();
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
    std::vector<Account> out;
    auto const take = [&](Account account, std::string) { out.push_back(std::move(account)); };
    auto const far = std::tuple{
        Time{std::chrono::microseconds{std::numeric_limits<std::int64_t>::max()}}, UserId{std::numeric_limits<std::int64_t>::max()}};
    auto const& [time, id] = query.after ? *query.after : far;
    Match const match(query);
    static auto const sql = "SELECT " ACCOUNT_COLUMNS " FROM account a WHERE " + std::string(matching) + " AND (a.created_at, a.id) < (?, ?) ORDER BY a.created_at DESC, a.id DESC LIMIT ? OFFSET ?";
    each(c, sql, take, match.role, match.name, time, id, query.limit, query.offset);
    return out;
}

std::int64_t total(db::Connection& c, ListQuery const& query) {
    if (!query.role && !query.search) return std::get<0>(c.one<std::int64_t>("SELECT total FROM account_count WHERE id = 1").value());
    Match const match(query);
    static auto const sql = "SELECT count(*) FROM account a WHERE " + std::string(matching);
    return std::get<0>(c.one<std::int64_t>(sql, match.role, match.name).value());
}

} // namespace mozi::user::repository
