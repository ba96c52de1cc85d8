// What all kinds of subtitles become on the way to WebVTT.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

inline constexpr std::size_t most_cues = 50'000, most_cue_text = 2000;

struct Cue {
    std::int64_t from_ms = 0, to_ms = 0;
    std::string settings, text; // as WebVTT writes them
    auto operator<=>(Cue const&) const = default;
};

struct Look {
    bool bold = false, italic = false, underline = false;
    bool operator==(Look const&) const = default;
};

struct Style {
    Look look;
    int alignment = 2; // as on a number pad
};

// The canvas on which positions are given.
struct Canvas {
    double width = 384, height = 288;
};

// SSA's older numbering: 1–3 below, 5–7 above, 9–11 in the middle.
int from_legacy_alignment(int alignment);

// One event's text, with the override tags of ASS ("{\\i1}", "{\\an8}", "{\\pos(10,20)}") or with <i>, <b> and <u>, by what the file is.
class Words {
public:
    enum class Markup { ass, subrip, webvtt };
    Words(Style const& style, Canvas const& canvas, Markup markup);
    void read(std::string_view text);
    // The cue's text; lines without a sign, which would end it, are gone. Empty when nothing is shown.
    std::string text() const;
    std::string settings() const;

private:
    void put(char c);
    void apply();
    void overrides(std::string_view block);
    void one(std::string_view tag);
    std::size_t entity(std::string_view text);
    bool element(std::string_view tag);
    void fix(std::string_view numbers);

    Style style_;
    Canvas canvas_;
    Markup markup_;
    Look open_, wanted_;
    int alignment_;
    bool fixed_ = false, drawing_ = false;
    double x_ = 0, y_ = 0;
    std::string out_;
};

// Each line with its number from 1, without the sign of its end (LF, CR LF, CR where no LF stands) and of the file's beginning.
void each_line(std::string_view text, std::function<void(std::string_view line, int number)> const& take);

// In the order of their times, each once. Empty for none.
std::string write_cues(std::vector<Cue> cues);

double decimal_of(std::string_view text, double otherwise = 0);
int whole_of(std::string_view text, int otherwise = 0);

} // namespace mozi::media
