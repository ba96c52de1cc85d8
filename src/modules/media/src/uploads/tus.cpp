// tus headers, strictly.
#include "uploads/tus.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <openssl/evp.h>
#include <set>
#include <unistd.h>

namespace mozi::media::tus {
namespace {

Error bad_metadata(std::string_view why) {
    return error(Code::bad_request, "upload.metadata", "Upload-Metadata cannot be read: " + std::string(why) + ".");
}
Error bad_checksum() {
    return error(
        Code::bad_request, "upload.checksum", "Upload-Checksum names one of " + std::string(algorithms) + " and the digest in base64.");
}

EVP_MD const* implementation(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::sha1: return EVP_sha1();
    case Algorithm::sha256: return EVP_sha256();
    case Algorithm::md5: return EVP_md5();
    }
    return EVP_sha256();
}

// The last part of a path as one line that reads as it is, with its ending also when it is too long.
std::string tidy_name(std::string const& given) {
    constexpr std::size_t most = 255; // as the database takes
    auto const slash = given.find_last_of("/\\");
    auto name = file_name(slash == given.npos ? given : std::string_view(given).substr(slash + 1), most);
    return !is_visible(name) || name == "." || name == ".." ? "video" : name;
}

} // namespace

Result<std::int64_t> read_number(std::string_view header, std::string_view text) {
    std::int64_t out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    auto const canonical = text == "0" || (!text.empty() && text[0] >= '1' && text[0] <= '9');
    if (!canonical || code != std::errc{} || end != text.data() + text.size())
        return error(Code::bad_request, "upload.header", std::string(header) + " is a whole number, not negative.");
    return out;
}

Result<Metadata> read_metadata(std::string_view header) {
    Metadata out;
    std::set<std::string_view> seen;
    if (header.size() > 4096) return bad_metadata("it is longer than 4,096 characters");
    if (trim(header).empty()) return out;
    for (auto const part : split(header, ',')) {
        auto const pair = trim(part);
        auto const space = pair.find(' ');
        auto const key = pair.substr(0, space);
        auto const printable = std::all_of(key.begin(), key.end(), [](char c) { return c > 32 && c < 127; });
        if (key.empty() || !printable) return bad_metadata("a key is printable ASCII without spaces");
        if (!seen.insert(key).second) return bad_metadata("a key appears twice");
        auto const value = space == pair.npos ? std::optional<std::string>(std::string()) : from_base64(pair.substr(space + 1));
        if (!value) return bad_metadata("a value is not base64");
        if (key != "filename" && key != "name" && key != "filetype") continue;
        if (!is_utf8(*value)) return bad_metadata("a name is not UTF-8");
        if (key == "filename" || (key == "name" && !seen.contains("filename"))) out.filename = tidy_name(*value);
        else if (key == "filetype") out.filetype = value->substr(0, 100);
    }
    return out;
}

Result<Checksum> read_checksum(std::string_view header) {
    auto const space = header.find(' ');
    if (space == header.npos) return bad_checksum();
    auto const name = header.substr(0, space);
    auto digest = from_base64(header.substr(space + 1));
    if (!digest) return bad_checksum();
    Checksum out;
    if (name == "sha1") out.algorithm = Algorithm::sha1;
    else if (name == "sha256") out.algorithm = Algorithm::sha256;
    else if (name == "md5") out.algorithm = Algorithm::md5;
    else return bad_checksum();
    if (digest->size() != static_cast<std::size_t>(EVP_MD_get_size(implementation(out.algorithm)))) return bad_checksum();
    out.digest = std::move(*digest);
    return out;
}

Digest::Digest(Algorithm algorithm) : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), implementation(algorithm), nullptr) != 1) throw std::bad_alloc();
}

Digest::~Digest() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Digest::add(std::string_view bytes) { EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()); }

std::string Digest::finish() {
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), raw, &size);
    return {reinterpret_cast<char const*>(raw), size};
}

std::optional<std::string> digest_of(int fd, std::int64_t from, std::int64_t to, Algorithm algorithm) {
    constexpr std::int64_t step = 1 << 20;
    Digest digest(algorithm);
    std::string buffer(static_cast<std::size_t>(std::min(to - from, step)), '\0');
    while (from < to) {
        auto const got = pread(fd, buffer.data(), static_cast<std::size_t>(std::min(to - from, step)), from);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        digest.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
        from += got;
    }
    return digest.finish();
}

std::optional<std::string> digest_of(std::string const& path, std::int64_t from, std::int64_t to, Algorithm algorithm) {
    auto const fd = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    auto out = digest_of(fd, from, to, algorithm);
    close(fd);
    return out;
}

} // namespace mozi::media::tus
