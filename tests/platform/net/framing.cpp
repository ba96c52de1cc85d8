// The framing rules without a socket: limits to the byte, resumption at any cut, the chunk decoder in pieces.
#include "support.hpp"

using namespace mozi::net;

namespace {

HeadScan scan(std::string_view bytes, HeadLimits const& limits = {}) {
    std::size_t resume = 0;
    return scan_head(bytes, resume, limits);
}

std::string head_of(std::size_t size) {
    std::string head = "GET / HTTP/1.1\r\nHost: x\r\nX-A: ";
    return head + std::string(size - head.size() - 4, 'a') + "\r\n\r\n";
}

// Feeds `wire` in pieces of `piece` bytes; the payload, or the refusal's sentence.
std::string decode(std::string wire, std::size_t piece, std::size_t& rest) {
    ChunkDecoder decoder;
    std::string payload;
    for (std::size_t at = 0; at < wire.size();) {
        auto const size = std::min(piece, wire.size() - at);
        auto const step = decoder.decode({wire.data() + at, size});
        if (step.refusal) return std::string(step.refusal.sentence);
        payload.append(wire, at, step.payload);
        at += step.consumed;
        if (step.done) {
            rest = wire.size() - at;
            return payload;
        }
    }
    return "incomplete";
}

} // namespace

TEST_SUITE("net framing") {
    TEST_CASE("a head of exactly the limit is taken, one byte more is not") {
        HeadLimits const limits;
        CHECK(scan(head_of(limits.head_bytes - 1)).state == HeadScan::State::complete);
        CHECK(scan(head_of(limits.head_bytes)).end == limits.head_bytes);
        auto const over = scan(head_of(limits.head_bytes + 1));
        CHECK(over.state == HeadScan::State::refused);
        CHECK(over.refusal.status == 431);
    }

    TEST_CASE("a head without an end is refused when the limit is reached, not waited for") {
        HeadLimits const limits;
        auto const head = head_of(limits.head_bytes + 100);
        CHECK(scan(head.substr(0, limits.head_bytes - 1)).state == HeadScan::State::incomplete);
        CHECK(scan(head.substr(0, limits.head_bytes)).refusal.status == 431);
        CHECK(scan("GET /" + std::string(limits.target_bytes + 100, 'a')).refusal.status == 414);
    }

    TEST_CASE("an address of exactly the limit is taken, one byte more is 414") {
        HeadLimits const limits;
        for (int more = -1; more <= 1; ++more) {
            auto const target = "/" + std::string(limits.target_bytes - 1 + static_cast<std::size_t>(more), 'a');
            auto const facts = check_head("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", limits);
            CHECK(facts.refusal.status == (more > 0 ? 414 : 0));
        }
    }

    TEST_CASE("the number of headers is limited to the header") {
        HeadLimits limits;
        limits.headers = 3;
        std::string head = "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\n";
        CHECK_FALSE(check_head(head + "\r\n", limits).refusal);
        CHECK_FALSE(check_head(head + "B: 1\r\n\r\n", limits).refusal);
        CHECK(check_head(head + "B: 1\r\nC: 1\r\n\r\n", limits).refusal.status == 431);
    }

    TEST_CASE("the end of a head is found the same way however the bytes arrive") {
        std::string const head = "POST /a?b HTTP/1.1\r\nHost: example.org:80\r\nContent-Length: 12\r\nConnection: close\r\n\r\n";
        std::string const bytes = head + "body follows";
        for (std::size_t first = 0; first <= head.size(); ++first) {
            std::size_t resume = 0;
            auto const early = scan_head(std::string_view(bytes).substr(0, first), resume, {});
            CHECK(early.state == (first == head.size() ? HeadScan::State::complete : HeadScan::State::incomplete));
            auto const late = scan_head(bytes, resume, {});
            if (first < head.size()) CHECK(late.end == head.size());
        }
        auto const facts = check_head(head, {});
        CHECK_FALSE(facts.refusal);
        CHECK(facts.method == "POST");
        CHECK(facts.target == "/a?b");
        CHECK(facts.host == "example.org:80");
        CHECK(facts.content_length == 12);
        CHECK_FALSE(facts.keep_alive);
    }

    TEST_CASE("HTTP/1.0 closes unless asked, HTTP/1.1 stays unless asked") {
        CHECK_FALSE(check_head("GET / HTTP/1.0\r\n\r\n", {}).keep_alive);
        CHECK(check_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", {}).keep_alive);
        CHECK(check_head("GET / HTTP/1.1\r\nHost: x\r\n\r\n", {}).keep_alive);
        CHECK_FALSE(check_head("GET / HTTP/1.1\r\nHost: x\r\nConnection: x, Close\r\n\r\n", {}).keep_alive);
    }

    TEST_CASE("a chunked body decodes the same in pieces of any size") {
        std::string const body = "The quick brown fox jumps over the lazy dog";
        auto const wire = test::chunked(body, 5) + "NEXT";
        for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
            std::size_t rest = 0;
            CHECK(decode(wire, piece, rest) == body);
            CHECK(rest <= 4);
        }
        std::size_t rest = 0;
        CHECK(decode(wire, wire.size(), rest) == body);
        CHECK(rest == 4);
    }

    TEST_CASE("the largest chunk size is below 2^62 and the next is refused") {
        ChunkDecoder taken;
        std::string wire = "3fffffffffffffff\r\n";
        CHECK_FALSE(taken.decode({wire.data(), wire.size()}).refusal);
        ChunkDecoder refused;
        wire = "40000000000000000\r\n";
        CHECK(refused.decode({wire.data(), wire.size()}).refusal.status == 400);
    }

    TEST_CASE("a million chunks of one byte cost less than a second") {
        auto wire = test::chunked(std::string(1'000'000, 'x'), 1);
        auto const before = std::clock();
        ChunkDecoder decoder;
        auto const step = decoder.decode({wire.data(), wire.size()});
        CHECK(step.done);
        CHECK(step.payload == 1'000'000);
        CHECK(std::clock() - before < CLOCKS_PER_SEC);
    }
}
