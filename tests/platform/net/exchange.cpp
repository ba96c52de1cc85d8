// Requests and answers over real sockets: keep-alive, pipelining, HEAD, bodies, answers from elsewhere.
#include "support.hpp"

#include <thread>

using namespace mozi::net;
using namespace mozi::net::test;

namespace {

std::string get(std::string const& target, std::string const& lines = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
}
std::string post(std::string const& target, std::string const& body, std::string const& lines = {}) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + lines + "\r\n" + body;
}
std::string post_chunked(std::string const& target, std::string const& wire) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + wire;
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

} // namespace

TEST_SUITE("net exchange") {
    TEST_CASE("an answer has each header of the session once") {
        Running running;
        Client client(running.port());
        auto const answer = client.get("/a?b=c");
        CHECK(answer.status == 200);
        CHECK(answer.body == "GET /a?b=c\n");
        CHECK(answer.head.starts_with("HTTP/1.1 200 OK\r\n"));
        for (auto const* name : {"\r\nDate: ", "\r\nContent-Length: ", "\r\nServer: ", "\r\nContent-Type: "})
            CHECK(count(answer.head, name) == 1);
        CHECK(answer.header("Connection").empty());
        CHECK(answer.header("Date").size() == 29);
    }

    TEST_CASE("a request shows what was sent") {
        Running running;
        running.app.request = [](std::shared_ptr<Request> request, Responder respond) {
            CHECK(request->method == Method::put);
            CHECK(request->method_text == "PUT");
            CHECK(request->path == "/p%20q");
            CHECK(request->query == "a=1&b");
            CHECK(request->host == "example.org");
            CHECK(request->peer == "127.0.0.1");
            CHECK(request->body == "body");
            CHECK(request->content_length == 4);
            CHECK_FALSE(request->tls);
            auto const* const value = request->find("x-tHING");
            REQUIRE(value != nullptr);
            CHECK(*value == "one two");
            respond({});
        };
        Client client(running.port());
        client.send("PUT /p%20q?a=1&b HTTP/1.1\r\nHost: example.org\r\nX-Thing: one two \r\nContent-Length: 4\r\n\r\nbody");
        CHECK(client.read().status == 200);
    }

    TEST_CASE("a connection is kept for the next request, and closed when the client says so") {
        Running running;
        Client client(running.port());
        for (int i = 0; i < 5; ++i) CHECK(client.get("/" + std::to_string(i)).status == 200);
        client.send(get("/last", "Connection: close\r\n"));
        CHECK(client.read().header("Connection") == "close");
        CHECK(client.closed_within());
        CHECK(running.server.figures().accepted == 1);
        CHECK(running.server.figures().requests == 6);
    }

    TEST_CASE("HTTP/1.0 closes by default and stays when asked") {
        Running running;
        Client once(running.port());
        once.send("GET /a HTTP/1.0\r\n\r\n");
        CHECK(once.read().header("Connection") == "close");
        CHECK(once.closed_within());
        Client stays(running.port());
        stays.send("GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(stays.read().header("Connection") == "keep-alive");
        CHECK(stays.get("/c").status == 200);
    }

    TEST_CASE("pipelined requests are answered in order, one at a time") {
        Running running;
        std::atomic<int> inside{0};
        std::atomic<bool> overlapped{false};
        std::vector<std::jthread> threads;
        running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
            if (++inside > 1) overlapped = true;
            threads.emplace_back([&, request, answer = std::make_shared<Responder>(std::move(respond))] {
                Response response;
                response.body = std::string(request->target);
                --inside;
                (*answer)(std::move(response));
            });
        };
        Client client(running.port());
        std::string burst;
        for (int i = 0; i < 50; ++i) burst += i % 5 == 0 ? post("/" + std::to_string(i), "body") : get("/" + std::to_string(i));
        client.send(burst);
        for (int i = 0; i < 50; ++i) CHECK(client.read().body == "/" + std::to_string(i));
        CHECK_FALSE(overlapped);
    }

    TEST_CASE("a client that pipelines without reading is bounded") {
        Running running;
        Responder held({});
        std::mutex mutex;
        running.app.request = [&](std::shared_ptr<Request>, Responder respond) {
            std::lock_guard const lock(mutex);
            held = std::move(respond);
            running.app.note("held");
        };
        Client client(running.port());
        client.send(get("/first"));
        REQUIRE(running.app.wait_for_note("held"));
        std::atomic<int> sent{0};
        std::jthread const flood([&] {
            auto const burst = get("/more", "X-A: " + std::string(4000, 'a') + "\r\n");
            while (sent < 10'000 && client.send(burst)) ++sent;
        });
        CHECK(eventually([&] { return sent > 50; })); // 200 KB are on their way
        CHECK(running.server.figures().bytes_in < 64 * 1024);
        running.server.stop(0ms); // frees the flood
    }

    TEST_CASE("HEAD answers the head of GET and no body") {
        Running running;
        Client client(running.port());
        client.send("HEAD /thing HTTP/1.1\r\nHost: x\r\n\r\n" + get("/next"));
        auto const head = client.read(true);
        CHECK(head.status == 200);
        CHECK(head.header("Content-Length") == "12");
        CHECK(client.read().body == "GET /next\n");
    }

    TEST_CASE("204 and 304 have neither body nor length") {
        for (int const status : {204, 304}) {
            Running running;
            running.app.request = [status](std::shared_ptr<Request>, Responder respond) {
                Response response;
                response.status = status;
                response.body = std::string("not to be sent");
                respond(std::move(response));
            };
            Client client(running.port());
            client.send(get("/") + get("/"));
            for (int i = 0; i < 2; ++i) {
                auto const answer = client.read();
                CHECK(answer.status == status);
                CHECK(answer.header("Content-Length").empty());
            }
        }
    }

    TEST_CASE("a header value cannot start a line of its own") {
        Running running;
        running.app.request = [](std::shared_ptr<Request>, Responder respond) {
            Response response;
            response.add("Location", "/a\r\nSet-Cookie: evil=1\n\nbody");
            respond(std::move(response));
        };
        auto const answer = Client(running.port()).get("/");
        CHECK(answer.header("Set-Cookie").empty());
        CHECK(answer.header("Location") == "/a  Set-Cookie: evil=1  body");
    }

    TEST_CASE("shared and large bodies arrive whole") {
        Running running;
        Sample const sample(5'000'000);
        auto const shared = std::make_shared<std::string const>(sample.bytes);
        running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
            Response response;
            if (request->path == "/shared") response.body = shared;
            else response.body = sample.bytes;
            respond(std::move(response));
        };
        Client client(running.port());
        CHECK(client.get("/shared").body == sample.bytes);
        CHECK(client.get("/own").body == sample.bytes);
        CHECK(running.app.wait_for_done(2)[1].bytes > sample.bytes.size());
    }

    TEST_CASE("100-continue is sent only when the application wants the body") {
        Running running;
        running.app.head = [](Request& request) {
            Accept accept;
            accept.body_limit = 100;
            if (request.path == "/refuse") accept.refuse.emplace().status = 401;
            return accept;
        };
        auto const head = [](std::string const& target, int size) {
            return "POST " + target + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(size) +
                   "\r\n\r\n";
        };
        Client wanted(running.port());
        wanted.send(head("/take", 4));
        CHECK(wanted.read().status == 100);
        wanted.send("body");
        CHECK(wanted.read().body == "POST /take\nbody");
        Client refused(running.port());
        refused.send(head("/refuse", 4));
        CHECK(refused.read().status == 401);
        CHECK(refused.closed_within());
        Client large(running.port());
        large.send(head("/take", 101));
        CHECK(large.read().status == 413);
        Client early(running.port());
        early.send(head("/take", 4) + "body");
        CHECK(early.read().status == 200);
    }

    TEST_CASE("bodies at the limit are taken, one byte more is 413, with and without a length") {
        Running running;
        running.app.head = [](Request&) {
            Accept accept;
            accept.body_limit = 1000;
            return accept;
        };
        for (std::size_t const size : {999U, 1000U, 1001U}) {
            std::string const body(size, 'b');
            int const expected = size > 1000 ? 413 : 200;
            Client plain(running.port());
            plain.send(post("/p", body));
            CHECK(plain.read().status == expected);
            Client pieces(running.port());
            pieces.send(post_chunked("/c", chunked(body, 64)));
            CHECK(pieces.read().status == expected);
        }
    }

    TEST_CASE("chunked bodies of many sizes arrive whole and the connection goes on") {
        Running running;
        Sample const sample(300'000);
        Client client(running.port());
        for (std::size_t const size : {1U, 7U, 1000U, 65'536U, 300'000U}) {
            client.send(post_chunked("/c", chunked(sample.bytes, size)) + get("/after"));
            CHECK(client.read().body == "POST /c\n" + sample.bytes);
            CHECK(client.read().body == "GET /after\n");
        }
    }

    TEST_CASE("a request answered from another thread is sent from the connection's thread") {
        Running running;
        std::vector<std::jthread> threads;
        running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
            threads.emplace_back([request, answer = std::make_shared<Responder>(std::move(respond))] {
                Response response;
                response.body = std::string(request->target);
                (*answer)(std::move(response));
            });
        };
        Client client(running.port());
        for (int i = 0; i < 50; ++i) CHECK(client.get("/" + std::to_string(i)).body == "/" + std::to_string(i));
    }

    TEST_CASE("a responder that is dropped answers 500 and the connection goes on") {
        Running running;
        running.app.request = [](std::shared_ptr<Request>, Responder) {};
        Client client(running.port());
        auto const answer = client.get("/");
        CHECK(answer.status == 500);
        CHECK(answer.body.starts_with("server.internal"));
        CHECK(client.get("/").status == 500);
    }

    TEST_CASE("an exception in the application is 500 and costs nobody else") {
        Running running;
        running.app.head = [](Request& request) -> Accept {
            if (request.path == "/head") throw std::runtime_error("head");
            return {};
        };
        running.app.request = [](std::shared_ptr<Request> request, Responder respond) {
            if (request->path == "/request") throw std::runtime_error("request");
            respond({});
        };
        CHECK(Client(running.port()).get("/head").status == 500);
        CHECK(Client(running.port()).get("/request").status == 500);
        CHECK(Client(running.port()).get("/fine").status == 200);
        CHECK(eventually([&] { return running.server.figures().open == 0; }));
    }

    TEST_CASE("an answer after the client left, or after the server is gone, is dropped") {
        std::vector<Responder> late;
        {
            Running running;
            running.app.request = [&](std::shared_ptr<Request> request, Responder respond) {
                late.push_back(std::move(respond));
                running.app.note(std::string(request->target));
            };
            {
                Client client(running.port());
                client.send(get("/gone"));
                REQUIRE(running.app.wait_for_note("/gone"));
            }
            late[0]({});
            Client other(running.port());
            other.send(get("/held"));
            REQUIRE(running.app.wait_for_note("/held"));
        }
        late[1]({});
        late.clear();
    }

    TEST_CASE("what is reported matches what was sent") {
        Running running;
        Client client(running.port());
        auto const answer = client.get("/report");
        auto const done = running.app.wait_for_done(1);
        CHECK(done[0].status == 200);
        CHECK(done[0].target == "/report");
        CHECK(done[0].bytes == answer.head.size() + 4 + answer.body.size());
        CHECK(done[0].times.seconds >= 0);
        CHECK(done[0].times.seconds < 5);
    }

    TEST_CASE("a slow client and a slow server are told apart") {
        Running running;
        running.app.head = [](Request&) { return Accept{.body_limit = 100}; };
        running.app.request = [](std::shared_ptr<Request> request, Responder respond) {
            if (request->target == "/slow") std::this_thread::sleep_for(300ms);
            respond({});
        };
        Client client(running.port());
        client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        std::this_thread::sleep_for(400ms);
        client.send("cd");
        CHECK(client.read().status == 200);
        CHECK(client.get("/slow").status == 200);
        auto const done = running.app.wait_for_done(2);
        CHECK(done[0].times.seconds >= 0.35);
        CHECK(done[0].times.receiving >= 0.35);
        CHECK(done[0].times.own < 0.25);
        CHECK(done[1].times.own >= 0.25);
        CHECK(done[1].times.receiving == 0);
    }
}
