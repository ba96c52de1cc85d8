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

Error bad_metadata(std::string_view why) { return error(Code::bad_request, "upload.metadata", "Upload-Metadata cannot be read: " + std::string(why) + "."); }
Error bad_checksum() { return error(Code::bad_request, "upload.checksum", "Upload-Checksum names one of " + std::string(algorithms) + " and the digest in base64."); }

EVP_MD const* implementation(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::sha1: return EVP_sha1();
    case Algorithm::sha256: return EVP_sha256();
    case Algorithm::md5: return EVP_md5();
    }
    return EVP_sha256();
}

constexpr std::size_t most_points = 255; // as the database takes
constexpr std::size_t longest_ending = 16;

std::u32string points_of(std::string_view utf8) {
    std::u32string out;
    for (char const c : utf8) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x80) out += byte;
        else if (byte < 0xc0) out.back() = out.back() << 6 | (byte & 0x3f);
        else out += byte & (byte < 0xe0 ? 0x1f : byte < 0xf0 ? 0x0f : 0x07);
    }
    return out;
}

std::string to_utf8(std::u32string_view points) {
    std::string out;
    for (auto const point : points) {
        auto const tail = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3f)); };
        if (point < 0x80) out += static_cast<char>(point);
        else if (point < 0x800) out += static_cast<char>(0xc0 | point >> 6), tail(0);
        else if (point < 0x10000) out += static_cast<char>(0xe0 | point >> 12), tail(6), tail(0);
        else out += static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0);
    }
    return out;
}

bool among(char32_t point, char32_t first, char32_t last) { return first <= point && point <= last; }
bool is_control(char32_t point) { return point < 0x20 || among(point, 0x7f, 0x9f) || among(point, 0x2028, 0x2029); }
// What turns the direction of what stands beside it, byte order marks, annotations.
bool is_turning(char32_t point) {
    return point == 0x61c || among(point, 0x200e, 0x200f) || among(point, 0x202a, 0x202e) || among(point, 0x2066, 0x2069) ||
           point == 0xfeff || among(point, 0xfff9, 0xfffb);
}
bool is_zero_width(char32_t point) { return point == 0xad || among(point, 0x200b, 0x200d) || among(point, 0x2060, 0x2064); }
bool is_space(char32_t point) {
    return point == ' ' || point == 0xa0 || point == 0x1680 || among(point, 0x2000, 0x200a) || point == 0x202f || point == 0x205f ||
           point == 0x3000;
}
bool is_blank(char32_t point) { return is_space(point) || is_zero_width(point); }

void trim_end(std::u32string& name, bool (*goes)(char32_t)) {
    while (!name.empty() && goes(name.back())) name.pop_back();
}

// The last part of a path as one line that reads as it is, with its ending also when it is too long.
std::string tidy_name(std::string const& given) {
    auto name = points_of(normalise(given));
    if (auto const slash = name.find_last_of(U"/\\"); slash != name.npos) name.erase(0, slash + 1);
    std::erase_if(name, is_turning);
    std::replace_if(name.begin(), name.end(), is_control, U' ');
    trim_end(name, is_blank);
    name.erase(name.begin(), std::find_if_not(name.begin(), name.end(), is_blank));
    auto const dot = name.rfind(U'.');
    auto const ends = dot != name.npos && dot > 0 && name.size() - dot - 1 <= longest_ending &&
                      std::none_of(name.begin() + static_cast<std::ptrdiff_t>(dot), name.end(), is_blank);
    auto const ending = ends ? name.substr(dot) : std::u32string();
    name.resize(std::min(name.size() - ending.size(), most_points - ending.size()));
    trim_end(name, is_zero_width);
    name += ending;
    return name.empty() || name == U"." || name == U".." ? "video" : to_utf8(name);
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
