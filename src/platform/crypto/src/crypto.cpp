// Crypto over OpenSSL and libsodium.
#include <mozi/crypto/crypto.hpp>

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <atomic>
#include <cstdlib>
#include <memory>

namespace mozi::crypto {

namespace {

unsigned char const* bytes(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

constexpr std::size_t nonce_size = 12, tag_size = 16;

struct TokenClaims {
    std::string sub, sid;
    std::int64_t iat = 0, exp = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("sub", &TokenClaims::sub, {.max = 20}), json::field("sid", &TokenClaims::sid, {.max = 20}),
            json::field("iat", &TokenClaims::iat), json::field("exp", &TokenClaims::exp)};
    }
};

std::string const& token_header() {
    static std::string const header = base64url(R"({"alg":"HS256","typ":"at+jwt"})");
    return header;
}

} // namespace

std::string sha256(std::string_view text) {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes(text), text.size(), bytes(out));
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    // Looking the algorithm up costs more than the hash: each thread keeps a context, and with it the key it used last.
    struct Keyed {
        std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{nullptr, &EVP_MAC_CTX_free};
        std::string key;
        Keyed() {
            std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> const mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
            if (mac) context.reset(EVP_MAC_CTX_new(mac.get()));
        }
        ~Keyed() { sodium_memzero(key.data(), key.size()); }
    };
    thread_local Keyed keyed;
    auto* const context = keyed.context.get();
    char digest[] = "SHA256";
    OSSL_PARAM const params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    auto const same = !keyed.key.empty() && keyed.key == key;
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    if (!context || EVP_MAC_init(context, same ? nullptr : bytes(key), same ? 0 : key.size(), same ? nullptr : params) != 1 ||
        EVP_MAC_update(context, bytes(text), text.size()) != 1 || EVP_MAC_final(context, bytes(out), nullptr, out.size()) != 1)
        std::abort(); // only a broken OpenSSL gets here
    if (!same) keyed.key = key;
    return out;
}

bool equal(std::string_view a, std::string_view b) { return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

std::string derive(std::string_view secret, std::string_view purpose) {
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> const context(
        EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), &EVP_PKEY_CTX_free);
    std::string out(32, '\0');
    std::size_t size = out.size();
    if (!context || EVP_PKEY_derive_init(context.get()) <= 0 || EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) <= 0 ||
        EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(secret), int(secret.size())) <= 0 ||
        EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytes(purpose), int(purpose.size())) <= 0 ||
        EVP_PKEY_derive(context.get(), bytes(out), &size) <= 0)
        std::abort(); // only a broken OpenSSL gets here
    return out;
}

std::string seal(std::string_view key, std::string_view plain) {
    CipherContext const context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    auto out = random_bytes(nonce_size);
    std::string tag(tag_size, '\0');
    out.resize(nonce_size + plain.size());
    int size = 0;
    if (EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(out)) != 1 ||
        EVP_EncryptUpdate(context.get(), bytes(out) + nonce_size, &size, bytes(plain), int(plain.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), bytes(out) + out.size(), &size) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data()) != 1)
        std::abort();
    return out + tag;
}

std::optional<std::string> open(std::string_view key, std::string_view sealed) {
    if (sealed.size() < nonce_size + tag_size) return std::nullopt;
    CipherContext const context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    std::string tag(sealed.substr(sealed.size() - tag_size));
    auto const body = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    std::string out(body.size(), '\0');
    int size = 0;
    if (EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(sealed)) != 1 ||
        EVP_DecryptUpdate(context.get(), bytes(out), &size, bytes(body), int(body.size())) != 1 ||
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) != 1 ||
        EVP_DecryptFinal_ex(context.get(), bytes(out) + out.size(), &size) != 1)
        return std::nullopt;
    return out;
}

std::string hash_password(std::string_view password) {
    if (sodium_init() < 0) std::abort();
    char out[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(out, password.data(), password.size(), 2, 19'456 * 1024ull) != 0) throw std::bad_alloc();
    return out;
}

namespace {
std::atomic<std::uint64_t> verified{0};
}

std::uint64_t passwords_verified() { return verified.load(); }

bool verify_password(std::string_view hash, std::string_view password) {
    if (sodium_init() < 0) std::abort();
    ++verified;
    if (hash.size() >= crypto_pwhash_STRBYTES) return false;
    char text[crypto_pwhash_STRBYTES] = {};
    hash.copy(text, hash.size());
    return crypto_pwhash_str_verify(text, password.data(), password.size()) == 0;
}

std::string const& decoy_hash() {
    static std::string const hash = hash_password(random_token());
    return hash;
}

std::string sign_token(std::string_view key, Claims const& claims) {
    TokenClaims const body{std::to_string(claims.subject), std::to_string(claims.session), claims.issued_s, claims.expires_s};
    auto text = token_header() + "." + base64url(json::to_json(body));
    return text + "." + base64url(hmac_sha256(key, text));
}

std::optional<Claims> read_token(std::string_view key, std::string_view token) {
    if (token.size() > 512) return std::nullopt;
    auto const parts = split(token, '.');
    if (parts.size() != 3 || parts[0] != token_header()) return std::nullopt;
    auto const signature = from_base64url(parts[2]);
    if (!signature || !equal(*signature, hmac_sha256(key, token.substr(0, parts[0].size() + 1 + parts[1].size())))) return std::nullopt;
    auto const body = from_base64url(parts[1]);
    if (!body) return std::nullopt;
    auto const claims = json::from_json<TokenClaims>(*body, json::Words::new_ones);
    if (!claims) return std::nullopt;
    auto const subject = parse_id(claims->sub), session = parse_id(claims->sid);
    if (!subject || !session) return std::nullopt;
    return Claims{*subject, *session, claims->iat, claims->exp};
}

std::optional<Claims> verify_token(std::string_view key, std::string_view token, Time now) {
    auto const claims = read_token(key, token);
    auto const now_s = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    return claims && claims->expires_s > now_s && claims->issued_s <= now_s + 60 ? claims : std::nullopt;
}

} // namespace mozi::crypto
