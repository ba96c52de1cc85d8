// Crypto: published vectors, tampering, passwords, and tokens that are none.
#include "show.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>

#include <set>

using namespace mozi;
using namespace std::literals;

namespace {

std::string unhex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) out += char(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    return out;
}

std::string const key(32, 'k');
Time const now{std::chrono::seconds(1'790'000'000)};
std::int64_t const now_s = 1'790'000'000;

std::string token_of(std::string_view header, std::string_view claims, std::string_view signing = key) {
    auto const text = base64url(header) + "." + base64url(claims);
    return text + "." + base64url(crypto::hmac_sha256(signing, text));
}

constexpr std::string_view header = R"({"alg":"HS256","typ":"at+jwt"})";

} // namespace

TEST_CASE("SHA-256 (FIPS 180-4)") {
    CHECK(hex(crypto::sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(crypto::sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(crypto::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hex(crypto::sha256(std::string(1'000'000, 'a'))) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("HMAC-SHA-256 (RFC 4231)") {
    struct {
        std::string key, data;
        std::string_view mac;
    } const table[] = {
        {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {std::string(20, '\xaa'), std::string(50, '\xdd'), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"), std::string(50, '\xcd'),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {std::string(131, '\xaa'),
            "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being "
            "used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (auto const& row : table) CHECK(hex(crypto::hmac_sha256(row.key, row.data)) == row.mac);
}

TEST_CASE("HKDF-SHA-256 (RFC 5869): test case 3, which has neither salt nor info, and extract-then-expand by hand") {
    CHECK(hex(crypto::derive(std::string(22, '\x0b'), "")) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    auto const by_hand = crypto::hmac_sha256(crypto::hmac_sha256(std::string(32, '\0'), "the secret"), "a purpose\x01");
    CHECK(crypto::derive("the secret", "a purpose") == by_hand);
    CHECK(crypto::derive("the secret", "another") != by_hand);
}

TEST_CASE("sealing: opens with its key, and nothing that was touched opens") {
    for (std::string const& plain : {std::string(), std::string("x"), std::string(1000, '\0'), std::string("{\"a\":1}")}) {
        auto const sealed = crypto::seal(key, plain);
        CHECK(crypto::open(key, sealed) == plain);
        CHECK_FALSE(crypto::open(std::string(32, 'x'), sealed));
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            auto touched = sealed;
            touched[i] = char(touched[i] ^ 1);
            CHECK_FALSE(crypto::open(key, touched));
        }
        for (std::size_t cut = 0; cut < sealed.size(); cut += 7) CHECK_FALSE(crypto::open(key, sealed.substr(0, cut)));
        CHECK_FALSE(crypto::open(key, sealed + '\0'));
        CHECK_FALSE(crypto::open(key, sealed.substr(1)));
    }
    std::set<std::string> nonces;
    for (int i = 0; i < 1000; ++i) CHECK(nonces.insert(crypto::seal(key, "same").substr(0, 12)).second);
    CHECK(crypto::seal(key, "a secret sentence").find("secret") == std::string::npos);
}

TEST_CASE("passwords") {
    auto const hash = crypto::hash_password("correct horse");
    CHECK(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    CHECK(hash != crypto::hash_password("correct horse"));
    CHECK(crypto::verify_password(hash, "correct horse"));
    for (auto const& wrong : {"correct horsE"s, "correct hors"s, "correct horse "s, ""s, "correct horse\0"s})
        CHECK_FALSE(crypto::verify_password(hash, wrong));
    for (auto const& broken :
        {""s, "x"s, hash.substr(0, hash.size() - 1), hash + "A", std::string(500, 'a'), "$argon2id$v=19$m=19456,t=2,p=1$"s})
        CHECK_FALSE(crypto::verify_password(broken, "correct horse"));
    CHECK(crypto::verify_password(crypto::hash_password("žluť🎬\0x"s), "žluť🎬\0x"s));
    CHECK_FALSE(crypto::verify_password(crypto::decoy_hash(), ""));
    CHECK(crypto::equal("abc", "abc"));
    CHECK_FALSE(crypto::equal("abc", "abd"));
    CHECK_FALSE(crypto::equal("abc", "abcd"));
    CHECK(crypto::equal("", ""));
}

TEST_CASE("a token that was signed here holds until it expires") {
    crypto::Claims const claims{std::numeric_limits<std::int64_t>::max(), 12, now_s, now_s + 900};
    auto const token = crypto::sign_token(key, claims);
    CHECK(token == token_of(header, R"({"sub":"9223372036854775807","sid":"12","iat":1790000000,"exp":1790000900})"));
    auto const known = crypto::verify_token(key, token, now);
    REQUIRE(known);
    CHECK(known->subject == claims.subject);
    CHECK(known->session == 12);
    CHECK(known->expires_s == now_s + 900);
    CHECK(crypto::verify_token(key, token, now + std::chrono::seconds(899)));
    CHECK_FALSE(crypto::verify_token(key, token, now + std::chrono::seconds(900)));
    CHECK(crypto::verify_token(key, token, now - std::chrono::seconds(60)));
    CHECK_FALSE(crypto::verify_token(key, token, now - std::chrono::seconds(61)));
}

TEST_CASE("what is no token of ours is refused, however well it is signed") {
    constexpr std::string_view claims = R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900})";
    auto const good = token_of(header, claims);
    REQUIRE(crypto::verify_token(key, good, now));
    std::vector<std::string> bad;
    // Headers, each correctly signed with our key.
    for (auto const other :
        {R"({"alg":"none","typ":"at+jwt"})", R"({"alg":"NONE"})", R"({"alg":"hs256","typ":"at+jwt"})", R"({"alg":"HS384","typ":"at+jwt"})",
            R"({"alg":"HS512","typ":"at+jwt"})", R"({"alg":"RS256","typ":"at+jwt"})", R"({"alg":"ES256","typ":"at+jwt"})",
            R"({"alg":"EdDSA"})", R"({"alg":"PS256"})", R"({"alg":"HS256"})", R"({"alg":"HS256","typ":"JWT"})",
            R"({"alg":"HS256","typ":"AT+JWT"})", R"({"typ":"at+jwt","alg":"HS256"})", R"({"alg":"HS256","typ":"at+jwt","kid":"1"})",
            R"({"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"})", R"({"alg":"HS256","typ":"at+jwt","jku":"http://evil"})",
            R"({"alg":"HS256","typ":"at+jwt","jwk":{}})", R"({"alg":"HS256","typ":"at+jwt","x5u":"http://evil"})",
            R"({"alg":"HS256","typ":"at+jwt","crit":["b64"],"b64":false})", R"({"alg":"HS256","typ":"at+jwt","zip":"DEF"})",
            R"({"alg":"HS256","alg":"none","typ":"at+jwt"})", R"({ "alg":"HS256","typ":"at+jwt"})", R"({"alg":"HS256","typ":"at+jwt"} )",
            R"({"alg":["HS256"],"typ":"at+jwt"})", R"({"alg":null,"typ":"at+jwt"})", "{}", "null", "[]", "", "\"HS256\""})
        bad.push_back(token_of(other, claims));
    // Claims, each correctly signed.
    for (auto const other : {"", "null", "[]", "{}", "7", R"({"sub":"7"})", R"({"sub":"7","sid":"9"})",
             R"({"sub":"7","sid":"9","iat":1790000000})", R"({"sub":"7","sid":"9","exp":1790000900})",
             R"({"sub":"7","iat":1790000000,"exp":1790000900})", R"({"sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":7,"sid":"9","iat":1790000000,"exp":1790000900})", R"({"sub":"7","sid":9,"iat":1790000000,"exp":1790000900})",
             R"({"sub":"0","sid":"9","iat":1790000000,"exp":1790000900})", R"({"sub":"-7","sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"+7","sid":"9","iat":1790000000,"exp":1790000900})", R"({"sub":"07","sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"7x","sid":"9","iat":1790000000,"exp":1790000900})", R"({"sub":"","sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"9223372036854775808","sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"7","sid":"0","iat":1790000000,"exp":1790000900})", R"({"sub":"7","sid":"","iat":1790000000,"exp":1790000900})",
             R"({"sub":"7","sub":"8","sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900,"exp":9990000900})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900,"role":"ADMIN"})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900,"aud":"x"})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000000})", R"({"sub":"7","sid":"9","iat":1789990000,"exp":1789999999})",
             R"({"sub":"7","sid":"9","iat":1790000061,"exp":1790000900})", R"({"sub":"7","sid":"9","iat":1790000000,"exp":"1790000900"})",
             R"({"sub":"7","sid":"9","iat":"1790000000","exp":1790000900})", R"({"sub":"7","sid":"9","iat":1790000000,"exp":1e999})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900.5})", R"({"sub":"7","sid":"9","iat":1790000000,"exp":-1})",
             R"({"sub":"7","sid":"9","iat":-1,"exp":1790000900})", R"({"sub":"7","sid":"9","iat":1790000000,"exp":null})",
             R"({"sub":null,"sid":"9","iat":1790000000,"exp":1790000900})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":18446744073709551615})",
             R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900}{})", R"({"sub":"7","sid":"9","iat":1790000000,"exp":1790000900)",
             R"({'sub':'7','sid':'9','iat':1790000000,'exp':1790000900})"})
        bad.push_back(token_of(header, other));
    // Other keys, and signatures that are none.
    for (auto const& other : {std::string(), std::string(32, 'K'), key + "k", key.substr(1), std::string(32, '\0'), "secret"s})
        bad.push_back(token_of(header, claims, other));
    auto const dot = good.rfind('.');
    auto const unsigned_part = good.substr(0, dot);
    auto const signature = good.substr(dot + 1);
    for (auto const& other : {""s, "AA"s, std::string(43, 'A'), signature + "=", signature + "A", signature.substr(0, 42), signature + ".",
             "." + signature, signature + "." + signature, base64(crypto::hmac_sha256(key, unsigned_part)) + "=",
             hex(crypto::hmac_sha256(key, unsigned_part)), signature + "\n", " " + signature})
        bad.push_back(unsigned_part + "." + other);
    // Other shapes.
    for (auto const& other :
        {""s, "."s, ".."s, "..."s, unsigned_part, unsigned_part + ".", "." + good, good + ".", " " + good, good + " ", good + "\n",
            "Bearer " + good, good.substr(1), std::string(600, 'a'), std::string("\0.\0.\0", 5), good + '\0',
            base64url(header) + "==." + base64url(claims) + "." + signature, base64url(claims) + "." + base64url(header) + "." + signature})
        bad.push_back(other);
    // One bit of every part; and the last letter of the signature spelled differently (its spare bits).
    for (std::size_t i = 0; i < good.size(); i += 5) {
        auto touched = good;
        touched[i] = touched[i] == 'A' ? 'B' : 'A';
        if (touched != good) bad.push_back(touched);
    }
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int spare = 1; spare < 4; ++spare)
        bad.push_back(good.substr(0, good.size() - 1) +
                      letters[(letters.find(good.back()) & ~std::size_t{3}) + (letters.find(good.back()) + std::size_t(spare)) % 4]);
    CHECK(bad.size() >= 120);
    for (auto const& token : bad) {
        CAPTURE(token);
        CHECK(token != good);
        CHECK_FALSE(crypto::verify_token(key, token, now));
    }
}
