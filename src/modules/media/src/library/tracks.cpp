// From what was found to what is stored and shown.
#include "library/tracks.hpp"

namespace mozi::media {
namespace {

constexpr std::size_t most_remarks = 60;

std::optional<std::string> said(std::string const& text) { return text.empty() ? std::nullopt : std::optional(text); }

} // namespace

Tracks tracks_of(Prepared const& prepared) {
    Tracks out;
    for (auto const& sound : prepared.sounds) out.sounds.push_back({sound.language, sound.name, sound.channels, sound.surround});
    for (auto const& text : prepared.texts)
        out.texts.push_back({text.address, text.language, text.name, text.marked, text.forced, text.described});
    for (auto const& remark : prepared.remarks)
        if (out.remarks.size() < most_remarks) out.remarks.push_back({remark.warning, remark.track, remark.codec, remark.language});
    return out;
}

std::vector<TextRendition> renditions_of(Tracks const& tracks, AddedTexts const& added) {
    std::vector<TextRendition> out;
    for (auto const& text : tracks.texts) out.push_back({text.address, text.name, text.language, text.marked, text.forced, text.described});
    for (auto const& text : added.list)
        out.push_back({"added/t" + std::to_string(text.number) + "/index.m3u8", text.name, text.language, false, false, false});
    return out;
}

std::vector<SoundView> sounds_for_people(Tracks const& tracks) {
    std::vector<SoundView> out;
    for (auto const& sound : tracks.sounds) out.push_back({said(sound.language), said(sound.name), sound.surround ? sound.channels : 2});
    return out;
}

std::vector<TextView> texts_for_people(Tracks const& tracks, AddedTexts const& added) {
    std::vector<TextView> out;
    for (auto const& text : tracks.texts) out.push_back({std::nullopt, said(text.language), said(text.name), text.forced, text.described});
    for (auto const& text : added.list) out.push_back({text.number, said(text.language), said(text.name), false, false});
    return out;
}

std::vector<WarningView> warnings_for_people(Tracks const& tracks) {
    std::vector<WarningView> out;
    for (auto const& remark : tracks.remarks)
        out.push_back({std::string(to_text(remark.warning)), std::string(sentence(remark.warning)),
            remark.track < 0 ? std::nullopt : std::optional<std::int64_t>(remark.track), said(remark.codec), said(remark.language)});
    return out;
}

} // namespace mozi::media
