// What a film was made without, or with what flaw: an id for programs and a sentence for people. None of it fails the film.
#pragma once

#include <mozi/base/enum.hpp>

#include <string>

namespace mozi::media {

enum class Warning {
    sound_left_out,
    no_usable_sound,
    picture_text_left_out,
    text_left_out,
    picture_left_out,
    data_left_out,
    attachment_left_out,
    too_many_tracks,
    partly_damaged,
    parts_missing,
};

constexpr auto names(Warning) {
    return std::array{std::pair{Warning::sound_left_out, "media.sound_left_out"sv},
        std::pair{Warning::no_usable_sound, "media.no_usable_sound"sv},
        std::pair{Warning::picture_text_left_out, "media.picture_text_left_out"sv},
        std::pair{Warning::text_left_out, "media.text_left_out"sv}, std::pair{Warning::picture_left_out, "media.picture_left_out"sv},
        std::pair{Warning::data_left_out, "media.data_left_out"sv}, std::pair{Warning::attachment_left_out, "media.attachment_left_out"sv},
        std::pair{Warning::too_many_tracks, "media.too_many_tracks"sv}, std::pair{Warning::partly_damaged, "media.partly_damaged"sv},
        std::pair{Warning::parts_missing, "media.parts_missing"sv}};
}

constexpr std::string_view sentence(Warning warning) {
    switch (warning) {
    case Warning::sound_left_out: return "A sound track is in a format that cannot be played here, so it was left out.";
    case Warning::no_usable_sound: return "The sound of this film cannot be read, so it plays without.";
    case Warning::picture_text_left_out: return "Subtitles that are pictures are not shown yet.";
    case Warning::text_left_out: return "Subtitles could not be read, so they were left out.";
    case Warning::picture_left_out: return "A second picture track is not shown.";
    case Warning::data_left_out: return "A track of data is not used.";
    case Warning::attachment_left_out: return "A cover, font or other attachment is not used.";
    case Warning::too_many_tracks: return "There are more tracks than can be offered; the first ones were taken.";
    case Warning::partly_damaged: return "Parts of the file could not be read. There the last picture stands or the sound is silent.";
    case Warning::parts_missing: return "Parts of the file could not be read, so the film is shorter than the file says.";
    }
    return "";
}

// About one track of the source; `track` is its number in the file, -1 where it is about the whole.
struct Remark {
    Warning warning = Warning::data_left_out;
    int track = -1;
    std::string codec = {}, language = {}; // as the file says, tidied
    bool operator==(Remark const&) const = default;
};

} // namespace mozi::media
