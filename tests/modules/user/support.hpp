// The user module on a real database, joined and signed in to through the gateway.
#pragma once

#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/json/write.hpp>
#include <mozi/user/module.hpp>

namespace mozi::user {

using test::Answer;

inline std::string const usual_password = "the last row is best";
inline std::string in_quotes(std::string_view text) { return json::to_json(text); }

inline constexpr std::string_view secret = "sssssssssssssssssssssssssssssssssssssssssss";

class House {
public:
    explicit House(db::Dialect dialect = db::Dialect::sqlite, Registration registration = Registration::open)
        : database("user", user_migrations(), dialect),
          made(make_user(
              {*database, outbox, clock, metrics}, {.secret = std::string(secret), .registration = registration, .people = &people})),
          wire("user", *database, made.module.routes, metrics) {}

    Answer join(std::string_view name, std::string_view with = usual_password, std::string_view more = "") {
        return wire.post("/api/auth/register", {},
            "{\"email\":" + in_quotes(std::string(name) + "@example.org") + ",\"username\":" + in_quotes(name) +
                ",\"password\":" + in_quotes(with) + std::string(more) + "}");
    }
    Answer sign_in(std::string_view name, std::string_view with = usual_password) {
        return wire.post("/api/auth/login", {}, "{\"emailOrUsername\":" + in_quotes(name) + ",\"password\":" + in_quotes(with) + "}");
    }
    Answer refresh(std::string const& token) { return wire.post("/api/auth/refresh", {}, R"({"refreshToken":")" + token + "\"}"); }

    std::string hash_of(std::string const& name) {
        return test::scalar<std::string>(*database, "SELECT password_hash FROM account WHERE username = ?", name);
    }
    void set_hash(std::string const& name, std::string const& hash) {
        REQUIRE(database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE account SET password_hash = ? WHERE username = ?", hash, name), Result<>{};
        }));
    }

    test::TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[](db::Database const&) {}};
    db::Topic people;
    test::TempDatabase database;
    UserModule made;
    test::Wire wire;
};

inline std::string token(Answer const& answer, std::string_view which) { return std::string(answer.at("tokens").at(which).as_string()); }

// The body once on SQLite and, where there is one, once on PostgreSQL.
template <class F>
void on_each_database(F&& body) {
    test::on_each_dialect<House>(body);
}

} // namespace mozi::user
