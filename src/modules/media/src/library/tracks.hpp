// Sounds, texts and remarks of a medium: as stored, and on the wire.
#pragma once

#include "transcode/prepare.hpp"

#include <mozi/json/describe.hpp>

#include <numeric>

namespace mozi::media {

// --- stored -----------------------------------------------------------------------------------------------------------------

struct StoredSound {
    std::string language, name;
    int channels = 2;
    bool surround = false;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("language", &StoredSound::language, {.max = 35}), field("name", &StoredSound::name, {.max = 300}),
            field("channels", &StoredSound::channels, {.max = 64}), field("surround", &StoredSound::surround)};
    }
};

struct StoredText {
    std::string address, language, name;
    bool marked = false, forced = false, described = false;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("address", &StoredText::address, {.max = 100}), field("language", &StoredText::language, {.max = 35}),
            field("name", &StoredText::name, {.max = 300}), field("marked", &StoredText::marked), field("forced", &StoredText::forced),
            field("described", &StoredText::described)};
    }
};

struct StoredRemark {
    Warning warning = Warning::data_left_out;
    int track = -1;
    std::string codec, language;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("warning", &StoredRemark::warning), field("track", &StoredRemark::track, {.min = -1, .max = 100'000}),
            field("codec", &StoredRemark::codec, {.max = 160}), field("language", &StoredRemark::language, {.max = 35})};
    }
};

struct Tracks {
    std::vector<StoredSound> sounds;
    std::vector<StoredText> texts;
    std::vector<StoredRemark> remarks;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("sounds", &Tracks::sounds, {.max = 64}), field("texts", &Tracks::texts, {.max = 64}),
            field("remarks", &Tracks::remarks, {.max = 200})};
    }
};

// Subtitles somebody added to a film. `number` is part of the address and never used again.
struct AddedText {
    int number = 0;
    std::string language, name;
    std::int64_t bytes = 0; // 0: added before they were counted
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("number", &AddedText::number, {.min = 1, .max = 1'000'000}),
            field("language", &AddedText::language, {.max = 35}), field("name", &AddedText::name, {.max = 300}),
            field("bytes", &AddedText::bytes, {.min = 0, .max = 16 << 20, .absent = json::Absent::keeps_default})};
    }
};
inline constexpr std::size_t most_added_texts = 32;

struct AddedTexts {
    std::vector<AddedText> list;
    int last = 0; // the number given last, also when its text is gone
    std::int64_t bytes() const {
        return std::accumulate(
            list.begin(), list.end(), std::int64_t{0}, [](std::int64_t sum, AddedText const& text) { return sum + text.bytes; });
    }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("list", &AddedTexts::list, {.max = most_added_texts}),
            field("last", &AddedTexts::last, {.min = 0, .max = 1'000'000, .absent = json::Absent::keeps_default})};
    }
};

Tracks tracks_of(Prepared const& prepared);
// As the playlist of all versions names them: those of the film, then those that were added.
std::vector<TextRendition> renditions_of(Tracks const& tracks, AddedTexts const& added);

// --- on the wire ------------------------------------------------------------------------------------------------------------

struct SoundView {
    std::optional<std::string> language, name;
    int channels = 2;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("language", &SoundView::language, {.help = "RFC 5646; null where nobody said."}),
            field("name", &SoundView::name),
            field("channels", &SoundView::channels, {.help = "Of the richest form; two can always be had."})};
    }
};

struct TextView {
    std::optional<std::int64_t> added; // number of one that somebody added; it can be taken away by that
    std::optional<std::string> language, name;
    bool forced = false, described = false;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("added", &TextView::added, {.help = "Number of one that was added to the film; null for those of the file."}),
            field("language", &TextView::language), field("name", &TextView::name),
            field("forced", &TextView::forced, {.help = "Only what has to be read to follow the film."}),
            field("described", &TextView::described, {.help = "Also what is to be heard."})};
    }
};

struct WarningView {
    std::string id, message;
    std::optional<std::int64_t> track;
    std::optional<std::string> codec, language;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &WarningView::id), field("message", &WarningView::message),
            field("track", &WarningView::track, {.help = "Its number in the file, where it is about one track."}),
            field("codec", &WarningView::codec), field("language", &WarningView::language)};
    }
};

std::vector<SoundView> sounds_for_people(Tracks const& tracks);
std::vector<TextView> texts_for_people(Tracks const& tracks, AddedTexts const& added);
std::vector<WarningView> warnings_for_people(Tracks const& tracks);

} // namespace mozi::media
