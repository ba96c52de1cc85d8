// Text with tags in, WebVTT cue text out.
#include "texts/cues.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace mozi::media {
namespace {

void append_escaped(std::string& out, char c) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else out += c;
}

std::string clock(std::int64_t ms) {
    char text[32];
    std::snprintf(
        text, sizeof text, "%02d:%02d:%02d.%03d", int(ms / 3'600'000), int(ms / 60'000 % 60), int(ms / 1000 % 60), int(ms % 1000));
    return text;
}

} // namespace

double decimal_of(std::string_view text, double otherwise) {
    text = trim(text);
    double out = otherwise;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && out > -1e9 && out < 1e9 ? out : otherwise;
}

int whole_of(std::string_view text, int otherwise) {
    text = trim(text);
    int out = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

int from_legacy_alignment(int alignment) {
    auto const column = (alignment - 1) % 4 + 1;
    return alignment >= 9 ? 3 + column : alignment >= 5 ? 6 + column : column;
}

Words::Words(Style const& style, Canvas const& canvas, Markup markup)
    : style_(style), canvas_(canvas), markup_(markup), wanted_(style.look), alignment_(style.alignment) {}

void Words::read(std::string_view text) {
    constexpr std::size_t longest_tag = 500;
    // Each end is looked for once, however many signs would begin something.
    std::size_t brace = 0, angle = 0;
    auto const end = [&](std::size_t& known, char sign, std::size_t from) {
        if (known <= from) known = text.find(sign, from);
        return known;
    };
    for (std::size_t i = 0; i < text.size() && out_.size() < most_cue_text; ++i) {
        // SubRip knows braces by what others put into it; in WebVTT they are signs like others.
        auto const block = text[i] == '{' && (markup_ == Markup::ass || (markup_ == Markup::subrip && text.substr(i).starts_with("{\\")));
        auto close = block ? end(brace, '}', i) : markup_ != Markup::ass && text[i] == '<' ? end(angle, '>', i) : text.npos;
        if (text[i] == '<' && close != text.npos && close - i > longest_tag) close = text.npos;
        if (close != text.npos && (text[i] == '{' || element(text.substr(i + 1, close - i - 1)))) {
            if (text[i] == '{') overrides(text.substr(i + 1, close - i - 1));
            i = close;
        } else if (auto const length = markup_ == Markup::webvtt && text[i] == '&' ? entity(text.substr(i, 8)) : 0; length > 0) {
            i += length - 1;
        } else if (markup_ == Markup::ass && text[i] == '\\' && i + 1 < text.size() &&
                   (text[i + 1] == 'N' || text[i + 1] == 'n' || text[i + 1] == 'h')) {
            put(text[++i] == 'h' ? ' ' : '\n');
        } else if (static_cast<unsigned char>(text[i]) >= 0x20 || text[i] == '\t' || text[i] == '\n') {
            put(text[i]);
        }
    }
    wanted_ = {};
    apply();
}

// Writes the sign that an entity stands for; how long that is, 0 where none begins.
std::size_t Words::entity(std::string_view text) {
    static constexpr std::pair<std::string_view, std::string_view> entities[] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", "\u00a0"}, {"&lrm;", "\u200e"}, {"&rlm;", "\u200f"}, {"&amp;", "&"}};
    for (auto const& [name, sign] : entities) {
        if (!text.starts_with(name)) continue;
        for (auto const c : sign) put(c);
        return name.size();
    }
    return 0;
}

std::string Words::text() const {
    std::string out;
    for (auto const line : split(out_, '\n'))
        if (!trim(line).empty()) out += (out.empty() ? "" : "\n") + std::string(trim(line));
    return out;
}

std::string Words::settings() const {
    char text[80];
    auto const column = (alignment_ - 1) % 3, row = (alignment_ - 1) / 3; // 0 left or below
    auto const* const side = column == 0 ? "start" : column == 1 ? "center" : "end";
    if (fixed_) {
        auto const percent = [](double part, double all) { return std::clamp(part / std::max(1.0, all) * 100, 0.0, 100.0); };
        std::snprintf(text, sizeof text, " position:%.1f%%,%s line:%.1f%%,%s align:%s", percent(x_, canvas_.width),
            column == 0   ? "line-left"
            : column == 1 ? "center"
                          : "line-right",
            percent(y_, canvas_.height),
            row == 0   ? "end"
            : row == 1 ? "center"
                       : "start",
            side);
        return text;
    }
    std::string out;
    if (row == 1) out += " line:50%,center";
    if (row == 2) out += " line:0";
    if (column != 1) out += column == 0 ? " position:5%,line-left align:start" : " position:95%,line-right align:end";
    return out;
}

void Words::put(char c) {
    if (drawing_) return;
    apply();
    append_escaped(out_, c);
}

// Tags are closed in the reverse order of their opening.
void Words::apply() {
    if (wanted_ == open_) return;
    if (open_.underline) out_ += "</u>";
    if (open_.italic) out_ += "</i>";
    if (open_.bold) out_ += "</b>";
    if (wanted_.bold) out_ += "<b>";
    if (wanted_.italic) out_ += "<i>";
    if (wanted_.underline) out_ += "<u>";
    open_ = wanted_;
}

// False: no tag that anybody writes in subtitles, so it is text.
bool Words::element(std::string_view tag) {
    auto name = lower_ascii(trim(tag));
    auto const opens = !name.starts_with('/');
    if (!opens) name.erase(0, 1);
    name = name.substr(0, name.find_first_of(" ./"));
    if (name == "i" || name == "em") wanted_.italic = opens;
    else if (name == "b" || name == "strong") wanted_.bold = opens;
    else if (name == "u") wanted_.underline = opens;
    else if (name == "br") put('\n');
    else
        return (!name.empty() && name[0] >= '0' && name[0] <= '9' && name.find(':') != name.npos) || name == "lang" || name == "font" ||
               name == "s" || name == "span" || name == "ruby" || name == "rt" || name == "c" || name == "v";
    return true;
}

void Words::overrides(std::string_view block) {
    while (true) {
        auto const slash = block.find('\\');
        if (slash == block.npos) return;
        block.remove_prefix(slash + 1);
        auto end = block.find('\\');
        if (block.starts_with("pos(") || block.starts_with("move(")) end = block.find(')');
        one(block.substr(0, end));
        if (end == block.npos) return;
        block.remove_prefix(end);
    }
}

void Words::one(std::string_view tag) {
    auto const after = [&](std::string_view name) { return tag.substr(name.size()); };
    auto const is_switch = [&](std::string_view name) {
        return tag.starts_with(name) && tag.size() > name.size() && tag[name.size()] >= '0' && tag[name.size()] <= '9';
    };
    if (is_switch("i")) wanted_.italic = whole_of(after("i")) != 0;
    else if (is_switch("b")) wanted_.bold = whole_of(after("b")) == 1 || whole_of(after("b")) >= 600;
    else if (is_switch("u")) wanted_.underline = whole_of(after("u")) != 0;
    else if (tag == "i") wanted_.italic = style_.look.italic;
    else if (tag == "b") wanted_.bold = style_.look.bold;
    else if (is_switch("an")) alignment_ = std::clamp(whole_of(after("an")), 1, 9);
    else if (is_switch("a")) alignment_ = from_legacy_alignment(std::clamp(whole_of(after("a")), 1, 11));
    else if (is_switch("p")) drawing_ = whole_of(after("p")) > 0;
    else if (tag.starts_with("pos(") || tag.starts_with("move(")) fix(tag.substr(tag.find('(') + 1));
    else if (tag.starts_with("r")) wanted_ = style_.look;
}

void Words::fix(std::string_view numbers) {
    auto const parts = split(numbers, ',');
    if (parts.size() >= 2) {
        fixed_ = true;
        x_ = decimal_of(parts[0]);
        y_ = decimal_of(parts[1]);
    }
}

void each_line(std::string_view text, std::function<void(std::string_view, int)> const& take) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    auto const end = text.find('\n') == text.npos ? '\r' : '\n';
    int number = 0;
    for (auto line : split(text, end)) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        take(line, ++number);
    }
}

std::string write_cues(std::vector<Cue> cues) {
    std::sort(cues.begin(), cues.end());
    cues.erase(std::unique(cues.begin(), cues.end()), cues.end()); // effects draw one line many times over itself
    std::string out;
    for (auto const& cue : cues)
        out +=
            (out.empty() ? "WEBVTT\n\n" : "\n") + clock(cue.from_ms) + " --> " + clock(cue.to_ms) + cue.settings + "\n" + cue.text + "\n";
    return out;
}

} // namespace mozi::media
