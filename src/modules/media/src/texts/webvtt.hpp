// Subtitles as WebVTT (https://www.w3.org/TR/webvtt1/). Emphasis and position are kept as far as WebVTT has words for them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mozi::media {

struct Subtitles {
    std::string webvtt; // empty when there is nothing to show
    int bad_line = 1; // the first line that was not understood; 0: none
};

// A file as people have them: SubRip, WebVTT or Advanced SubStation Alpha, told apart by its content. What is malformed is left out.
Subtitles read_subtitles(std::string_view text);

// At most 50,000 cues; lines that are no events are passed over.
std::string webvtt_from_ass(std::string_view ass);
// Cues alone: styles, regions and notes are left out.
Subtitles webvtt_from_webvtt(std::string_view text);
Subtitles webvtt_from_srt(std::string_view text);

// Text of before UTF-8, line by line, as people of that language saved such files; what is UTF-8 stays.
std::string in_utf8(std::string_view text, std::string_view language);

// "en" for "eng" and "hu" for "hun": the shortest tag of RFC 5646; others as they are, lower case; empty for what is no language.
std::string language_tag(std::string_view text);

} // namespace mozi::media
