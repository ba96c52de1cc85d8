// A TLS client on a blocking socket, for the tests.
#pragma once

#include "certificate.hpp"
#include "support.hpp"

#include <openssl/ssl.h>

namespace mozi::net::test {

class TlsClient {
public:
    // `highest`: 0 for the newest the library has. `protocols`: ALPN wire form, empty for none.
    explicit TlsClient(std::uint16_t port, int highest = 0, std::string const& protocols = {});
    bool connected() const { return connected_; }
    bool send(std::string_view bytes);
    Answer read();
    Answer get(std::string_view target);
    std::string protocol() const; // chosen by ALPN
    std::string version() const;
    long serial() const; // of the server's certificate
    Client& plain() { return client_; }

private:
    bool receive();
    Client client_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    bool connected_ = false;
    std::string buffer_;
};

} // namespace mozi::net::test
