// OpenSSL directly on the socket: no copy through memory BIOs, no SIGPIPE.
#include "tls.hpp"

#include <mozi/net/tls_files.hpp>

#include <cerrno>
#include <ctime>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace mozi::net {
namespace {

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_write(BIO* bio, char const* data, int size) {
    BIO_clear_retry_flags(bio);
    auto const sent = ::send(socket_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    auto const got = ::recv(socket_of(bio), data, static_cast<std::size_t>(size), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* socket_method() {
    static std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> const method = [] {
        std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> made(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"), &BIO_meth_free);
        if (!made) throw std::bad_alloc();
        BIO_meth_set_write(made.get(), bio_write);
        BIO_meth_set_read(made.get(), bio_read);
        BIO_meth_set_ctrl(made.get(), bio_control);
        return made;
    }();
    return method.get();
}

int choose_protocol(SSL*, unsigned char const** out, unsigned char* out_size, unsigned char const* in, unsigned in_size, void*) {
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* chosen = nullptr;
    if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

std::string last_error(std::string const& what) {
    char text[256] = "unknown error";
    if (auto const code = ERR_peek_last_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return what + ": " + text;
}

} // namespace

std::string TlsContext::reload() {
    std::shared_ptr<SSL_CTX> fresh(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
    if (!fresh) return last_error("TLS context");
    auto* const context = fresh.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); // tickets resume sessions, no table is kept
    // 128 bits are enough and a fifth cheaper than 256; a client without AES in hardware gets ChaCha20.
    if (SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") != 1)
        return last_error("TLS ciphers");
    if (SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return last_error("TLS ciphers");
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context, files_.certificate_chain.c_str()) != 1)
        return last_error("certificate " + files_.certificate_chain);
    if (SSL_CTX_use_PrivateKey_file(context, files_.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
        return last_error("private key " + files_.private_key);
    if (SSL_CTX_check_private_key(context) != 1) return last_error("certificate and key do not belong together");
    std::lock_guard const lock(mutex_);
    context_ = std::move(fresh);
    return {};
}

std::string fault_of_tls(TlsFiles const& files) { return TlsContext(files).reload(); }

std::shared_ptr<SSL_CTX> TlsContext::current() const {
    std::lock_guard const lock(mutex_);
    return context_;
}

std::int64_t TlsContext::end() const {
    auto const context = current();
    auto const* const certificate = context ? SSL_CTX_get0_certificate(context.get()) : nullptr;
    std::tm end{};
    return certificate && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 ? timegm(&end) : 0;
}

TlsStream::TlsStream(std::shared_ptr<SSL_CTX> context, int fd, TlsSide side) : context_(std::move(context)), ssl_(SSL_new(context_.get())) {
    if (ssl_ == nullptr) throw std::bad_alloc();
    BIO* const bio = BIO_new(socket_method());
    if (bio == nullptr) {
        SSL_free(ssl_);
        throw std::bad_alloc();
    }
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_, bio, bio);
    if (side == TlsSide::server) SSL_set_accept_state(ssl_);
    else SSL_set_connect_state(ssl_);
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

Io TlsStream::outcome(int result) {
    switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return {Io::State::want_read, 0};
    case SSL_ERROR_WANT_WRITE: return {Io::State::want_write, 0};
    default: ERR_clear_error(); return {Io::State::closed, 0};
    }
}

Io TlsStream::handshake() {
    ERR_clear_error();
    int const result = SSL_do_handshake(ssl_);
    return result == 1 ? Io{Io::State::ok, 0} : outcome(result);
}

Io TlsStream::read(char* to, std::size_t room) {
    ERR_clear_error();
    std::size_t got = 0;
    int const result = SSL_read_ex(ssl_, to, room, &got);
    return result == 1 ? Io{Io::State::ok, got} : outcome(result);
}

Io TlsStream::write(char const* from, std::size_t size) {
    ERR_clear_error();
    std::size_t sent = 0;
    int const result = SSL_write_ex(ssl_, from, size, &sent);
    return result == 1 ? Io{Io::State::ok, sent} : outcome(result);
}

bool TlsStream::has_pending() const { return SSL_has_pending(ssl_) == 1; }

void TlsStream::shutdown() {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ERR_clear_error();
}

} // namespace mozi::net
