// Hashes, signatures, sealing, passwords and access tokens. Thin over OpenSSL and libsodium.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/id.hpp>
#include <mozi/base/result.hpp>

#include <string>
#include <string_view>

namespace mozi::crypto {

std::string sha256(std::string_view bytes); // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes); // 32 raw bytes
bool equal(std::string_view a, std::string_view b); // constant time for equal lengths
std::string derive(std::string_view secret, std::string_view purpose); // HKDF-SHA-256 (RFC 5869), 32 bytes

// AES-256-GCM with a random nonce in front. open() is nullopt for anything that was not sealed with this key.
std::string seal(std::string_view key, std::string_view plain);
std::optional<std::string> open(std::string_view key, std::string_view sealed);

// Argon2id (RFC 9106), t=2, m=19 MiB, p=1, as PHC string; about 15 ms of one core. verify() takes as long for any hash.
std::string hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);
std::uint64_t passwords_verified(); // so far, in this process: for tests that count
// A hash nobody's password has, so that an unknown name costs what a wrong password costs.
std::string const& decoy_hash();

// Access token: JWT (RFC 7519), HS256 only, typ "at+jwt" (RFC 9068), sub, sid, iat, exp. Nothing else is accepted, in any order of
// cleverness: another alg, extra header keys, non-canonical base64 and duplicate claims are all "not a token".
struct Claims {
    std::int64_t subject = 0;
    std::int64_t session = 0;
    std::int64_t issued_s = 0; // Unix seconds
    std::int64_t expires_s = 0;
};
std::string sign_token(std::string_view key, Claims const& claims);
// nullopt unless it was signed with this key, whenever that was.
std::optional<Claims> read_token(std::string_view key, std::string_view token);
// The same; nullopt also when it has expired, or was issued more than 60 s in the future.
std::optional<Claims> verify_token(std::string_view key, std::string_view token, Time now);

} // namespace mozi::crypto
