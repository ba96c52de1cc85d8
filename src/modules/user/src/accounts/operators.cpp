// Tokens of the command line: until when they are valid, signed with a key derived from the secret.
#include "operators.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/user/module.hpp>

namespace mozi::user {

namespace {

constexpr std::string_view begin = "operator.";
constexpr std::int64_t valid_s = 60;

std::int64_t seconds(Time time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }

std::string signature(std::string_view secret, std::string_view expires) {
    return base64url(crypto::hmac_sha256(crypto::derive(secret, "operator"), expires));
}

} // namespace

std::string operator_token(std::string_view secret, Time now) {
    auto const expires = std::to_string(seconds(now) + valid_s);
    return std::string(begin) + expires + "." + signature(secret, expires);
}

std::optional<http::Viewer> operator_of(std::string_view secret, std::string_view token, Time now) {
    if (!token.starts_with(begin)) return std::nullopt;
    token.remove_prefix(begin.size());
    auto const dot = token.find('.');
    auto const expires = dot == token.npos ? std::nullopt : parse_id(token.substr(0, dot));
    if (!expires || !crypto::equal(signature(secret, token.substr(0, dot)), token.substr(dot + 1))) return std::nullopt;
    if (*expires < seconds(now) || *expires > seconds(now) + 2 * valid_s) return std::nullopt;
    http::Viewer viewer;
    viewer.role = http::Role::admin;
    return viewer;
}

} // namespace mozi::user
