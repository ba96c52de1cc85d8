// gzip by zlib, br by brotli.
#include "compress.hpp"

#include <mozi/base/text.hpp>

#include <brotli/encode.h>
#include <zlib.h>

#include <stdexcept>

namespace mozi::http {

std::string_view name_of(Coding coding) { return coding == Coding::brotli ? "br" : coding == Coding::gzip ? "gzip" : "identity"; }

Coding choose_coding(std::string_view accept) {
    bool gzip = false, brotli = false;
    for (auto part : split(accept, ',')) {
        auto const semicolon = part.find(';');
        auto const name = trim(part.substr(0, semicolon));
        auto const q = semicolon == part.npos ? std::string_view{} : trim(part.substr(semicolon + 1));
        auto const refused = q == "q=0" || q == "q=0.0" || q == "q=0.00" || q == "q=0.000";
        if (name == "br") brotli = !refused;
        if (name == "gzip") gzip = !refused;
    }
    return brotli ? Coding::brotli : gzip ? Coding::gzip : Coding::identity;
}

std::string encode(Coding coding, std::string_view bytes, Effort effort) {
    std::string out;
    if (coding == Coding::brotli) {
        auto size = BrotliEncoderMaxCompressedSize(bytes.size());
        out.resize(size);
        if (!BrotliEncoderCompress(effort == Effort::thorough ? 11 : 4, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(), reinterpret_cast<std::uint8_t const*>(bytes.data()), &size,
                                   reinterpret_cast<std::uint8_t*>(out.data())))
            throw std::runtime_error("brotli");
        out.resize(size);
        return out;
    }
    if (coding == Coding::identity) return std::string(bytes);
    z_stream stream{};
    if (deflateInit2(&stream, effort == Effort::thorough ? 9 : 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
    out.resize(deflateBound(&stream, bytes.size()) + 32);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); // zlib does not write there
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

} // namespace mozi::http
