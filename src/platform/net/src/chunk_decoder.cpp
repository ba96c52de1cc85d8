// The chunked coding, byte by byte where it is structure and in bulk where it is payload.
#include <mozi/net/head_judge.hpp>

#include <algorithm>
#include <cstring>

namespace mozi::net {
namespace {

constexpr std::uint16_t max_line = 8 * 1024;
constexpr std::uint16_t max_trailers = 16 * 1024;
constexpr Refusal bad_chunk{400, "request.malformed", "The chunked body is not valid."};
constexpr Refusal bad_trailer{400, "request.malformed", "A trailer carries what belongs in the head."};
constexpr Refusal long_line{400, "request.malformed", "A line of the chunked body is too long."};

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

bool is_name_char(char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
}

} // namespace

ChunkDecoder::Step ChunkDecoder::decode(std::span<char> bytes) {
    Step result;
    while (result.consumed < bytes.size() && at_ != At::done) {
        if (at_ == At::data) {
            auto const take = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - result.consumed));
            if (result.payload != result.consumed) std::memmove(bytes.data() + result.payload, bytes.data() + result.consumed, take);
            result.payload += take;
            result.consumed += take;
            left_ -= take;
            if (left_ == 0) at_ = At::data_cr;
            continue;
        }
        result.refusal = step(bytes[result.consumed++]);
        if (result.refusal) return result;
    }
    result.done = at_ == At::done;
    return result;
}

Refusal ChunkDecoder::step(char byte) {
    switch (at_) {
    case At::size_first:
    case At::size: {
        if (byte != '\r' && ++line_bytes_ > max_line) return long_line;
        int const digit = hex_value(byte);
        if (digit >= 0) {
            if (left_ >> 58 != 0) return {400, "request.malformed", "A chunk size is out of range."};
            left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
            at_ = At::size;
            return {};
        }
        if (at_ == At::size_first) return bad_chunk;
        if (byte == ';') at_ = At::extension;
        else if (byte == '\r') at_ = At::size_lf;
        else return bad_chunk;
        return {};
    }
    case At::extension:
        if (byte != '\r' && ++line_bytes_ > max_line) return long_line;
        if (byte == '\r') at_ = At::size_lf;
        else if (!is_text(byte)) return bad_chunk;
        return {};
    case At::size_lf:
        if (byte != '\n') return bad_chunk;
        at_ = left_ == 0 ? At::trailer_first : At::data;
        line_bytes_ = 0;
        return {};
    case At::data_cr: at_ = At::data_lf; return byte == '\r' ? Refusal{} : bad_chunk;
    case At::data_lf: at_ = At::size_first; return byte == '\n' ? Refusal{} : bad_chunk;
    default: return trailer_byte(byte);
    }
}

Refusal ChunkDecoder::trailer_byte(char byte) {
    if (++trailer_bytes_ > max_trailers) return long_line;
    if (trailers_ == Trailers::kept && byte != '\r' && at_ != At::end_lf) kept_ += byte;
    switch (at_) {
    case At::trailer_first:
        if (byte == '\r') {
            at_ = At::end_lf;
            return {};
        }
        name_size_ = 0;
        at_ = At::trailer_name;
        [[fallthrough]];
    case At::trailer_name:
        if (byte == ':' && name_size_ > 0) {
            at_ = At::trailer_value;
            return forbidden_trailer() ? bad_trailer : Refusal{};
        }
        if (!is_name_char(byte)) return bad_chunk;
        if (name_size_ < sizeof name_) name_[name_size_++] = byte; // a longer name is none of the forbidden ones
        return {};
    case At::trailer_value:
        if (byte == '\r') at_ = At::trailer_lf;
        else if (!is_text(byte)) return bad_chunk;
        return {};
    case At::trailer_lf: at_ = At::trailer_first; return byte == '\n' ? Refusal{} : bad_chunk;
    case At::end_lf: at_ = At::done; return byte == '\n' ? Refusal{} : bad_chunk;
    default: return bad_chunk;
    }
}

bool ChunkDecoder::forbidden_trailer() const {
    static constexpr std::string_view forbidden[] = {"content-length", "transfer-encoding", "host", "authorization", "proxy-authorization",
        "cookie", "set-cookie", "content-type", "content-encoding", "content-range", "trailer", "te", "connection", "upgrade", "expect",
        "range", "cache-control", "max-forwards", "origin", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        "x-real-ip"};
    std::string_view const name(name_, name_size_);
    return std::any_of(std::begin(forbidden), std::end(forbidden), [&](std::string_view each) { return iequals(each, name); });
}

} // namespace mozi::net
