// What comes out of the jail, and files that people bring. Oracle: read in pieces is read at once, and text comes out as cues only.
#include "texts/webvtt.hpp"
#include "transcode/fmp4.hpp"

#include <mozi/base/text.hpp>

#include <cstdlib>
#include <string>
#include <tuple>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

auto facts(mozi::media::FragmentReader& reader) {
    reader.finish();
    std::string out = reader.header() ? reader.header()->description : "";
    for (auto const& packet : reader.packets())
        out += std::to_string(packet.dts) + " " + std::to_string(packet.pts) + " " + std::to_string(packet.duration) + " " + packet.data +
               (mozi::media::leaves_its_header(*reader.header(), packet) ? " leaves\n" : "\n");
    return out;
}

void fragments(std::string_view input) {
    mozi::media::FragmentReader at_once, in_pieces;
    auto const good = at_once.feed(input);
    bool still = true;
    for (std::size_t i = 0; i < input.size() && still; ++i) still = in_pieces.feed(input.substr(i, 1));
    require(good == still);
    if (good) require(facts(at_once) == facts(in_pieces));
}

void texts(std::string_view input) {
    auto const read = mozi::media::read_subtitles(input).webvtt;
    require(read.empty() || read.starts_with("WEBVTT\n\n"));
    require(mozi::is_utf8(mozi::media::in_utf8(input, "hu")));
    require(read.find('\r') == read.npos && read.find("<script") == read.npos);
    // What came out is read again as it stands: nothing in it becomes a cue of its own.
    auto const count = [](std::string_view text) {
        std::size_t out = 0;
        for (auto at = text.find(" --> "); at != text.npos; at = text.find(" --> ", at + 1)) ++out;
        return out;
    };
    require(count(mozi::media::webvtt_from_webvtt(read).webvtt) <= count(read));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    if (input.empty()) return 0;
    if (input[0] & 1) fragments(input.substr(1));
    else texts(input.substr(1));
    return 0;
}
