// A user module on a real database.
#pragma once

#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/user/module.hpp>

namespace mozi::user {

inline std::string const password = "the last row is best";

class House {
public:
    explicit House(db::Dialect dialect = db::Dialect::sqlite)
        : database("user", user_migrations(), dialect),
          made(make_user({*database, outbox, clock, metrics}, {.secret = std::string(43, 's'), .people = &people})),
          wire("user", *database, made.module.routes, metrics) {}

    test::Answer join(std::string const& name) {
        return wire.post("/api/auth/register", {},
            R"({"email":")" + name + R"(@example.org","username":")" + name + R"(","password":")" + password + "\"}");
    }
    test::Answer refresh(std::string const& token) { return wire.post("/api/auth/refresh", {}, R"({"refreshToken":")" + token + "\"}"); }

    test::TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[] {}};
    db::Topic people;
    test::TempDatabase database;
    UserModule made;
    test::Wire wire;
};

inline std::string token(test::Answer const& answer, std::string_view which) {
    return std::string(answer.at("tokens").at(which).as_string());
}

} // namespace mozi::user
