// The rules a head must keep. Stricter than RFC 9112 wherever two readers of the same bytes could disagree.
#include <mozi/net/head_judge.hpp>

#include <array>

namespace mozi::net {
namespace {

constexpr Refusal malformed(std::string_view sentence) { return {400, "request.malformed", sentence}; }
constexpr Refusal target_too_long{414, "request.target_too_long", "The address is longer than this server accepts."};
constexpr Refusal head_too_large{431, "request.head_too_large", "The request head is larger than this server accepts."};

constexpr std::array<bool, 256> token_table() {
    std::array<bool, 256> table{};
    for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
    for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto is_token_char = token_table();

bool is_token(std::string_view text) {
    for (char c : text) {
        if (!is_token_char[static_cast<unsigned char>(c)]) return false;
    }
    return !text.empty();
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
bool is_hex(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Headers that mean one thing: sent twice, two readers may pick different ones.
constexpr std::string_view singletons[] = {"host", "content-length", "transfer-encoding", "authorization", "content-type",
    "content-encoding", "content-range", "content-location", "expect", "range", "if-range", "if-modified-since", "if-unmodified-since",
    "origin", "referer", "user-agent", "cookie", "date", "from", "max-forwards", "proxy-authorization", "idempotency-key", "upload-offset",
    "upload-length", "upload-metadata", "upload-defer-length", "upload-concat", "upload-checksum", "tus-resumable",
    "x-http-method-override", "x-request-id"};
static_assert(std::size(singletons) <= 32);

bool valid_host(std::string_view host) {
    if (host.empty() || host.size() > 300) return false;
    std::size_t at = 0;
    if (host[0] == '[') {
        auto const close = host.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        for (char c : host.substr(1, close - 1)) {
            if (!is_hex(c) && c != ':' && c != '.') return false;
        }
        at = close + 1;
    } else {
        while (at < host.size() && (is_alnum(host[at]) || host[at] == '-' || host[at] == '.' || host[at] == '_')) ++at;
        if (at == 0) return false;
    }
    if (at == host.size()) return true;
    if (host[at] != ':') return false;
    auto const port = host.substr(at + 1);
    if (port.empty() || port.size() > 5) return false;
    unsigned value = 0;
    for (char c : port) {
        if (!is_digit(c)) return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= 65535;
}

Refusal read_content_length(std::string_view value, HeadFacts& facts) {
    if (value.empty() || value.size() > 18) return malformed("Content-Length must be one decimal number.");
    std::uint64_t length = 0;
    for (char c : value) {
        if (!is_digit(c)) return malformed("Content-Length must be one decimal number.");
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    facts.content_length = length;
    return {};
}

struct Connection {
    bool close = false;
    bool keep_alive = false;
};

void read_connection(std::string_view value, Connection& connection) {
    while (!value.empty()) {
        auto const comma = value.find(',');
        auto const word = trim(value.substr(0, comma));
        if (iequals(word, "close")) connection.close = true;
        if (iequals(word, "keep-alive")) connection.keep_alive = true;
        value = comma == std::string_view::npos ? std::string_view{} : value.substr(comma + 1);
    }
}

Refusal read_request_line(std::string_view line, HeadFacts& facts, HeadLimits const& limits) {
    auto const first = line.find(' ');
    if (first == std::string_view::npos) return malformed("The request line must be method, address and version.");
    auto const second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return malformed("The request line must be method, address and version.");
    facts.method = line.substr(0, first);
    facts.raw_target = facts.target = line.substr(first + 1, second - first - 1);
    auto const version = line.substr(second + 1);
    if (!is_token(facts.method) || facts.method.size() > 32) return malformed("The method is not a valid token.");
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7])) {
        return malformed("The protocol version is not valid.");
    }
    if (version[5] != '1') return {505, "request.version_unsupported", "This server speaks HTTP/1.1."};
    if (version[7] > '1') return malformed("The protocol version is not valid.");
    facts.http10 = version[7] == '0';
    if (facts.target.size() > limits.target_bytes) return target_too_long;
    if (facts.target.empty()) return malformed("The address is empty.");
    for (char each : facts.target) {
        auto const c = static_cast<unsigned char>(each);
        if (c <= 0x20 || c >= 0x7f || c == '#') return malformed("The address has a character that must be encoded.");
    }
    return {};
}

// Brings absolute-form to origin-form; the authority has to repeat the Host header.
Refusal settle_target(HeadFacts& facts) {
    if (facts.method == "CONNECT") return malformed("CONNECT is not served here.");
    auto& target = facts.target;
    if (target[0] == '/') return {};
    if (target == "*") return facts.method == "OPTIONS" ? Refusal{} : malformed("The address * is for OPTIONS only.");
    std::size_t scheme = 0;
    if (target.size() > 7 && iequals(target.substr(0, 7), "http://")) scheme = 7;
    if (target.size() > 8 && iequals(target.substr(0, 8), "https://")) scheme = 8;
    if (scheme == 0) return malformed("The address must start with a slash.");
    auto const rest = target.substr(scheme);
    auto const slash = rest.find('/');
    auto const authority = rest.substr(0, slash);
    if (facts.host.empty() || !iequals(authority, facts.host)) { return malformed("The address names another host than the Host header."); }
    target = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
    return {};
}

struct Headers {
    Connection connection;
    std::uint32_t seen = 0;
    std::size_t count = 0;
    bool transfer_encoding = false;
};

Refusal read_known(std::size_t which, std::string_view value, HeadFacts& facts, Headers& headers) {
    switch (which) {
    case 0:
        facts.host = value;
        return valid_host(value) ? Refusal{} : Refusal{400, "request.host_invalid", "The Host header is not valid."};
    case 1: return read_content_length(value, facts);
    case 2:
        headers.transfer_encoding = true;
        facts.chunked = iequals(value, "chunked");
        return facts.chunked ? Refusal{} : malformed("The only transfer coding served is chunked.");
    case 8:
        facts.expect_continue = iequals(value, "100-continue");
        return facts.expect_continue ? Refusal{} : Refusal{417, "request.expectation_failed", "Only Expect: 100-continue is known."};
    default: return {};
    }
}
static_assert(
    singletons[0] == "host" && singletons[1] == "content-length" && singletons[2] == "transfer-encoding" && singletons[8] == "expect");

Refusal read_header(std::string_view line, HeadFacts& facts, Headers& headers, HeadLimits const& limits) {
    if (line[0] == ' ' || line[0] == '\t') return malformed("Folded headers are not accepted.");
    if (++headers.count > limits.headers) return {431, "request.too_many_headers", "The request has too many headers."};
    auto const colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("A header line has no colon.");
    auto const name = line.substr(0, colon);
    if (!is_token(name)) return malformed("A header name is not a valid token.");
    auto const value = trim(line.substr(colon + 1));
    for (std::size_t i = 0; i < std::size(singletons); ++i) {
        if (name.size() != singletons[i].size() || !iequals(name, singletons[i])) continue;
        if ((headers.seen >> i & 1U) != 0) return malformed("A header that may be sent once was sent twice.");
        headers.seen |= 1U << i;
        return read_known(i, value, facts, headers);
    }
    if (iequals(name, "connection")) read_connection(value, headers.connection);
    return {};
}

Refusal judge(HeadFacts& facts, Headers const& headers) {
    bool const has_host = (headers.seen & 1U) != 0;
    if (!facts.http10 && !has_host) return {400, "request.host_missing", "The Host header is missing."};
    if (headers.transfer_encoding && facts.http10) return malformed("HTTP/1.0 has no transfer codings.");
    if (headers.transfer_encoding && facts.content_length) return malformed("Content-Length and Transfer-Encoding exclude each other.");
    if (facts.http10) facts.expect_continue = false;
    facts.keep_alive = !headers.connection.close && (!facts.http10 || headers.connection.keep_alive);
    return settle_target(facts);
}

} // namespace

bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

HeadScan scan_head(std::string_view bytes, std::size_t& resume, HeadLimits const& limits) {
    HeadScan scan;
    auto const refuse = [&scan](Refusal const& why) {
        scan.state = HeadScan::State::refused;
        scan.refusal = why;
        return scan;
    };
    if (!bytes.empty() && bytes[0] == '\r') return refuse(malformed("The request line is empty."));
    auto const window = bytes.substr(0, limits.head_bytes);
    std::size_t i = resume;
    for (; i < window.size(); ++i) {
        auto const c = static_cast<unsigned char>(window[i]);
        if (c >= 0x20 && c != 0x7f) continue;
        if (c == '\t') continue;
        if (c == '\r') {
            if (i + 1 == bytes.size()) break; // its LF may still come
            if (bytes[i + 1] != '\n') return refuse(malformed("A line of the head ends in a bare carriage return."));
            continue;
        }
        if (c != '\n') return refuse(malformed("The head holds a control byte."));
        if (i == 0 || window[i - 1] != '\r') return refuse(malformed("A line of the head ends in a bare line feed."));
        if (i >= 3 && window[i - 2] == '\n') {
            scan.state = HeadScan::State::complete;
            scan.end = i + 1;
            return scan;
        }
    }
    resume = i;
    auto const line_end = window.substr(0, limits.target_bytes + 64).find('\r');
    if (line_end == std::string_view::npos && bytes.size() > limits.target_bytes + 64) return refuse(target_too_long);
    // A head of exactly the limit ends inside the window, so a full window without an end is already too long.
    if (bytes.size() >= limits.head_bytes) return refuse(head_too_large);
    return scan;
}

HeadFacts check_head(std::string_view head, HeadLimits const& limits) {
    HeadFacts facts;
    Headers headers;
    auto line_end = head.find("\r\n");
    facts.refusal = read_request_line(head.substr(0, line_end), facts, limits);
    while (!facts.refusal && line_end != std::string_view::npos) {
        head.remove_prefix(line_end + 2);
        line_end = head.find("\r\n");
        if (line_end == 0) break;
        if (line_end != std::string_view::npos) facts.refusal = read_header(head.substr(0, line_end), facts, headers, limits);
    }
    if (!facts.refusal) facts.refusal = judge(facts, headers);
    return facts;
}

} // namespace mozi::net
