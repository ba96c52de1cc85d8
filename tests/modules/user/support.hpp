// The user module on a real database, joined and signed in to through the gateway.
#pragma once

#include "house_of.hpp"

#include <mozi/json/write.hpp>
#include <mozi/user/module.hpp>

namespace mozi::user {

using test::Answer;
using test::on_each_database;

inline std::string const usual_password = "the last row is best";
inline std::string in_quotes(std::string_view text) { return json::to_json(text); }

inline constexpr std::string_view secret = "sssssssssssssssssssssssssssssssssssssssssss";

class House : public test::HouseOf<UserModule> {
public:
    explicit House(db::Dialect dialect = db::Dialect::sqlite, Registration registration = Registration::open)
        : HouseOf("user", user_migrations(), dialect, [&, this](ModuleContext const& context, test::Nobody) {
              return make_user(context, {.secret = std::string(secret),
                                            .registration = registration,
                                            .people = &topic,
                                            .words = {"The Orpheum", "https://films.orpheum.example"}});
          }) {}

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
};

inline std::string token(Answer const& answer, std::string_view which) { return std::string(answer.at("tokens").at(which).as_string()); }

} // namespace mozi::user
