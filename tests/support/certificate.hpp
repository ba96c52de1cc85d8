// A self-signed pair in a folder of its own.
#pragma once

#include <mozi/net/server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

namespace mozi::test {

class Certificate {
public:
    Certificate() {
        char name[] = "/tmp/mozi-tls-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        folder_ = name;
        renew(1);
    }
    ~Certificate() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Certificate(Certificate const&) = delete;
    Certificate& operator=(Certificate const&) = delete;
    net::TlsFiles files() const { return {folder_ + "/cert.pem", folder_ + "/key.pem"}; }
    // Writes another pair, good for so many seconds from now on; below zero it has ended.
    void renew(long serial, long seconds = 3600) const {
        using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
        std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
        std::unique_ptr<X509, decltype(&X509_free)> const certificate(X509_new(), &X509_free);
        REQUIRE(key);
        X509_set_version(certificate.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), std::min(seconds, 0L) - 60);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
        X509_set_pubkey(certificate.get(), key.get());
        auto* const name = X509_get_subject_name(certificate.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
        Stream const certificate_file(std::fopen(files().certificate_chain.c_str(), "w"), &std::fclose);
        Stream const key_file(std::fopen(files().private_key.c_str(), "w"), &std::fclose);
        REQUIRE(PEM_write_X509(certificate_file.get(), certificate.get()) == 1);
        REQUIRE(PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    }

private:
    std::string folder_;
};

} // namespace mozi::test
