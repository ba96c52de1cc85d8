// Passwords: the same on every keyboard, exactly the same, and those of hashes made before that.
#include "support.hpp"

#include "accounts/http.hpp"

#include <mozi/crypto/crypto.hpp>

using namespace mozi;
using namespace mozi::user;

namespace {

constexpr std::string_view composed = "caf\u00e9-kilenc", decomposed = "cafe\u0301-kilenc";

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

} // namespace

// proves S3
TEST_CASE("a password opens however its letters and spaces are typed") {
    on_each_database([](House& house) {
        REQUIRE(house.join("one", composed).status == 201);
        CHECK(house.sign_in("one", decomposed).status == 200);
        REQUIRE(house.join("two", decomposed).status == 201);
        CHECK(house.sign_in("two", composed).status == 200);
        REQUIRE(house.join("three", "비밀번호 열둘셋넷").status == 201);
        CHECK(house.sign_in("three", "비밀번호\u00a0열둘셋넷").status == 200);
        CHECK(house.sign_in("three", "비밀번호\u3000열둘셋넷").status == 200);
        REQUIRE(house.join("four", "\u212bngstr\u00f6m-unit").status == 201);
        CHECK(house.sign_in("four", "A\u030angstro\u0308m-unit").status == 200);
    });
}

TEST_CASE("nothing of a password is trimmed, cut or folded") {
    House house;
    REQUIRE(house.join("spaced", "  two spaces each side  ").status == 201);
    CHECK(house.sign_in("spaced", "two spaces each side").status == 401);
    CHECK(house.sign_in("spaced", "  two spaces each side  ").status == 200);
    auto const longest = repeated("ű", 249) + "kilenc!"; // 256 letters
    REQUIRE(house.join("longest", longest).status == 201);
    CHECK(house.sign_in("longest", repeated("u\u030b", 249) + "kilenc!").status == 200);
    CHECK(house.sign_in("longest", repeated("ű", 128)).status == 401);
    CHECK(house.sign_in("longest", repeated("Ű", 249) + "kilenc!").status == 401);
    REQUIRE(house.join("width", "ｆｕｌｌ ﬁ width").status == 201);
    CHECK(house.sign_in("width", "full fi width").status == 401);
}

TEST_CASE("a new password has 8 to 256 letters as they are kept, and none that has no key") {
    House house;
    auto const refusal = [&](std::string_view password) {
        auto const answer = house.join("somebody", password);
        CHECK(answer.status == 422);
        return answer.status == 422 ? std::string(answer.at("errors").at(0).at("id").as_string()) : std::string();
    };
    CHECK(refusal("seven77") == "field.too_short");
    CHECK(refusal(repeated("e\u0301", 7)) == "field.too_short");
    CHECK(refusal(repeated("a", 257)) == "field.too_long");
    CHECK(refusal("tab\there-to-go") == "field.control_character");
    for (auto const* guessed : {"SomeBody", "Ｓｏｍｅｂｏｄｙ", "SOMEBODY@example.org", "s0mebody-2026", "Passw0rd!", "trustno1",
             "orpheum2024", "TheOrpheum!", "films.orpheum"}) { // one's own names, everybody's passwords, the words of the place
        CAPTURE(std::string(guessed));
        CHECK(refusal(guessed) == "user.password_guessable");
    }
    CHECK(refusal(repeated("ű", 256)) == "user.password_guessable");
    std::string longest;
    for (int i = 0; i < 256; ++i) longest += std::array{"e\u0301", "ű", "ß", "ж", "λ"}[std::size_t(i * i + i / 5) % 5];
    CHECK(house.join("somebody", longest).status == 201);
}

TEST_CASE("a hash made of another form opens with what was typed then, and is made anew then") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada", "something else").status == 201);
        auto const before = crypto::hash_password(decomposed); // as it was typed, before passwords were prepared
        house.set_hash("ada", before);
        CHECK(house.sign_in("ada", composed).status == 401); // nobody can know
        CHECK(house.sign_in("ada", "cafe-kilenc").status == 401);
        CHECK(house.hash_of("ada") == before);
        CHECK(house.sign_in("ada", decomposed).status == 200);
        auto const after = house.hash_of("ada");
        CHECK(after != before);
        CHECK(crypto::verify_password(after, composed));
        CHECK(house.sign_in("ada", composed).status == 200);
        CHECK(house.sign_in("ada", decomposed).status == 200);
        CHECK(house.hash_of("ada") == after); // once
    });
}

TEST_CASE("a hash made of a no-break space or a tab opens, too") {
    House house;
    REQUIRE(house.join("ada", "something else").status == 201);
    house.set_hash("ada", crypto::hash_password("no\u00a0break"));
    CHECK(house.sign_in("ada", "no\u00a0break").status == 200);
    CHECK(house.sign_in("ada", "no break").status == 200);
    house.set_hash("ada", crypto::hash_password("with\ta tab"));
    CHECK(house.sign_in("ada", "with\ta tab").status == 200);
    CHECK(house.sign_in("ada", "with a tab").status == 401);
}

TEST_CASE("making a hash anew never takes back a password changed meanwhile") {
    House house;
    REQUIRE(house.join("ada", "something else").status == 201);
    auto const old = house.hash_of("ada");
    house.set_hash("ada", "changed");
    REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
        auto const id = std::get<0>(tx->one<UserId>("SELECT id FROM account").value());
        repository::replace_hash(*tx, id, old, "late");
        return {};
    }));
    CHECK(house.hash_of("ada") == "changed");
}

// proves S3
TEST_CASE("a refusal costs as many hashes for a name that exists as for one that does not") {
    House house;
    REQUIRE(house.join("ada", "something else").status == 201);
    CHECK(crypto::decoy_hash().starts_with("$argon2id$")); // made before anything is timed
    auto const hashes = [&](std::string_view name, std::string_view password) {
        auto const before = crypto::passwords_verified();
        CHECK(house.sign_in(name, password).status == 401);
        return crypto::passwords_verified() - before;
    };
    CHECK(hashes("ada", "not this one") == 1);
    CHECK(hashes("nobody", "not this one") == 1);
    CHECK(hashes("ada", decomposed) == 2);
    CHECK(hashes("nobody", decomposed) == 2);
    CHECK(hashes("nobody", composed) == 1);
}

TEST_CASE("the command line prepares names and passwords as registering does") {
    House house;
    auto const make = [&](std::string email, std::string username, std::string password) {
        return house.made.create_account(std::move(email), std::move(username), std::move(password), http::Role::user);
    };
    REQUIRE(make(" ada@example.org\u00a0", "\u200bada", std::string(decomposed)));
    CHECK(house.sign_in("ada", composed).status == 200);
    CHECK(test::scalar<std::string>(*house.database, "SELECT email FROM account") == "ada@example.org");
    CHECK(test::scalar<std::string>(*house.database, "SELECT display_name FROM account") == "ada");
    auto const refused = make("eve", "e", "short");
    REQUIRE(refused.has_error());
    for (auto const place : {"email:", "username:", "password:"}) CHECK(refused.error().message.find(place) != std::string::npos);
}
