// tus 1.0.0: reading its headers, digests.
#pragma once

#include <mozi/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mozi::media::tus {

inline constexpr std::string_view version = "1.0.0";
inline constexpr std::string_view extensions =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,termination";
inline constexpr std::string_view algorithms = "sha1,sha256,md5";
inline constexpr std::string_view chunk_type = "application/offset+octet-stream";

// A decimal number without sign, spaces or needless zeros, up to 2^63-1. Error: "upload.header" (bad_request).
Result<std::int64_t> read_number(std::string_view header, std::string_view text);

struct Metadata {
    std::string filename = "video";
    std::string filetype;
};
// "key base64,key,…". Errors: "upload.metadata" (bad_request) for anything but ASCII keys that appear once and strict
// base64; a name is cut down to its last part, one line, 255 characters with its ending, nothing that turns or hides what is read.
Result<Metadata> read_metadata(std::string_view header);

enum class Algorithm { sha1, sha256, md5 };
struct Checksum {
    Algorithm algorithm = Algorithm::sha1;
    std::string digest; // raw bytes, of the algorithm's length
};
// Errors: "upload.checksum" (bad_request).
Result<Checksum> read_checksum(std::string_view header);

// What a chunk has to be: said before it, or only after it, in its trailer.
struct Proof {
    std::optional<Checksum> checksum;
    bool in_trailer = false;
    explicit operator bool() const { return checksum || in_trailer; }
};

// Running digest of a chunk.
class Digest {
public:
    explicit Digest(Algorithm algorithm);
    ~Digest();
    Digest(Digest const&) = delete;
    Digest& operator=(Digest const&) = delete;
    void add(std::string_view bytes);
    std::string finish(); // once

private:
    void* context_;
};

// Of that part of a file; nullopt, with errno, when it cannot be read to its end.
std::optional<std::string> digest_of(int fd, std::int64_t from, std::int64_t to, Algorithm algorithm);
std::optional<std::string> digest_of(std::string const& path, std::int64_t from, std::int64_t to, Algorithm algorithm);

} // namespace mozi::media::tus
