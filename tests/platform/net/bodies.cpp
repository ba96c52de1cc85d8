// Bodies that go to a sink as they arrive: complete, stopped, cut off.
#include "support.hpp"

#include <thread>

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
    Keep(std::shared_ptr<Seen> seen, Recorder& app, std::size_t stop_after = SIZE_MAX)
        : seen_(std::move(seen)), app_(app), stop_after_(stop_after) {}
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

    TEST_CASE("a sink may end its body from another thread while nothing comes") {
        Upload upload;
        std::function<void()> stop;
        struct Waits final : BodySink {
            std::function<void()>& stop;
            Recorder& app;
            Waits(std::function<void()>& given, Recorder& recorder) : stop(given), app(recorder) {}
            void begin(std::function<void()> given) override {
                stop = std::move(given);
                app.note("begun");
            }
            More write(std::span<char const>) override { return More::yes; }
            void finish(bool) override { app.note("finished"); }
        };
        upload.app.head = [&](Request&) { return Accept{.body_limit = 1000, .sink = std::make_shared<Waits>(stop, upload.app)}; };
        Client client(upload.port());
        client.send(post + "Content-Length: 1000\r\n\r\nsome");
        REQUIRE(upload.app.wait_for_note("begun"));
        stop();
        auto const answer = client.read();
        CHECK(answer.status == 200);
        CHECK(answer.header("Connection") == "close");
        CHECK(client.closed_within());
        CHECK(upload.app.targets() == std::vector<std::string>{"/upload"});
        stop(); // the connection is gone: nothing happens
    }

    TEST_CASE("trailers that were announced come with the request, others are dropped") {
        Running running;
        std::vector<std::pair<std::string, std::string>> seen;
        running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
            for (auto const& trailer : request->trailers) seen.emplace_back(trailer.name, trailer.value);
            respond({});
        };
        std::string const body = "3\r\nabc\r\n0\r\nUpload-Checksum: sha1 YWJj\r\nX-Other:\r\n\r\n";
        Client client(running.port());
        client.send(post + "Transfer-Encoding: chunked\r\n\r\n" + body);
        CHECK(client.read().status == 200);
        CHECK(seen.empty());
        client.send(post + "Trailer: Upload-Checksum, X-Other\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        CHECK(client.read().status == 200);
        CHECK(seen == std::vector<std::pair<std::string, std::string>>{{"Upload-Checksum", " sha1 YWJj"}, {"X-Other", ""}});
        CHECK(client.get("/next").status == 200);
    }
}

TEST_SUITE("net decisions") {
    // The application decides when the test says so.
    struct Deciding : Running {
        explicit Deciding(std::function<void(ServerOptions&)> const& adjust = {}) : Running(adjust) {
            app.head = [this](Request&) {
                return Accept{.later = [this](std::shared_ptr<Request>, Decider given) {
                    decide = std::make_unique<Decider>(std::move(given));
                    app.note("asked");
                }};
            };
        }
        ~Deciding() { server.stop(0ms); }
        std::unique_ptr<Decider> decide;
    };

    TEST_CASE("no byte of a body is read before it is decided, and the client is not asked to go on") {
        Deciding deciding;
        Client client(deciding.port());
        client.send(post + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        REQUIRE(deciding.app.wait_for_note("asked"));
        CHECK(client.buffer().empty());
        (*deciding.decide)({.body_limit = 10});
        CHECK(client.read().status == 100);
        client.send("bodyGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(client.read().body == "POST /upload\nbody");
    }

    TEST_CASE("a refusal is one whenever it comes, and a decision that is lost is 500") {
        for (int const status : {409, 500}) {
            Deciding deciding;
            Client client(deciding.port());
            client.send(post + "Content-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'b').substr(0, 1000));
            REQUIRE(deciding.app.wait_for_note("asked"));
            Accept refused;
            refused.refuse.emplace().status = status;
            if (status == 500) deciding.decide.reset();
            else (*deciding.decide)(std::move(refused));
            client.send(std::string(1'999'000, 'b'));
            CHECK(client.read().status == status);
            CHECK(client.closed_within());
        }
    }

    TEST_CASE("the limits hold for what was decided late") {
        Deciding deciding;
        Client client(deciding.port());
        client.send(post + "Content-Length: 11\r\n\r\nelevenbytes");
        REQUIRE(deciding.app.wait_for_note("asked"));
        (*deciding.decide)({.body_limit = 10});
        CHECK(client.read().status == 413);
    }

    TEST_CASE("a request that comes while the one before is decided is not lost when that is answered at once") {
        Deciding deciding;
        auto const late = deciding.app.head;
        deciding.app.head = [&](Request& request) { return request.target == "/first" ? late(request) : Accept{}; };
        deciding.app.request = [](std::shared_ptr<Request>, Responder respond) { respond({}); };
        Client client(deciding.port());
        client.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(deciding.app.wait_for_note("asked"));
        // As long as what is read at once: nothing of it is looked at before the answer.
        std::string const second = "GET /second HTTP/1.1\r\nHost: x\r\nX: ";
        client.send(second + std::string(2048 - second.size() - 4, 'x') + "\r\n\r\nGET /third HTTP/1.1\r\nHost: x\r\n\r\n");
        (*deciding.decide)({});
        for (int i = 0; i < 3; ++i) CHECK(client.read().status == 200);
        CHECK(deciding.app.targets() == std::vector<std::string>{"/first", "/second", "/third"});
    }

    TEST_CASE("a server that stops does not begin a body") {
        Deciding deciding;
        Client idle(deciding.port());
        Client client(deciding.port());
        client.send(post + "Content-Length: 4\r\n\r\n");
        REQUIRE(deciding.app.wait_for_note("asked"));
        std::jthread stopping([&] { deciding.server.stop(10s); });
        CHECK(idle.closed_within()); // it has begun to stop
        (*deciding.decide)({.body_limit = 10});
        CHECK(client.read().status == 503);
        client.close();
    }

    TEST_CASE("a decision for a connection that is gone does nothing") {
        Deciding deciding;
        {
            Client client(deciding.port());
            client.send(post + "Content-Length: 4\r\n\r\n");
            REQUIRE(deciding.app.wait_for_note("asked"));
        }
        (*deciding.decide)({.body_limit = 10});
        CHECK(eventually([&] { return deciding.server.figures().open == 0; }));
    }
}
