// Judges heads and chunks: strict HTTP/1.1 framing (RFC 9112) on raw bytes, before any parser's opinion counts. Pure: no socket, and no
// allocation but for kept trailers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mozi::net {

struct HeadLimits {
    std::size_t head_bytes = 16 * 1024; // request line and headers with the empty line
    std::size_t target_bytes = 8 * 1024;
    std::size_t headers = 100;
};

// Why a request is not served. `status` 0: it is. The texts are literals, safe to show.
struct Refusal {
    int status = 0;
    std::string_view id;
    std::string_view sentence;
    explicit operator bool() const { return status != 0; }
};

// ASCII only.
bool iequals(std::string_view a, std::string_view b);

// Looks for the end of a head that begins at bytes[0]. Refuses bare CR or LF, control bytes and sizes as soon as they
// are visible, so that a client that never sends the empty line is not waited for. `resume` starts at 0 and carries
// the place to go on from when more bytes have been appended.
struct HeadScan {
    enum class State : std::uint8_t { incomplete, complete, refused };
    State state = State::incomplete;
    std::size_t end = 0; // complete: bytes of the head
    Refusal refusal;
};
HeadScan scan_head(std::string_view bytes, std::size_t& resume, HeadLimits const& limits);

// What a complete head (as found by scan_head) says about itself. Views point into `head`.
struct HeadFacts {
    Refusal refusal; // set: nothing else is meaningful
    std::string_view method;
    std::string_view raw_target;
    std::string_view target; // origin-form or "*"
    std::string_view host; // "" only in HTTP/1.0
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool http10 = false;
    bool keep_alive = true;
    bool expect_continue = false;
};
HeadFacts check_head(std::string_view head, HeadLimits const& limits);

// Decodes a chunked body in place. Extensions are dropped, and trailers unless they are to be kept; a trailer that would change framing,
// routing or identity is refused, as is any line that is not exactly CRLF-terminated.
enum class Trailers : std::uint8_t { dropped, kept };
class ChunkDecoder {
public:
    explicit ChunkDecoder(Trailers trailers = Trailers::dropped) : trailers_(trailers) {}
    // "name:value\n" for each one kept, at most 16 KiB. Once.
    std::string take_trailers() { return std::move(kept_); }
    struct Step {
        std::size_t consumed = 0; // of the input
        std::size_t payload = 0; // bytes now at the front of the input
        bool done = false; // the body is complete; bytes after `consumed` belong to the next request
        Refusal refusal;
    };
    Step decode(std::span<char> bytes);

private:
    enum class At : std::uint8_t {
        size_first,
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done
    };
    Refusal step(char byte);
    Refusal trailer_byte(char byte);
    bool forbidden_trailer() const;

    At at_ = At::size_first;
    std::uint8_t name_size_ = 0;
    std::uint16_t line_bytes_ = 0;
    std::uint16_t trailer_bytes_ = 0;
    char name_[24] = {};
    Trailers trailers_;
    std::string kept_;
    std::uint64_t left_ = 0;
};

} // namespace mozi::net
