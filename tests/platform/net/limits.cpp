// Time-outs, connection limits, descriptor exhaustion and the orderly stop.
#include "support.hpp"

#include <semaphore>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mozi::net;
using namespace mozi::net::test;

namespace {

using Clock = std::chrono::steady_clock;

std::string const get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Sends a byte again and again until the server has had enough; how long that took.
Clock::duration drip(Client& client, std::string_view byte) {
    auto const start = Clock::now();
    ::timeval const limit{0, 20'000};
    ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (Clock::now() - start < patience) {
        if (!client.send(byte)) break;
        char bytes[512];
        auto const got = ::recv(client.fd(), bytes, sizeof bytes, 0); // also what paces the drip
        if (got > 0) client.buffer().append(bytes, static_cast<std::size_t>(got));
        if (got >= 0 && client.buffer().find("\r\n\r\n") != std::string::npos) break;
        if (got == 0) break;
    }
    return Clock::now() - start;
}

} // namespace

TEST_SUITE("net time-outs") {
    TEST_CASE("a connection that says nothing is closed in silence") {
        Running running([](ServerOptions& options) { options.head_timeout = 200ms; });
        Client client(running.port());
        CHECK(client.read_all() == "");
    }

    TEST_CASE("a head that stalls is 408, and one that drips is too") {
        Running running([](ServerOptions& options) { options.head_timeout = 300ms; });
        Client stalled(running.port());
        stalled.send("GET /a HTTP/1.1\r\nHo");
        CHECK(stalled.read().status == 408);
        Client dripping(running.port());
        dripping.send("GET /a HTTP/1.1\r\nX-A: ");
        CHECK(drip(dripping, "a") < 3s);
        CHECK(dripping.read().status == 408);
        CHECK(running.app.targets().empty());
    }

    TEST_CASE("an idle connection is closed after the idle time, not before") {
        Running running([](ServerOptions& options) {
            options.head_timeout = 100ms;
            options.idle_timeout = 600ms;
        });
        Client client(running.port());
        CHECK(client.get("/a").status == 200);
        auto const start = Clock::now();
        CHECK(client.closed_within());
        CHECK(Clock::now() - start > 500ms);
    }

    TEST_CASE("a body that stalls is 408") {
        Running running([](ServerOptions& options) { options.body_timeout = 200ms; });
        Client client(running.port());
        client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegin");
        auto const answer = client.read();
        CHECK(answer.status == 408);
        CHECK(answer.header("Connection") == "close");
        CHECK(running.app.targets().empty());
    }

    TEST_CASE("a body below the minimal rate is 408 although it never stalls") {
        Running running([](ServerOptions& options) {
            options.body_timeout = 400ms;
            options.min_body_bytes_per_s = 10'000;
        });
        Client client(running.port());
        client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        CHECK(drip(client, "b") < 3s);
        CHECK(client.read().status == 408);
    }

    TEST_CASE("a steady body above the rate takes longer than the time-out and is served") {
        Running running([](ServerOptions& options) {
            options.body_timeout = 200ms;
            options.min_body_bytes_per_s = 10;
        });
        Client client(running.port());
        client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n");
        auto const start = Clock::now();
        ::timeval const pace{0, 40'000};
        ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof pace);
        for (int i = 0; i < 20; ++i) {
            char byte = 0;
            CHECK(::recv(client.fd(), &byte, 1, 0) < 0); // paces
            CHECK(client.send("b"));
        }
        CHECK(client.read().status == 200);
        CHECK(Clock::now() - start > 400ms);
    }

    TEST_CASE("a client that does not read its answer is cut off") {
        Running running([](ServerOptions& options) { options.write_timeout = 300ms; });
        running.app.request = [](std::shared_ptr<Request>, Responder respond) {
            Response response;
            response.body = std::string(64 * 1024 * 1024, 'x');
            respond(std::move(response));
        };
        Client client(running.port());
        client.send(get);
        auto const done = running.app.wait_for_done(1);
        CHECK(done[0].bytes < 64 * 1024 * 1024);
        CHECK(eventually([&] { return running.server.figures().open == 0; }));
    }

    TEST_CASE("a client that reads slowly but steadily gets everything") {
        Running running([](ServerOptions& options) { options.write_timeout = 300ms; });
        Sample const sample(8'000'000);
        running.app.request = [&](std::shared_ptr<Request>, Responder respond) {
            Response response;
            response.body = FileRange{sample.file, 0, sample.bytes.size()};
            respond(std::move(response));
        };
        Client client(running.port());
        int const small = 64 * 1024;
        ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        client.send(get);
        std::size_t total = 0;
        auto const start = Clock::now();
        std::vector<char> bytes(256 * 1024);
        while (total < sample.bytes.size()) {
            bool const slowly = Clock::now() - start < 1500ms; // the socket then has no room for longer than the time-out
            auto const got = ::recv(client.fd(), bytes.data(), slowly ? 8 * 1024 : bytes.size(), 0);
            if (got <= 0) break;
            total += static_cast<std::size_t>(got);
            if (slowly) std::this_thread::sleep_for(10ms); // a slow reader is what this test is about
        }
        CHECK(total > sample.bytes.size());
        CHECK(Clock::now() - start > 1500ms);
    }

    TEST_CASE("a loop that was held up shows it") {
        Running running;
        running.app.request = [](std::shared_ptr<Request>, Responder respond) {
            auto const end = Clock::now() + 30ms;
            while (Clock::now() < end) {}
            respond({});
        };
        CHECK(Client(running.port()).get("/a").status == 200);
        CHECK(running.server.figures().loop_lag_seconds_max >= 0.03);
    }

    // Who looks whether it still lives cannot wait until it has gone on.
    TEST_CASE("a loop that is held up shows it while it lasts") {
        Running running;
        std::binary_semaphore held(0), go_on(0);
        running.app.request = [&](std::shared_ptr<Request>, Responder respond) {
            held.release();
            go_on.acquire();
            respond({});
        };
        std::jthread const asking([&] { Client(running.port()).get("/a"); });
        held.acquire();
        auto const until = Clock::now() + 5s;
        while (running.server.figures().loop_lag_seconds_max < 0.3 && Clock::now() < until) std::this_thread::sleep_for(10ms);
        CHECK(running.server.figures().loop_lag_seconds_max >= 0.3);
        go_on.release();
    }
}

TEST_SUITE("net limits") {
    TEST_CASE("an address has its limit, others are served, and a place that is left is free again") {
        Running running([](ServerOptions& options) { options.max_connections_per_address = 2; });
        Client first(running.port(), "127.0.0.2");
        auto second = std::make_unique<Client>(running.port(), "127.0.0.2");
        CHECK(first.get("/a").status == 200);
        CHECK(second->get("/a").status == 200);
        Client third(running.port(), "127.0.0.2");
        auto const refused = third.read();
        CHECK(refused.status == 503);
        CHECK(refused.header("Retry-After") == "1");
        CHECK(refused.header("Connection") == "close");
        CHECK(third.closed_within());
        CHECK(Client(running.port(), "127.0.0.3").get("/a").status == 200);
        second.reset();
        CHECK(eventually([&] { return Client(running.port(), "127.0.0.2").get("/a").status == 200; }));
        CHECK(running.server.figures().refused >= 1);
    }

    TEST_CASE("a trusted proxy speaks for many: its connections are not counted as one address's") {
        Running running([](ServerOptions& options) {
            options.max_connections_per_address = 2;
            options.trusted_proxies = {{"127.0.0.4", "127.0.1.0/24"}};
        });
        std::vector<Client> open;
        for (auto const* proxy : {"127.0.0.4", "127.0.1.9"})
            for (int i = 0; i < 6; ++i) {
                open.emplace_back(running.port(), proxy);
                CHECK(open.back().get("/a").status == 200);
            }
        Client first(running.port(), "127.0.0.2"), second(running.port(), "127.0.0.2");
        CHECK(first.get("/a").status == 200);
        CHECK(second.get("/a").status == 200);
        CHECK(Client(running.port(), "127.0.0.2").get("/a").status == 503);
    }

    TEST_CASE("the server has its limit") {
        Running running([](ServerOptions& options) { options.max_connections = 3; });
        std::vector<Client> clients;
        for (int i = 0; i < 3; ++i) {
            clients.emplace_back(running.port());
            CHECK(clients.back().get("/a").status == 200);
        }
        CHECK(running.server.figures().open == 3);
        Client over(running.port());
        over.send(get); // does not turn the refusal into a reset
        CHECK(over.read().status == 503);
        clients.pop_back();
        CHECK(eventually([&] { return Client(running.port()).get("/a").status == 200; }));
    }

    TEST_CASE("without descriptors clients hear 503, and the server recovers") {
        auto const child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) { // a process of its own: the limit is for all of it, the exit code tells
            Recorder app;
            ServerOptions options;
            options.listen.push_back({"127.0.0.1", 0, {}});
            options.io_threads = 1;
            Server server(options, app);
            server.start();
            std::vector<int> sockets;
            for (int i = 0; i < 40; ++i) sockets.push_back(::socket(AF_INET, SOCK_STREAM, 0));
            rlimit const limit{static_cast<rlim_t>(sockets.back()) + 11, static_cast<rlim_t>(sockets.back()) + 11};
            ::setrlimit(RLIMIT_NOFILE, &limit);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons(server.port(0));
            for (int const socket : sockets) ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
            bool const refused = eventually([&] { return server.figures().accept_errors > 2 && server.figures().refused > 2; });
            std::string text(12, '\0');
            bool const told = ::recv(sockets[12], text.data(), text.size(), 0) == 12 && text == "HTTP/1.1 503";
            for (int const socket : sockets) ::close(socket);
            bool const recovered = eventually([&] { return server.figures().open == 0 && Client(server.port(0)).get("/a").status == 200; });
            server.stop(0ms);
            ::_exit((refused ? 0 : 1) | (told ? 0 : 2) | (recovered ? 0 : 4));
        }
        int status = 0;
        CHECK(::waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }

    TEST_CASE("an address that is taken stops the start with its name") {
        Running running;
        Recorder app;
        ServerOptions options;
        options.listen.push_back({"127.0.0.1", running.port(), {}});
        Server second(options, app);
        std::string text;
        try {
            second.start();
        } catch (std::system_error const& error) { text = error.what(); }
        CHECK(text.find("127.0.0.1:" + std::to_string(running.port())) != std::string::npos);
    }

    TEST_CASE("several io threads and listeners share the work") {
        Recorder app;
        ServerOptions options;
        options.listen.push_back({"127.0.0.1", 0, {}});
        options.listen.push_back({"::", 0, {}});
        options.io_threads = 4;
        Server server(options, app);
        server.start();
        CHECK(server.port(0) != server.port(1));
        for (int i = 0; i < 40; ++i) CHECK(Client(server.port(static_cast<std::size_t>(i % 2))).get("/a").status == 200);
        CHECK(server.figures().requests == 40);
    }
}

TEST_SUITE("net stop") {
    TEST_CASE("a running request is finished, idle connections close, new ones are not taken") {
        Running running;
        Responder held({});
        running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
            if (request->path == "/idle") return respond({});
            held = std::move(respond);
            running.app.note("held");
        };
        Client idle(running.port());
        CHECK(idle.get("/idle").status == 200);
        Client busy(running.port());
        busy.send("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(running.app.wait_for_note("held"));
        auto const port = running.port();
        std::jthread stopping([&] { running.server.stop(10s); });
        CHECK(idle.closed_within());
        Response response;
        response.body = std::string("done");
        held(std::move(response));
        auto const answer = busy.read();
        CHECK(answer.body == "done");
        CHECK(answer.header("Connection") == "close");
        CHECK(busy.closed_within());
        busy.close();
        stopping.join();
        int const fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        CHECK(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0);
        ::close(fd);
        CHECK(running.server.figures().open == 0);
    }

    TEST_CASE("a body that is still arriving is given up with 503") {
        Running running;
        Client client(running.port());
        client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegin");
        CHECK(eventually([&] { return running.server.figures().requests == 1; }));
        std::jthread stopping([&] { running.server.stop(10s); });
        auto const answer = client.read();
        CHECK(answer.status == 503);
        CHECK(answer.header("Retry-After") == "1");
        client.close();
        stopping.join();
        CHECK(running.app.targets().empty());
    }

    TEST_CASE("what does not end within the grace is closed") {
        Running running;
        std::vector<Responder> held;
        running.app.request = [&](std::shared_ptr<Request>, Responder respond) {
            held.push_back(std::move(respond));
            running.app.note("held");
        };
        Client client(running.port());
        client.send(get);
        REQUIRE(running.app.wait_for_note("held"));
        auto const start = Clock::now();
        running.server.stop(100ms);
        CHECK(Clock::now() - start < 5s);
        CHECK(client.closed_within());
        held.clear();
    }

    TEST_CASE("requests under load are answered or never taken, none is cut off") {
        Running running([](ServerOptions& options) { options.io_threads = 2; });
        std::atomic<int> answered{0}, cut{0};

        std::vector<std::jthread> clients;
        auto const port = running.port();
        for (int i = 0; i < 4; ++i) {
            clients.emplace_back([&, port] {
                Client client(port);
                while (client.send(get)) {
                    auto const answer = client.read();
                    if (answer.complete) ++answered;
                    else if (!answer.head.empty() || !client.buffer().empty()) ++cut;
                    if (!answer.complete || answer.header("Connection") == "close") return;
                }
            });
        }
        CHECK(eventually([&] { return answered > 500; }));
        running.server.stop(10s);
        clients.clear();
        CHECK(cut == 0);
    }
}
