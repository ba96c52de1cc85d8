// Passwords that are tried first, and those that are not.
#include "accounts/guessable.hpp"

#include <array>
#include <doctest/doctest.h>
#include <string>

using namespace mozi;
using namespace std::literals;

namespace {

bool soon_found(std::string_view password) {
    std::array const known{"vera"sv, "vera.kovacs@orpheum.example"sv, "vera.kovacs"sv, "Orpheum"sv};
    return user::is_guessable(password, known);
}

} // namespace

TEST_CASE("what stands on every list is soon found, however it is dressed up") {
    for (auto const* password : {"password", "Password1!", "P@ssw0rd", "12345678", "123456789012", "qwertyuiop", "1q2w3e4r5t", "asdfghjkl1",
             "letmein123", "adminadmin", "administrator1", "welcome2024", "Summer2025!", "iloveyou2", "abcdefgh", "aaaaaaaaaaaa",
             "abababababab", "xyzxyzxyzxyz", "videamozi", "VideaMozi1", "mymovie2026", "changeme!!", "dragon99", "zaq12wsx", "qwertz123",
             "87654321", "000000000000"}) {
        CAPTURE(password);
        CHECK(soon_found(password));
    }
}

TEST_CASE("what is known of the person is soon found") {
    for (auto const* password : {"veravera1", "Vera1987", "vera.kovacs1", "V3r@2024!", "orpheum1", "vera1234"}) {
        CAPTURE(password);
        CHECK(soon_found(password));
    }
}

TEST_CASE("words put together, and letters that follow nothing, are not") {
    for (auto const* password : {"the last row is best", "correct horse battery staple", "kilenc zold macska", "xK4!fq9Z", "gj7Lq2vB",
             "bagoly mondja verebnek", "a ferry without a river", "tiszavirag", "映画は夜に見るもの", "пароль не этот"}) {
        CAPTURE(password);
        CHECK_FALSE(soon_found(password));
    }
}

TEST_CASE("the judge takes any text") {
    CHECK(soon_found(""));
    CHECK(soon_found("a"));
    CHECK_FALSE(soon_found("\xff\xfe\x80 \x01 nothing like it"));
    std::string longest(256, 'a');
    CHECK(soon_found(longest));
}
