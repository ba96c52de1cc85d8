// Bodies that go to a sink as they arrive: complete, stopped, cut off.
#include "support.hpp"

using namespace mozi::net;
using namespace mozi::net::test;

namespace {

struct Seen {
    std::string bytes;
    std::size_t largest = 0;
    std::vector<bool> finished; // what finish() was told, each time
};

class Keep final : public BodySink {
public:
    Keep(std::shared_ptr<Seen> seen, Recorder& app, std::size_t stop_after = SIZE_MAX) : seen_(std::move(seen)), app_(app), stop_after_(stop_after) {}
    More write(std::span<char const> bytes) override {
        seen_->bytes.append(bytes.data(), bytes.size());
        seen_->largest = std::max(seen_->largest, bytes.size());
        app_.note("some");
        return seen_->bytes.size() >= stop_after_ ? More::stop : More::yes;
    }
    void finish(bool complete) override {
        seen_->finished.push_back(complete);
        app_.note("finished");
    }

private:
    std::shared_ptr<Seen> seen_;
    Recorder& app_;
    std::size_t stop_after_;
};

struct Upload : Running {
    explicit Upload(std::size_t stop_after = SIZE_MAX, std::function<void(ServerOptions&)> const& adjust = {}) : Running(adjust) {
        app.head = [this, stop_after](Request& request) {
            Accept accept;
            accept.body_limit = 64 * 1024 * 1024;
            if (request.method == Method::post) accept.sink = std::make_shared<Keep>(seen, app, stop_after);
            return accept;
        };
    }
    ~Upload() { server.stop(0ms); } // before what its thread writes to
    std::shared_ptr<Seen> seen = std::make_shared<Seen>();
};

std::string const post = "POST /upload HTTP/1.1\r\nHost: x\r\n";

} // namespace

TEST_SUITE("net bodies") {
    TEST_CASE("a sink gets the whole body in pieces of at most 256 KiB, then the request comes without it") {
        Upload upload;
        Sample const sample(5'000'000);
        Client client(upload.port());
        client.send(post + "Content-Length: 5000000\r\n\r\n" + sample.bytes + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(client.read().body == "POST /upload\n");
        CHECK(client.read().body == "GET /next\n");
        CHECK(upload.seen->bytes == sample.bytes);
        CHECK(upload.seen->largest <= 256 * 1024);
        CHECK(upload.seen->finished == std::vector<bool>{true});
    }

    TEST_CASE("a chunked body reaches the sink decoded") {
        Upload upload;
        Sample const sample(1'000'000);
        Client client(upload.port());
        client.send(post + "Transfer-Encoding: chunked\r\n\r\n" + chunked(sample.bytes, 777));
        CHECK(client.read().status == 200);
        CHECK(upload.seen->bytes == sample.bytes);
        CHECK(upload.seen->finished == std::vector<bool>{true});
    }

    TEST_CASE("an empty body finishes the sink") {
        Upload upload;
        Client client(upload.port());
        client.send(post + "Content-Length: 0\r\n\r\n");
        CHECK(client.read().status == 200);
        CHECK(upload.seen->finished == std::vector<bool>{true});
    }

    TEST_CASE("a sink that stops is answered for, and the connection closes after the client could read it") {
        Upload upload(1000);
        Client client(upload.port());
        client.send(post + "Content-Length: 200000\r\n\r\n" + std::string(200'000, 'b'));
        auto const answer = client.read();
        CHECK(answer.status == 200);
        CHECK(answer.header("Connection") == "close");
        CHECK(client.closed_within());
        CHECK(upload.seen->finished.empty());
        CHECK(upload.app.targets() == std::vector<std::string>{"/upload"});
    }

    TEST_CASE("a sink that stops with the last byte keeps the connection") {
        Upload upload(1000);
        Client client(upload.port());
        client.send(post + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'b'));
        CHECK(client.read().status == 200);
        CHECK(client.get("/next").status == 200);
        CHECK(upload.seen->finished.empty());
    }

    TEST_CASE("a client that leaves in the middle aborts the sink and the request never comes") {
        Upload upload;
        {
            Client client(upload.port());
            client.send(post + "Content-Length: 2000\r\n\r\nbegin");
            REQUIRE(upload.app.wait_for_note("some"));
        }
        REQUIRE(upload.app.wait_for_note("finished"));
        CHECK(upload.seen->finished == std::vector<bool>{false});
        CHECK(upload.app.targets().empty());
    }

    TEST_CASE("bad framing in the middle aborts the sink with 400") {
        Upload upload;
        Client client(upload.port());
        client.send(post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nX\r\n");
        CHECK(client.read().status == 400);
        CHECK(upload.seen->finished == std::vector<bool>{false});
        CHECK(upload.app.targets().empty());
    }

    TEST_CASE("a refused request with a body can read why, and the body is not taken") {
        Upload upload;
        upload.app.head = [](Request&) {
            Accept accept;
            accept.refuse.emplace().status = 401;
            return accept;
        };
        Client client(upload.port());
        client.send(post + "Content-Length: 200000\r\n\r\n" + std::string(200'000, 'b'));
        auto const answer = client.read();
        CHECK(answer.status == 401);
        CHECK(answer.header("Connection") == "close");
        CHECK(client.closed_within());
    }

    TEST_CASE("a refusal of a request without a body keeps the connection") {
        Upload upload;
        upload.app.head = [](Request&) {
            Accept accept;
            accept.refuse.emplace().status = 403;
            return accept;
        };
        Client client(upload.port());
        CHECK(client.get("/a").status == 403);
        CHECK(client.get("/b").status == 403);
    }
}
