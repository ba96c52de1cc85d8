// Reading certificates with OpenSSL.
#include <mozi/net/certificate.hpp>

#include <cstdio>
#include <ctime>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace mozi::net {

namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Input = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

std::chrono::sys_time<std::chrono::microseconds> time_of(ASN1_TIME const* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::sys_time<std::chrono::microseconds>{std::chrono::seconds{timegm(&parts)}};
}

Certificate first_of(std::string const& file) {
    Input const in(BIO_new_file(file.c_str(), "r"), &BIO_free_all);
    Certificate out(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free);
    ERR_clear_error();
    return out;
}

int count_in(std::string const& file) {
    Input const in(BIO_new_file(file.c_str(), "r"), &BIO_free_all);
    int count = 0;
    while (in && Certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), &X509_free)) ++count;
    ERR_clear_error();
    return count;
}

} // namespace

CertificateSeen look_at_certificate(TlsFiles const& files) {
    CertificateSeen out;
    auto const certificate = first_of(files.certificate_chain);
    if (!certificate) return out.fault = "The file " + files.certificate_chain + " holds no certificate that can be read", out;
    out.from = time_of(X509_get0_notBefore(certificate.get()));
    out.until = time_of(X509_get0_notAfter(certificate.get()));
    out.chain = count_in(files.certificate_chain);
    out.self_signed = X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0;
    Input const in(BIO_new_file(files.private_key.c_str(), "r"), &BIO_free_all);
    // Without a way to ask: a key with a password cannot be used by a server that starts by itself.
    auto const no_password = [](char*, int, int, void*) { return -1; };
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(
        in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr) : nullptr, &EVP_PKEY_free);
    if (!key) out.fault = "The file " + files.private_key + " holds no private key that can be read without a password";
    else if (X509_check_private_key(certificate.get(), key.get()) != 1)
        out.fault = "The certificate " + files.certificate_chain + " and the key " + files.private_key + " do not belong together",
        out.pair = false;
    ERR_clear_error();
    return out;
}

bool certificate_names(std::string const& file, std::string const& host) {
    auto const certificate = first_of(file);
    if (!certificate) return false;
    return X509_check_ip_asc(certificate.get(), host.c_str(), 0) == 1 ||
           X509_check_host(certificate.get(), host.c_str(), host.size(), 0, nullptr) == 1;
}

std::string tls_library_version() { return OpenSSL_version(OPENSSL_VERSION_STRING); }

} // namespace mozi::net
