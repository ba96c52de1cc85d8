// The user module on a real database, joined and signed in to through the gateway.
#pragma once

#include "accounts/service.hpp"
#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/crypto/crypto.hpp>
#include <mozi/json/write.hpp>
#include <mozi/user/module.hpp>

namespace mozi::user {

using test::Answer;

class Entrance {
public:
    explicit Entrance(db::Dialect dialect = db::Dialect::sqlite)
        : database("user", user_migrations(), dialect), user(make_user({*database, outbox, clock, metrics}, needs())),
          wire("user", *database, user.module.routes, metrics) {}

    Answer join(std::string_view username, std::string_view password, std::string_view more = "") {
        return wire.post("/api/auth/register", {},
            "{\"email\":" + quoted(std::string(username) + "@example.org") + ",\"username\":" + quoted(username) +
                ",\"password\":" + quoted(password) + std::string(more) + "}");
    }
    Answer sign_in(std::string_view name, std::string_view password) {
        return wire.post("/api/auth/login", {}, "{\"emailOrUsername\":" + quoted(name) + ",\"password\":" + quoted(password) + "}");
    }
    std::string hash_of(std::string const& username) {
        return test::scalar<std::string>(*database, "SELECT password_hash FROM account WHERE username = ?", username);
    }
    void set_hash(std::string const& username, std::string const& hash) {
        REQUIRE(database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE account SET password_hash = ? WHERE username = ?", hash, username), Result<>{};
        }));
    }
    static std::string quoted(std::string_view text) { return json::to_json(text); }

    test::TempDatabase database;
    test::TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[] {}};
    UserModule user;
    test::Wire wire;

private:
    static Needs needs() {
        Needs made;
        made.secret = std::string(43, 's');
        return made;
    }
};

// The body once on SQLite and, where there is one, once on PostgreSQL.
template <class F>
void on_each_database(F&& body) {
    for (auto const dialect : test::dialects()) {
        CAPTURE(int(dialect));
        Entrance house(dialect);
        body(house);
    }
}

} // namespace mozi::user
