// Ranges of files over plain connections (sendfile) and TLS, byte for byte.
#include "tls_client.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace mozi::net;
using namespace mozi::net::test;

namespace {

struct Range {
    std::uint64_t offset, length;
};

void serve(Recorder& app, Sample const& sample) {
    app.request = [&sample](std::shared_ptr<Request> request, Responder respond) {
        Response response;
        FileRange range;
        range.file = sample.file;
        range.offset = std::strtoull(std::string(request->path.substr(1)).c_str(), nullptr, 10);
        range.length = std::strtoull(std::string(request->query).c_str(), nullptr, 10);
        response.status = 206;
        response.body = range;
        respond(std::move(response));
    };
}

std::vector<Range> ranges(std::size_t size) {
    return {{0, size}, {0, 0}, {0, 1}, {size - 1, 1}, {1, size - 2}, {65'535, 65'537}, {1'048'575, 1'048'578}, {3'000'000, 1'000'000}};
}

std::string address(Range const& range) { return "/" + std::to_string(range.offset) + "?" + std::to_string(range.length); }

} // namespace

TEST_SUITE("net files") {
    TEST_CASE("ranges arrive byte for byte on one plain connection") {
        Sample const sample(8'000'000);
        Running running;
        serve(running.app, sample);
        Client client(running.port());
        for (auto const& range : ranges(sample.bytes.size())) {
            auto const answer = client.get(address(range));
            CHECK(answer.status == 206);
            CHECK(answer.header("Content-Length") == std::to_string(range.length));
            CHECK((answer.body == sample.bytes.substr(range.offset, range.length)));
        }
    }

    TEST_CASE("ranges arrive byte for byte on one TLS connection") {
        Sample const sample(8'000'000);
        mozi::test::Certificate const certificate;
        Running running([&](ServerOptions& options) { options.listen[0].tls = certificate.files(); });
        serve(running.app, sample);
        TlsClient client(running.port());
        for (auto const& range : ranges(sample.bytes.size())) {
            auto const answer = client.get(address(range));
            CHECK(answer.status == 206);
            CHECK((answer.body == sample.bytes.substr(range.offset, range.length)));
        }
    }

    TEST_CASE("HEAD of a file sends its length alone") {
        Sample const sample(100'000);
        Running running;
        serve(running.app, sample);
        Client client(running.port());
        client.send("HEAD /0?100000 HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(client.read(true).header("Content-Length") == "100000");
        CHECK(client.get("/5?5").body == sample.bytes.substr(5, 5));
    }

    TEST_CASE("pipelined ranges arrive in order") {
        Sample const sample(2'000'000);
        Running running;
        serve(running.app, sample);
        Client client(running.port());
        std::string burst;
        for (int i = 0; i < 20; ++i) burst += "GET /" + std::to_string(i * 65'536) + "?65536 HTTP/1.1\r\nHost: x\r\n\r\n";
        client.send(burst);
        for (std::size_t i = 0; i < 20; ++i) CHECK((client.read().body == sample.bytes.substr(i * 65'536, 65'536)));
    }

    TEST_CASE("a client that leaves in the middle of a file costs nobody else") {
        Sample const sample(8'000'000);
        Running running;
        serve(running.app, sample);
        for (int i = 0; i < 20; ++i) {
            Client client(running.port());
            client.send("GET /0?8000000 HTTP/1.1\r\nHost: x\r\n\r\n");
            CHECK(client.receive()); // closing with unread bytes resets the connection under the server's sendfile
        }
        CHECK(running.app.wait_for_done(20).size() == 20);
        CHECK(Client(running.port()).get("/0?10").body == sample.bytes.substr(0, 10));
    }

    TEST_CASE("a file that became shorter ends the connection instead of lying") {
        Sample const sample(1'000'000);
        Running running;
        serve(running.app, sample);
        Client client(running.port());
        auto const answer = client.get("/999990?100");
        CHECK_FALSE(answer.complete);
        CHECK(client.buffer().size() == 10);
    }

    TEST_CASE("the descriptor is closed with the last owner") {
        int fd = -1;
        {
            Sample const sample(1000);
            fd = sample.file->fd;
            CHECK(::fcntl(fd, F_GETFD) != -1);
        }
        CHECK(::fcntl(fd, F_GETFD) == -1);
    }
}
