// gzip by zlib, br by brotli; choosing between them.
#include "compress.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/call.hpp>

#include <brotli/encode.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mozi::http {

std::string_view name_of(Coding coding) { return coding == Coding::brotli ? "br" : coding == Coding::gzip ? "gzip" : "identity"; }

namespace {

constexpr int most_weight = 1000;
constexpr int unsaid = 1; // of what is acceptable because nobody said otherwise: anything said is liked better

// "0.5" → 500; nothing for what is no weight.
std::optional<int> weight_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return std::nullopt;
    int weight = (text[0] - '0') * most_weight;
    for (std::size_t i = 2, worth = 100; i < text.size(); ++i, worth /= 10) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        weight += int(worth) * (text[i] - '0');
    }
    return weight <= most_weight ? std::optional(weight) : std::nullopt;
}

// "gzip;q=0.5" → gzip and 500. What cannot be read is as if it were not there.
std::optional<std::pair<std::string_view, int>> read_coding(std::string_view element) {
    auto const semicolon = element.find(';');
    auto const name = trim(element.substr(0, semicolon));
    if (name.empty()) return std::nullopt;
    if (semicolon == element.npos) return std::pair(name, most_weight);
    auto const weight = trim(element.substr(semicolon + 1));
    if (weight.size() < 2 || !iequals(weight.substr(0, 2), "q=")) return std::nullopt;
    auto const value = weight_of(weight.substr(2));
    return value ? std::optional(std::pair(name, *value)) : std::nullopt;
}

} // namespace

AcceptedCodings::AcceptedCodings(std::optional<std::string_view> accept_encoding) {
    weights_.fill(unsaid);
    if (!accept_encoding) return;
    std::array<int, codings> said{-1, -1, -1};
    int others = -1;
    for (auto const element : split(*accept_encoding, ',')) {
        auto const read = read_coding(element);
        if (!read) continue;
        auto const& [name, weight] = *read;
        if (name == "*") others = std::max(others, weight);
        if (iequals(name, "x-gzip")) said[std::size_t(Coding::gzip)] = std::max(said[std::size_t(Coding::gzip)], weight);
        for (auto const coding : {Coding::identity, Coding::gzip, Coding::brotli})
            if (iequals(name, name_of(coding))) said[std::size_t(coding)] = std::max(said[std::size_t(coding)], weight);
    }
    for (std::size_t i = 0; i < codings; ++i) {
        auto const silence = i == std::size_t(Coding::identity) ? unsaid : 0; // what is not coded need not be named
        weights_[i] = said[i] >= 0 ? said[i] : others >= 0 ? others : silence;
    }
}

std::optional<Coding> AcceptedCodings::best(Pays pays) const {
    if (pays == Pays::no && takes(Coding::identity)) return Coding::identity;
    std::optional<Coding> best;
    for (auto const coding : {Coding::brotli, Coding::gzip, Coding::identity})
        if (takes(coding) && (!best || weights_[std::size_t(coding)] > weights_[std::size_t(*best)])) best = coding;
    return best;
}

std::string etag_of(std::string_view tag, Coding coding) {
    // As proxies that compress name them: a tag of ours that came through one is still known.
    auto const suffix = coding == Coding::gzip ? "-gzip" : coding == Coding::brotli ? "-br" : "";
    return "\"" + std::string(tag) + suffix + "\"";
}

Result<Representation> choose_representation(net::Request const& request, std::string_view tag, Pays pays) {
    auto const accept = list_of(request, "accept-encoding");
    AcceptedCodings const accepted(accept);
    auto const best = accept ? accepted.best(pays) : Coding::identity;
    if (!best)
        return Error{Code::not_acceptable, "request.accept_encoding",
            "This can be sent as it is, as gzip and as br, and Accept-Encoding takes none of them. Ask again without that header."};
    Representation out{*best, etag_of(tag, *best)};
    auto const named = list_of(request, "if-none-match");
    if (!named) return out;
    out.known = names_etag(*named, out.etag);
    for (auto const coding : {Coding::brotli, Coding::gzip, Coding::identity}) {
        if (out.known) break;
        if (!accepted.takes(coding)) continue;
        if (auto other = etag_of(tag, coding); names_etag(*named, other)) out = {coding, std::move(other), true};
    }
    return out;
}

std::string encode(Coding coding, std::string_view bytes) {
    std::string out;
    if (coding == Coding::brotli) {
        auto size = BrotliEncoderMaxCompressedSize(bytes.size());
        out.resize(size);
        if (!BrotliEncoderCompress(4, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                reinterpret_cast<std::uint8_t const*>(bytes.data()), &size, reinterpret_cast<std::uint8_t*>(out.data())))
            throw std::runtime_error("brotli");
        out.resize(size);
        return out;
    }
    if (coding == Coding::identity) return std::string(bytes);
    z_stream stream{};
    if (deflateInit2(&stream, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
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
