// An answer that is ready before the request has been sent to its end reaches its reader, and nothing can be held by that for free.
#include "tls_client.hpp"

#include <poll.h>

using namespace mozi::net;
using namespace mozi::net::test;

namespace {

using Clock = std::chrono::steady_clock;

std::string const post = "POST /upload HTTP/1.1\r\nHost: x\r\n";
std::string const piece(64 * 1024, 'b');

void refuse(Recorder& app, int status) {
    app.head = [status](Request& request) {
        Accept accept;
        if (request.method != Method::post) return accept;
        accept.refuse.emplace().status = status;
        accept.refuse->body = std::string("the reason");
        return accept;
    };
}

std::string with_length(std::uint64_t bytes) { return post + "Content-Length: " + std::to_string(bytes) + "\r\n\r\n"; }

// A client that is slow, which is what these tests are about.
void pause(std::chrono::milliseconds length) { ::poll(nullptr, 0, static_cast<int>(length.count())); }

// Sends until the server has had enough; whether it had.
bool cut_off(Client& client, std::size_t most) {
    std::size_t sent = 0;
    while (sent < most && client.send(piece)) sent += piece.size();
    return sent < most;
}

class StopAt final : public BodySink {
public:
    explicit StopAt(std::size_t bytes) : left_(bytes) {}
    More write(std::span<char const> bytes) override { return bytes.size() >= left_ ? More::stop : (left_ -= bytes.size(), More::yes); }
    void finish(bool) override {}

private:
    std::size_t left_;
};

} // namespace

TEST_SUITE("net lingering") {
    TEST_CASE("every refusal reaches a client that reads only after its last byte") {
        for (int const status : {401, 403, 404, 409, 413, 415, 423, 429, 503, 507}) {
            CAPTURE(status);
            Running running;
            refuse(running.app, status);
            Client client(running.port());
            CHECK(client.send(with_length(40'000'000)));
            CHECK(client.send(std::string(40'000'000, 'b')));
            auto const answer = client.read();
            CHECK(answer.status == status);
            CHECK(answer.header("Connection") == "close");
            CHECK(answer.body == "the reason");
            CHECK(client.closed_within());
        }
    }

    TEST_CASE("a chunked body is dropped to its end as well") {
        Running running;
        refuse(running.app, 409);
        Client client(running.port());
        CHECK(client.send(post + "Transfer-Encoding: chunked\r\n\r\n"));
        CHECK(client.send(chunked(std::string(8'000'000, 'b'), 60'000)));
        CHECK(client.read().status == 409);
        CHECK(client.closed_within());
    }

    TEST_CASE("over TLS") {
        mozi::test::Certificate const certificate;
        Running running([&](ServerOptions& options) { options.listen[0].tls = certificate.files(); });
        refuse(running.app, 413);
        for (auto const& head : {with_length(8'000'000), post + "Transfer-Encoding: chunked\r\n\r\n"}) {
            TlsClient client(running.port());
            REQUIRE(client.connected());
            CHECK(client.send(head));
            auto const body =
                head.find("chunked") != std::string::npos ? chunked(std::string(8'000'000, 'b'), 30'000) : std::string(8'000'000, 'b');
            for (std::size_t at = 0; at < body.size(); at += piece.size())
                REQUIRE(client.send(std::string_view(body).substr(at, piece.size())));
            CHECK(client.read().status == 413);
        }
    }

    TEST_CASE("what a sink stopped for reaches its client") {
        Running running;
        running.app.head = [](Request&) {
            Accept accept;
            accept.body_limit = 1ULL << 40;
            accept.sink = std::make_shared<StopAt>(1'000'000);
            return accept;
        };
        Client client(running.port());
        CHECK(client.send(with_length(30'000'000)));
        CHECK(client.send(std::string(30'000'000, 'b')));
        CHECK(client.read().status == 200);
        CHECK(client.closed_within());
    }

    TEST_CASE("a body that pauses on its way is waited for like any other") {
        Running running([](ServerOptions& options) {
            options.linger_pause = 100ms;
            options.body_timeout = 5s;
        });
        refuse(running.app, 401);
        Client client(running.port());
        CHECK(client.send(with_length(3 * piece.size())));
        for (int i = 0; i < 3; ++i) {
            pause(400ms);
            CHECK(client.send(piece));
        }
        CHECK(client.read().status == 401);
        CHECK(client.closed_within());
    }

    TEST_CASE("who expected to be asked to go on has the answer at once and may go") {
        Running running;
        refuse(running.app, 413);
        Client client(running.port());
        client.send(post + "Content-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n");
        CHECK(client.read().status == 413);
        client.close();
        CHECK(eventually([&] { return running.server.figures().open == 0; }));
    }

    TEST_CASE("no more is dropped than the bounds allow: bytes, time, rate, silence") {
        auto const bounded = [](std::function<void(ServerOptions&)> const& adjust, std::function<bool(Client&)> const& act) {
            Running running(adjust);
            refuse(running.app, 413);
            Client client(running.port());
            client.send(with_length(1ULL << 40));
            auto const began = Clock::now();
            CHECK(act(client));
            CHECK(eventually([&] { return running.server.figures().open == 0; }));
            CHECK(Clock::now() - began < 8s);
        };
        SUBCASE("bytes") {
            bounded(
                [](ServerOptions& options) { options.linger_bytes = 8 << 20; }, [](Client& client) { return cut_off(client, 64 << 20); });
        }
        SUBCASE("time") {
            bounded([](ServerOptions& options) { options.linger_time = 300ms; },
                [](Client& client) {
                    while (client.send("b")) pause(5ms);
                    return true;
                });
        }
        SUBCASE("rate") {
            bounded(
                [](ServerOptions& options) {
                    options.body_timeout = 300ms;
                    options.min_body_bytes_per_s = 10'000;
                },
                [](Client& client) {
                    while (client.send("b")) pause(50ms);
                    return true;
                });
        }
        SUBCASE("silence") {
            bounded([](ServerOptions& options) { options.body_timeout = 300ms; }, [](Client&) { return true; });
        }
    }

    TEST_CASE("a lingering connection is one of its address") {
        Running running([](ServerOptions& options) { options.max_connections_per_address = 1; });
        refuse(running.app, 401);
        Client lingering(running.port());
        CHECK(lingering.send(with_length(10'000'000) + piece));
        CHECK(lingering.read().status == 401);
        CHECK(Client(running.port()).get("/a").status == 503);
        lingering.close();
        CHECK(eventually([&] { return Client(running.port()).get("/a").status == 200; }));
    }

    TEST_CASE("a server that stops does not wait for the end of a refused body") {
        Running running([](ServerOptions& options) { options.linger_pause = 200ms; });
        refuse(running.app, 401);
        Client client(running.port());
        CHECK(client.send(with_length(10'000'000) + piece));
        CHECK(client.read().status == 401);
        auto const began = Clock::now();
        running.server.stop(8s);
        CHECK(Clock::now() - began < 4s);
    }
}
