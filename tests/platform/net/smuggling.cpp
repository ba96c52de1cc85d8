// Requests that two readers could understand differently: refused, the connection closed, nothing behind them parsed.
#include "support.hpp"

using namespace mozi::net::test;

namespace {

struct Vector {
    std::string name;
    std::string bytes;
    int status = 400;
};

std::string const host = "Host: x\r\n";

std::string get_with(std::string const& lines) { return "GET /attack HTTP/1.1\r\n" + host + lines + "\r\n"; }
std::string post_with(std::string const& lines, std::string const& body) {
    return "POST /attack HTTP/1.1\r\n" + host + lines + "\r\n" + body;
}
std::string chunked_post(std::string const& body) { return post_with("Transfer-Encoding: chunked\r\n", body); }
std::string many_headers(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": 1\r\n";
    return lines;
}

std::vector<Vector> length_vectors() {
    return {
        {"CL then TE", post_with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"TE then CL", post_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        {"CL 0 and TE", post_with("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"two equal CL", post_with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        {"two different CL", post_with("Content-Length: 5\r\nContent-Length: 0\r\n", "hello")},
        {"CL list of equals", post_with("Content-Length: 5, 5\r\n", "hello")},
        {"CL list", post_with("Content-Length: 0, 5\r\n", "hello")},
        {"CL with plus", post_with("Content-Length: +5\r\n", "hello")},
        {"CL negative", post_with("Content-Length: -5\r\n", "hello")},
        {"CL hexadecimal", post_with("Content-Length: 0x5\r\n", "hello")},
        {"CL empty", post_with("Content-Length:\r\n", "")},
        {"CL with inner space", post_with("Content-Length: 1 0\r\n", "hellohello")},
        {"CL with letter", post_with("Content-Length: 5a\r\n", "hello")},
        {"CL beyond 64 bits", post_with("Content-Length: 18446744073709551621\r\n", "hello")},
        {"CL in quotes", post_with("Content-Length: \"5\"\r\n", "hello")},
        {"CL with decimal point", post_with("Content-Length: 5.0\r\n", "hello")},
        {"CL with vertical tab", post_with("Content-Length: \x0b"
                                           "5\r\n",
                                     "hello")},
        {"TE gzip and CL", post_with("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello")},
        {"TE identity", post_with("Transfer-Encoding: identity\r\n", "")},
        {"TE chunked, gzip", post_with("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
        {"TE gzip, chunked", post_with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {"TE chunked twice in a list", post_with("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
        {"two TE", post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"TE chunked and TE identity", post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
        {"TE xchunked", post_with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {"TE with trailing comma", post_with("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n")},
        {"TE with parameter", post_with("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")},
        {"TE in quotes", post_with("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
        {"TE empty", post_with("Transfer-Encoding:\r\n", "")},
        {"TE with vertical tab", post_with("Transfer-Encoding: \x0b"
                                           "chunked\r\n",
                                     "0\r\n\r\n")},
        {"TE with space before colon", post_with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
        {"TE with tab before colon", post_with("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n")},
        {"CL with space before colon", post_with("Content-Length : 5\r\n", "hello")},
        {"TE folded", post_with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
        {"TE in HTTP/1.0", "POST /attack HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"TE on GET with CL", get_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")},
    };
}

std::vector<Vector> line_vectors() {
    return {
        {"two Host", "GET /attack HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
        {"two different Host", "GET /attack HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
        {"no Host", "GET /attack HTTP/1.1\r\nAccept: */*\r\n\r\n"},
        {"empty Host", "GET /attack HTTP/1.1\r\nHost:\r\n\r\n"},
        {"Host with space", "GET /attack HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {"Host with user", "GET /attack HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"Host with path", "GET /attack HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"Host list", "GET /attack HTTP/1.1\r\nHost: a,b\r\n\r\n"},
        {"Host with bad port", "GET /attack HTTP/1.1\r\nHost: a:port\r\n\r\n"},
        {"Host with port out of range", "GET /attack HTTP/1.1\r\nHost: a:65536\r\n\r\n"},
        {"Host with open bracket", "GET /attack HTTP/1.1\r\nHost: [::1\r\n\r\n"},
        {"folded header", get_with("X-A: 1\r\n 2\r\n")},
        {"folded header with tab", get_with("X-A: 1\r\n\t2\r\n")},
        {"fold before the first header", "GET /attack HTTP/1.1\r\n X-A: 1\r\n" + host + "\r\n"},
        {"bare LF everywhere", "GET /attack HTTP/1.1\nHost: x\n\n"},
        {"bare LF after a header", "GET /attack HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n"},
        {"bare LF in a value", get_with("X-A: 1\nX-B: 2\r\n")},
        {"bare LF as the empty line", "GET /attack HTTP/1.1\r\nHost: x\r\n\n"},
        {"bare CR in a header", get_with("X-A: 1\rX-B: 2\r\n")},
        {"bare CR in the request line", "GET /attack\rX HTTP/1.1\r\n" + host + "\r\n"},
        {"NUL in a value", get_with(std::string("X-A: a\0b\r\n", 10))},
        {"NUL in a name", get_with(std::string("X-\0A: b\r\n", 9))},
        {"DEL in a value", get_with("X-A: a\x7f\r\n")},
        {"control byte in the address", "GET /att\x01"
                                        "ack HTTP/1.1\r\n" +
                                            host + "\r\n"},
        {"space in a name", get_with("X A: 1\r\n")},
        {"no colon", get_with("X-A\r\n")},
        {"empty name", get_with(": 1\r\n")},
        {"parenthesis in a name", get_with("X(A): 1\r\n")},
        {"letter outside ASCII in a name", get_with("X-\xc3\xa4: 1\r\n")},
        {"two Authorization", get_with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")},
        {"two Content-Type", post_with("Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n", "")},
        {"two Cookie", get_with("Cookie: a=1\r\nCookie: b=2\r\n")},
        {"two Idempotency-Key", get_with("Idempotency-Key: a\r\nIdempotency-Key: b\r\n")},
        {"101 headers", get_with(many_headers(100)), 431},
        {"two empty lines first", "\r\n\r\nGET /attack HTTP/1.1\r\n" + host + "\r\n"},
        {"LF first", "\nGET /attack HTTP/1.1\r\n" + host + "\r\n"},
        {"space first", " GET /attack HTTP/1.1\r\n" + host + "\r\n"},
    };
}

std::vector<Vector> request_line_vectors() {
    return {
        {"no version", "GET /attack\r\n" + host + "\r\n"},
        {"HTTP/0.9 form", "GET /attack\r\n\r\n"},
        {"version 1.2", "GET /attack HTTP/1.2\r\n" + host + "\r\n"},
        {"version 2.0", "GET /attack HTTP/2.0\r\n" + host + "\r\n", 505},
        {"version 1.10", "GET /attack HTTP/1.10\r\n" + host + "\r\n"},
        {"version in lower case", "GET /attack http/1.1\r\n" + host + "\r\n"},
        {"version 1,1", "GET /attack HTTP/1,1\r\n" + host + "\r\n"},
        {"space after the version", "GET /attack HTTP/1.1 \r\n" + host + "\r\n"},
        {"two spaces", "GET  /attack HTTP/1.1\r\n" + host + "\r\n"},
        {"space in the address", "GET /att ack HTTP/1.1\r\n" + host + "\r\n"},
        {"tab as separator", "GET\t/attack\tHTTP/1.1\r\n" + host + "\r\n"},
        {"brackets in the method", "GE[T] /attack HTTP/1.1\r\n" + host + "\r\n"},
        {"method too long", std::string(33, 'A') + " /attack HTTP/1.1\r\n" + host + "\r\n"},
        {"no leading slash", "GET attack HTTP/1.1\r\n" + host + "\r\n"},
        {"fragment", "GET /attack#x HTTP/1.1\r\n" + host + "\r\n"},
        {"raw UTF-8", "GET /\xc3\xa4 HTTP/1.1\r\n" + host + "\r\n"},
        {"foreign absolute-form", "GET http://other/attack HTTP/1.1\r\n" + host + "\r\n"},
        {"absolute-form with user", "GET http://x@y/attack HTTP/1.1\r\n" + host + "\r\n"},
        {"other scheme", "GET ftp://x/attack HTTP/1.1\r\n" + host + "\r\n"},
        {"CONNECT", "CONNECT x:443 HTTP/1.1\r\n" + host + "\r\n"},
        {"GET *", "GET * HTTP/1.1\r\n" + host + "\r\n"},
        {"unknown expectation", post_with("Expect: 200-ok\r\nContent-Length: 5\r\n", "hello"), 417},
        {"two Expect", post_with("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n", "hello")},
        {"TLS on the plain port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"address of 9000 bytes", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414},
        {"head of 17000 bytes", get_with("X-A: " + std::string(8500, 'a') + "\r\nX-B: " + std::string(8500, 'b') + "\r\n"), 431},
    };
}

std::vector<Vector> chunk_vectors() {
    return {
        {"chunk without size", chunked_post("\r\nhello\r\n0\r\n\r\n")},
        {"chunk size with 0x", chunked_post("0x5\r\nhello\r\n0\r\n\r\n")},
        {"chunk size with plus", chunked_post("+5\r\nhello\r\n0\r\n\r\n")},
        {"chunk size negative", chunked_post("-5\r\nhello\r\n0\r\n\r\n")},
        {"chunk size after space", chunked_post(" 5\r\nhello\r\n0\r\n\r\n")},
        {"chunk size before space", chunked_post("5 \r\nhello\r\n0\r\n\r\n")},
        {"chunk size overflows", chunked_post("10000000000000005\r\nhello\r\n0\r\n\r\n")},
        {"chunk size at 2^63", chunked_post("8000000000000000\r\nhello\r\n0\r\n\r\n")},
        {"chunk size line ends in LF", chunked_post("5\nhello\r\n0\r\n\r\n")},
        {"chunk data ends in LF", chunked_post("5\r\nhello\n0\r\n\r\n")},
        {"chunk longer than its size", chunked_post("5\r\nhelloX\r\n0\r\n\r\n")},
        {"chunk data without CRLF", chunked_post("5\r\nhello0\r\n\r\n")},
        {"LF in a chunk extension", chunked_post("5;a=b\nX\r\nhello\r\n0\r\n\r\n")},
        {"LF in a quoted extension", chunked_post("5;a=\"b\n\"\r\nhello\r\n0\r\n\r\n")},
        {"CR in a chunk extension", chunked_post("5;a\rb\r\nhello\r\n0\r\n\r\n")},
        {"NUL in a chunk extension", chunked_post(std::string("5;a\0b\r\nhello\r\n0\r\n\r\n", 20))},
        {"chunk line too long", chunked_post("5;" + std::string(8191, 'a') + "\r\nhello\r\n0\r\n\r\n")},
        {"end chunk ends in LF", chunked_post("0\n\n")},
        {"last line ends in LF", chunked_post("0\r\n\n")},
        {"trailer ends in LF", chunked_post("0\r\nX-A: 1\n\r\n")},
        {"trailer folded", chunked_post("0\r\nX-A: 1\r\n 2\r\n\r\n")},
        {"trailer Content-Length", chunked_post("0\r\nContent-Length: 5\r\n\r\n")},
        {"trailer Transfer-Encoding", chunked_post("0\r\ntransfer-encoding: chunked\r\n\r\n")},
        {"trailer Host", chunked_post("0\r\nHost: y\r\n\r\n")},
        {"trailer Authorization", chunked_post("0\r\nAuthorization: Bearer a\r\n\r\n")},
        {"trailer Cookie", chunked_post("0\r\nCookie: a=b\r\n\r\n")},
        {"trailer X-Forwarded-For", chunked_post("0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")},
        {"trailer with space before colon", chunked_post("0\r\nX-A : 1\r\n\r\n")},
        {"trailers of 17000 bytes", chunked_post("0\r\nX-A: " + std::string(17000, 'a') + "\r\n\r\n")},
    };
}

// What the framing rules alone say, without Beast behind them.
int status_by_rules(std::string_view bytes) {
    using namespace mozi::net;
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    std::size_t resume = 0;
    auto const scan = scan_head(bytes, resume, {});
    return scan.state == HeadScan::State::complete ? check_head(bytes.substr(0, scan.end), {}).refusal.status : scan.refusal.status;
}

enum class Where : std::uint8_t { head, body };

void refuses_each(std::vector<Vector> const& vectors, int first_canary, Where where) {
    Running running;
    int number = first_canary;
    for (auto const& vector : vectors) {
        CAPTURE(vector.name);
        auto const canary = "GET /canary-" + std::to_string(number++) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        CHECK(status_by_rules(vector.bytes + canary) == (where == Where::head ? vector.status : 0));
        Client client(running.port());
        client.send(vector.bytes + canary);
        auto const answer = client.read();
        CHECK(answer.complete);
        CHECK(answer.status == vector.status);
        CHECK(answer.header("Connection") == "close");
        client.half_close();
        CHECK(client.read_all() == "");
    }
    // The same server still serves, and neither an attack nor a canary ever reached the application.
    CHECK(Client(running.port()).get("/alive").status == 200);
    CHECK(running.app.targets() == std::vector<std::string>{"/alive"});
    CHECK(running.server.figures().refused_framing == vectors.size());
}

} // namespace

TEST_SUITE("net smuggling") {
    TEST_CASE("ambiguous lengths are refused and nothing behind them is parsed") { refuses_each(length_vectors(), 0, Where::head); }
    TEST_CASE("ambiguous header lines are refused and nothing behind them is parsed") { refuses_each(line_vectors(), 100, Where::head); }
    TEST_CASE("bad request lines are refused and nothing behind them is parsed") { refuses_each(request_line_vectors(), 200, Where::head); }
    TEST_CASE("bad chunked bodies are refused and nothing behind them is parsed") { refuses_each(chunk_vectors(), 300, Where::body); }

    TEST_CASE("an attack cut at any byte is refused all the same") {
        std::string const attack = post_with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "");
        Running running;
        for (std::size_t cut = 1; cut < attack.size(); cut += 7) {
            Client client(running.port());
            auto const before = running.server.figures().bytes_in;
            client.send(attack.substr(0, cut));
            CHECK(eventually([&] { return running.server.figures().bytes_in == before + cut; }));
            client.send(attack.substr(cut) + "GET /canary HTTP/1.1\r\nHost: x\r\n\r\n");
            CHECK(client.read().status == 400);
        }
        CHECK(running.app.targets().empty());
    }

    TEST_CASE("good requests of unusual form are served") {
        struct Good {
            std::string name;
            std::string bytes;
            std::string target;
        };
        Good const good[] = {
            {"absolute-form of the same host", "GET http://X/abs?q=1 HTTP/1.1\r\nHost: x\r\n\r\n", "/abs?q=1"},
            {"absolute-form without path", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "/"},
            {"absolute-form with port", "GET http://x:80/p HTTP/1.1\r\nHost: x:80\r\n\r\n", "/p"},
            {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*"},
            {"one empty line first", "\r\nGET /crlf HTTP/1.1\r\nHost: x\r\n\r\n", "/crlf"},
            {"IPv6 host", "GET /v6 HTTP/1.1\r\nHost: [::1]:3001\r\n\r\n", "/v6"},
            {"coding in capitals", "POST /te HTTP/1.1\r\nHost: x\r\nTRANSFER-ENCODING: Chunked\r\n\r\n0\r\n\r\n", "/te"},
            {"no space after the colon", "GET /colon HTTP/1.1\r\nHost:x\r\n\r\n", "/colon"},
            {"white space around the value", "GET /ows HTTP/1.1\r\nHost: \t x \t\r\n\r\n", "/ows"},
            {"empty value", "GET /empty HTTP/1.1\r\nHost: x\r\nX-A:\r\n\r\n", "/empty"},
            {"Latin-1 in a value", "GET /obs HTTP/1.1\r\nHost: x\r\nX-A: \xe9\r\n\r\n", "/obs"},
            {"unknown method", "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "/pot"},
            {"upgrade is ignored", "GET /up HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", "/up"},
            {"chunk extension", chunked_post("5;a=\"b\";c\r\nhello\r\n0;last\r\n\r\n"), "/attack"},
            {"leading zeros in a chunk size", chunked_post("0005\r\nhello\r\n00\r\n\r\n"), "/attack"},
            {"chunk line of the limit", chunked_post("5;" + std::string(8190, 'a') + "\r\nhello\r\n0\r\n\r\n"), "/attack"},
            {"harmless trailer", chunked_post("0\r\nX-Checksum: 1\r\n\r\n"), "/attack"},
            {"body on GET", "GET /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi", "/body"},
            {"100 headers", get_with(many_headers(99)), "/attack"},
        };
        for (auto const& each : good) {
            CAPTURE(each.name);
            Running running;
            Client client(running.port());
            client.send(each.bytes + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
            CHECK(client.read().status == 200);
            CHECK(client.read().body == "GET /next\n");
            CHECK(running.app.targets() == std::vector<std::string>{each.target, "/next"});
        }
    }

    TEST_CASE("a trailer never becomes a header") {
        Running running;
        std::size_t headers = 0;
        bool found = true;
        running.app.request = [&](std::shared_ptr<mozi::net::Request> request, mozi::net::Responder respond) {
            headers = request->headers.size();
            found = request->find("X-Admin") != nullptr;
            respond({});
        };
        Client client(running.port());
        client.send(chunked_post("5\r\nhello\r\n0\r\nX-Admin: 1\r\n\r\n"));
        CHECK(client.read().status == 200);
        CHECK(headers == 2);
        CHECK_FALSE(found);
    }
}
