// The digest, over OpenSSL.
#include <mozi/crypto/sha256.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdlib>

namespace mozi::crypto {

Sha256::Sha256() : state_(EVP_MD_CTX_new(), [](void* state) { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(state)); }) {
    if (!state_ || EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(state_.get()), EVP_sha256(), nullptr) != 1) std::abort();
}

void Sha256::add(std::string_view text) {
    if (EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(state_.get()), text.data(), text.size()) != 1) std::abort();
}

std::string Sha256::finish() {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    if (EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(state_.get()), reinterpret_cast<unsigned char*>(out.data()), nullptr) != 1)
        std::abort();
    return out;
}

} // namespace mozi::crypto
