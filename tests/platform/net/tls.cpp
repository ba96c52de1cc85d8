// TLS: versions, ALPN, requests of any size, reload of the certificate, strangers.
#include "tls_client.hpp"

#include <fstream>

#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>

using namespace mozi::net;
using namespace mozi::net::test;

namespace mozi::net::test {

TlsClient::TlsClient(std::uint16_t port, int highest, std::string const& protocols)
    : client_(port), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), ssl_(nullptr, &SSL_free) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_security_level(context_.get(), 0); // the test offers old versions to see them refused
    if (highest != 0) SSL_CTX_set_max_proto_version(context_.get(), highest);
    ssl_.reset(SSL_new(context_.get()));
    if (!protocols.empty())
        SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<unsigned char const*>(protocols.data()), static_cast<unsigned>(protocols.size()));
    timeval const limit{10, 0};
    ::setsockopt(client_.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_set_fd(ssl_.get(), client_.fd());
    connected_ = SSL_connect(ssl_.get()) == 1;
}

bool TlsClient::send(std::string_view bytes) {
    return bytes.empty() || SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

bool TlsClient::receive() {
    char bytes[64 * 1024];
    int const got = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

Answer TlsClient::read() {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return answer;
    }
    answer.head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    auto const size = std::strtoull(answer.header("Content-Length").c_str(), nullptr, 10);
    while (buffer_.size() < size) {
        if (!receive()) return answer;
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    answer.complete = true;
    return answer;
}

Answer TlsClient::get(std::string_view target) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return read();
}

std::string TlsClient::protocol() const {
    unsigned char const* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<char const*>(name), size};
}

std::string TlsClient::version() const { return SSL_get_version(ssl_.get()); }

long TlsClient::serial() const {
    std::unique_ptr<X509, decltype(&X509_free)> const certificate(SSL_get1_peer_certificate(ssl_.get()), &X509_free);
    return certificate ? ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())) : -1;
}

} // namespace mozi::net::test

namespace {

struct Secure {
    mozi::test::Certificate certificate;
    Running running{[this](ServerOptions& options) { options.listen[0].tls = certificate.files(); }};
    std::uint16_t port() const { return running.port(); }
};

} // namespace

TEST_SUITE("net tls") {
    TEST_CASE("TLS 1.3 and 1.2 are served, older versions are not") {
        Secure secure;
        TlsClient newest(secure.port());
        REQUIRE(newest.connected());
        CHECK(newest.version() == "TLSv1.3");
        CHECK(newest.get("/a").body == "GET /a\n");
        TlsClient older(secure.port(), TLS1_2_VERSION);
        REQUIRE(older.connected());
        CHECK(older.version() == "TLSv1.2");
        CHECK(older.get("/b").body == "GET /b\n");
        CHECK_FALSE(TlsClient(secure.port(), TLS1_1_VERSION).connected());
    }

    TEST_CASE("ALPN chooses http/1.1 and refuses a client that speaks only something else") {
        Secure secure;
        TlsClient both(secure.port(), 0, "\x02h2\x08http/1.1");
        REQUIRE(both.connected());
        CHECK(both.protocol() == "http/1.1");
        CHECK_FALSE(TlsClient(secure.port(), 0, "\x02h2").connected());
    }

    TEST_CASE("keep-alive, pipelining and large bodies work over TLS") {
        Secure secure;
        secure.running.app.head = [](Request& request) {
            CHECK(request.tls);
            Accept accept;
            accept.body_limit = 8'000'000;
            return accept;
        };
        TlsClient client(secure.port());
        Sample const sample(3'000'000);
        std::string burst;
        for (int i = 0; i < 20; ++i) burst += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        client.send(burst);
        for (int i = 0; i < 20; ++i) CHECK(client.read().body == "GET /" + std::to_string(i) + "\n");
        client.send("POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + sample.bytes);
        CHECK((client.read().body == "POST /big\n" + sample.bytes));
    }

    TEST_CASE("framing is as strict over TLS") {
        Secure secure;
        TlsClient client(secure.port());
        client.send("POST /attack HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /canary "
                    "HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(client.read().status == 400);
        CHECK(client.read().status == 0);
        CHECK(secure.running.app.targets().empty());
    }

    TEST_CASE("a reloaded certificate serves new connections, a bad one leaves the former in place") {
        Secure secure;
        TlsClient before(secure.port());
        CHECK(before.serial() == 1);
        secure.certificate.renew(2);
        CHECK(secure.running.server.reload_tls().empty());
        CHECK(TlsClient(secure.port()).serial() == 2);
        CHECK(before.get("/still").status == 200);
        std::ofstream(secure.certificate.files().private_key) << "not a key";
        CHECK_FALSE(secure.running.server.reload_tls().empty());
        CHECK(TlsClient(secure.port()).serial() == 2);
    }

    TEST_CASE("a missing certificate stops the start with its name") {
        Recorder app;
        ServerOptions options;
        options.listen.push_back({"127.0.0.1", 0, TlsFiles{"/nonexistent/cert.pem", "/nonexistent/key.pem"}});
        Server server(options, app);
        std::string text;
        try {
            server.start();
        } catch (std::system_error const& error) { text = error.what(); }
        CHECK(text.find("/nonexistent/cert.pem") != std::string::npos);
    }

    TEST_CASE("plain text on the TLS port is closed without reaching the application") {
        Secure secure;
        Client client(secure.port());
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client.read_all();
        CHECK(secure.running.app.targets().empty());
        CHECK(TlsClient(secure.port()).get("/").status == 200);
    }

    TEST_CASE("a handshake that does not come in time is closed") {
        mozi::test::Certificate const certificate;
        Running running([&](ServerOptions& options) {
            options.listen[0].tls = certificate.files();
            options.head_timeout = 200ms;
        });
        Client silent(running.port());
        CHECK(silent.closed_within());
        CHECK(eventually([&] { return running.server.figures().open == 0; }));
    }
}
