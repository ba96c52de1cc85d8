// Reading ASS and SSA: styles and events.
#include "texts/cues.hpp"
#include "texts/webvtt.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace mozi::media {
namespace {

using Columns = std::map<std::string, std::size_t, std::less<>>;

// "1:02:03.45"
std::optional<std::int64_t> milliseconds(std::string_view text) {
    auto const parts = split(trim(text), ':');
    if (parts.size() != 3) return std::nullopt;
    auto const hours = decimal_of(parts[0], -1), minutes = decimal_of(parts[1], -1), seconds = decimal_of(parts[2], -1);
    if (hours < 0 || hours > 1000 || minutes < 0 || seconds < 0) return std::nullopt;
    return static_cast<std::int64_t>(((hours * 60 + minutes) * 60 + seconds) * 1000 + 0.5);
}

// Of "Format: Name, Fontname, …": which column is which.
Columns columns(std::string_view line) {
    Columns out;
    std::size_t at = 0;
    for (auto const name : split(line, ',')) out.emplace(lower_ascii(trim(name)), at++);
    return out;
}

// The first `count` - 1 fields end at commas, the last one is the rest.
std::vector<std::string_view> fields(std::string_view line, std::size_t count) {
    std::vector<std::string_view> out;
    while (out.size() + 1 < count) {
        auto const comma = line.find(',');
        if (comma == line.npos) break;
        out.push_back(line.substr(0, comma));
        line.remove_prefix(comma + 1);
    }
    out.push_back(line);
    return out;
}

class Reader {
public:
    void line(std::string_view text) {
        if (text.starts_with('[')) {
            section_ = lower_ascii(text);
            columns_.clear();
        } else if (auto const colon = text.find(':'); colon != text.npos) {
            entry(text.substr(0, colon), trim(text.substr(colon + 1)));
        }
    }

    std::vector<Cue> cues;

private:
    void entry(std::string_view key, std::string_view value) {
        if (iequals(key, "PlayResX")) canvas_.width = decimal_of(value, 384);
        else if (iequals(key, "PlayResY")) canvas_.height = decimal_of(value, 288);
        else if (iequals(key, "Format")) columns_ = columns(value);
        else if (iequals(key, "Style")) style(value);
        else if (iequals(key, "Dialogue") && cues.size() < most_cues) event(value);
    }

    std::string_view field(std::vector<std::string_view> const& all, std::string_view name) const {
        auto const at = columns_.find(name);
        return at != columns_.end() && at->second < all.size() ? trim(all[at->second]) : std::string_view{};
    }

    void style(std::string_view value) {
        auto const all = fields(value, columns_.size());
        Style out;
        out.look = {whole_of(field(all, "bold")) != 0, whole_of(field(all, "italic")) != 0, whole_of(field(all, "underline")) != 0};
        auto const alignment = whole_of(field(all, "alignment"), 2);
        out.alignment =
            section_.find("v4+") != section_.npos ? std::clamp(alignment, 1, 9) : from_legacy_alignment(std::clamp(alignment, 1, 11));
        if (styles_.size() < 1000) styles_[std::string(field(all, "name"))] = out;
    }

    void event(std::string_view value) {
        auto const all = fields(value, columns_.size());
        auto const from = milliseconds(field(all, "start")), to = milliseconds(field(all, "end"));
        if (!from || !to || *to <= *from) return;
        auto const found = styles_.find(field(all, "style"));
        Words words(found == styles_.end() ? Style{} : found->second, canvas_, Words::Markup::ass);
        auto const at = columns_.find("text");
        if (at == columns_.end() || at->second >= all.size()) return;
        words.read(all[at->second]);
        if (auto text = words.text(); !text.empty()) cues.push_back({*from, *to, words.settings(), std::move(text)});
    }

    Canvas canvas_;
    std::map<std::string, Style, std::less<>> styles_;
    std::string section_;
    Columns columns_;
};

} // namespace

std::string webvtt_from_ass(std::string_view ass) {
    Reader reader;
    each_line(ass, [&](std::string_view line, int) {
        if (is_utf8(line)) reader.line(line);
    });
    return write_cues(std::move(reader.cues));
}

} // namespace mozi::media
