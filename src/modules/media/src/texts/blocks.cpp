// Reading SubRip and WebVTT, which differ little: blocks of a line of times and lines of words.
#include "texts/cues.hpp"
#include "texts/webvtt.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace mozi::media {
namespace {

// "01:02:03,450", "02:03.450"; what people write without zeros as well.
std::optional<std::int64_t> milliseconds(std::string_view text) {
    if (text.find('-') != text.npos) { // before the film
        std::string late(text);
        std::erase(late, '-');
        return milliseconds(late) ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    auto const parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    double out = 0;
    for (auto part : parts) {
        std::string number(part);
        std::replace(number.begin(), number.end(), ',', '.');
        auto const fits = !number.empty() && number.size() <= 10 &&
                          std::all_of(number.begin(), number.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
        if (!fits) return std::nullopt;
        out = out * 60 + decimal_of(number);
    }
    return out > 3.6e6 ? std::nullopt : std::optional(static_cast<std::int64_t>(out * 1000 + 0.5));
}

struct Timing {
    std::int64_t from_ms = 0, to_ms = 0;
    std::string settings; // WebVTT's own
};

std::optional<Timing> timing(std::string_view line) {
    auto const arrow = line.find("-->");
    if (arrow == line.npos || line.size() > 1000) return std::nullopt;
    auto apart = std::string(line.substr(0, arrow)) + " --> " + std::string(line.substr(arrow + 3));
    std::replace(apart.begin(), apart.end(), '\t', ' ');
    std::vector<std::string_view> words;
    for (auto const word : split(apart, ' '))
        if (!trim(word).empty()) words.push_back(trim(word));
    if (words.size() < 3 || words[1] != "-->") return std::nullopt;
    auto const from = milliseconds(words[0]), to = milliseconds(words[2]);
    if (!from || !to) return std::nullopt;
    Timing out{*from, *to, {}};
    for (std::size_t i = 3; i < words.size(); ++i) {
        auto const word = words[i];
        auto const known = word.starts_with("line:") || word.starts_with("position:") || word.starts_with("size:") ||
                           word.starts_with("align:") || word.starts_with("vertical:");
        auto const plain = std::all_of(word.begin(), word.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '.' || c == ',' || c == '%' || c == '-';
        });
        if (known && plain) out.settings += " " + std::string(word);
    }
    return out;
}

// Tags pass where they are known: what is between angle brackets otherwise is not shown by any player.
Words words_of(std::string_view text, Words::Markup markup) {
    Words words({}, {}, markup);
    words.read(text);
    return words;
}

bool is_number(std::string_view line) {
    return !line.empty() && std::all_of(line.begin(), line.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Right before a line of times it counts the next cue.
void drop_last_number(std::string& words) {
    if (words.empty()) return;
    auto const before = words.size() < 2 ? words.npos : words.rfind('\n', words.size() - 2);
    auto const begin = before == words.npos ? 0 : before + 1;
    if (is_number(trim(std::string_view(words).substr(begin)))) words.erase(begin);
}

// What an empty line does inside a cue: WebVTT has it end there, players of SubRip go on to the next line of times.
enum class Gap { ends, stays };

Subtitles read_blocks(std::string_view text, Gap gap, std::function<std::optional<Cue>(Timing const&, std::string const&)> const& make) {
    std::vector<Cue> cues;
    Subtitles out{{}, 0};
    std::optional<Timing> now;
    std::string words;
    auto const close = [&] {
        if (now && now->to_ms > now->from_ms && !trim(words).empty() && cues.size() < most_cues)
            if (auto cue = make(*now, words); cue && !cue->text.empty()) cues.push_back(std::move(*cue));
        now.reset(), words.clear();
    };
    each_line(text, [&](std::string_view line, int number) {
        if (!is_utf8(line)) {
            if (out.bad_line == 0) out.bad_line = number;
        } else if (gap == Gap::ends && trim(line).empty()) {
            close();
        } else if (auto const times = timing(line)) {
            if (gap == Gap::stays) drop_last_number(words);
            close(); // also without an empty line before
            now = times;
        } else if (now) {
            if (words.size() < 2 * most_cue_text) words += std::string(line) + "\n";
        } else if (out.bad_line == 0 && !trim(line).empty() && !is_number(line)) {
            out.bad_line = number;
        }
    });
    close();
    out.webvtt = write_cues(std::move(cues));
    return out;
}

} // namespace

Subtitles webvtt_from_webvtt(std::string_view text) {
    return read_blocks(text, Gap::ends, [](Timing const& times, std::string const& words) -> std::optional<Cue> {
        return Cue{times.from_ms, times.to_ms, times.settings, words_of(words, Words::Markup::webvtt).text()};
    });
}

Subtitles webvtt_from_srt(std::string_view text) {
    return read_blocks(text, Gap::stays, [](Timing const& times, std::string const& lines) -> std::optional<Cue> {
        auto const words = words_of(lines, Words::Markup::subrip);
        return Cue{times.from_ms, times.to_ms, words.settings(), words.text()};
    });
}

Subtitles read_subtitles(std::string_view text) {
    auto const head = lower_ascii(text.substr(0, 4000));
    if (head.find("[script info]") != head.npos || head.find("\n[events]") != head.npos) return {webvtt_from_ass(text), 1};
    auto const begin = text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
    return begin.starts_with("WEBVTT") ? webvtt_from_webvtt(text) : webvtt_from_srt(text);
}

} // namespace mozi::media
