// The names of languages.
#include "texts/webvtt.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <array>

namespace mozi::media {
namespace {

// ISO 639-2, both of its codes where there are two, and the shorter one of ISO 639-1.
constexpr std::array<std::pair<std::string_view, std::string_view>, 98> languages{{
    {"afr", "af"},
    {"alb", "sq"},
    {"sqi", "sq"},
    {"amh", "am"},
    {"ara", "ar"},
    {"arm", "hy"},
    {"hye", "hy"},
    {"aze", "az"},
    {"baq", "eu"},
    {"eus", "eu"},
    {"bel", "be"},
    {"ben", "bn"},
    {"bos", "bs"},
    {"bre", "br"},
    {"bul", "bg"},
    {"bur", "my"},
    {"mya", "my"},
    {"cat", "ca"},
    {"chi", "zh"},
    {"zho", "zh"},
    {"cze", "cs"},
    {"ces", "cs"},
    {"dan", "da"},
    {"dut", "nl"},
    {"nld", "nl"},
    {"eng", "en"},
    {"epo", "eo"},
    {"est", "et"},
    {"fao", "fo"},
    {"fin", "fi"},
    {"fre", "fr"},
    {"fra", "fr"},
    {"geo", "ka"},
    {"kat", "ka"},
    {"ger", "de"},
    {"deu", "de"},
    {"gle", "ga"},
    {"glg", "gl"},
    {"gre", "el"},
    {"ell", "el"},
    {"guj", "gu"},
    {"hau", "ha"},
    {"heb", "he"},
    {"hin", "hi"},
    {"hrv", "hr"},
    {"hun", "hu"},
    {"ice", "is"},
    {"isl", "is"},
    {"ibo", "ig"},
    {"ind", "id"},
    {"ita", "it"},
    {"jpn", "ja"},
    {"kan", "kn"},
    {"kaz", "kk"},
    {"khm", "km"},
    {"kor", "ko"},
    {"kur", "ku"},
    {"lao", "lo"},
    {"lat", "la"},
    {"lav", "lv"},
    {"lit", "lt"},
    {"ltz", "lb"},
    {"mac", "mk"},
    {"mkd", "mk"},
    {"mal", "ml"},
    {"mar", "mr"},
    {"may", "ms"},
    {"msa", "ms"},
    {"mlt", "mt"},
    {"mon", "mn"},
    {"nep", "ne"},
    {"nob", "nb"},
    {"nno", "nn"},
    {"nor", "no"},
    {"per", "fa"},
    {"fas", "fa"},
    {"pol", "pl"},
    {"por", "pt"},
    {"pan", "pa"},
    {"rum", "ro"},
    {"ron", "ro"},
    {"rus", "ru"},
    {"slo", "sk"},
    {"slk", "sk"},
    {"slv", "sl"},
    {"som", "so"},
    {"spa", "es"},
    {"srp", "sr"},
    {"swa", "sw"},
    {"swe", "sv"},
    {"tam", "ta"},
    {"tel", "te"},
    {"tha", "th"},
    {"tur", "tr"},
    {"ukr", "uk"},
    {"urd", "ur"},
    {"vie", "vi"},
    {"wel", "cy"},
}};

} // namespace

std::string language_tag(std::string_view text) {
    auto out = lower_ascii(trim(text));
    std::replace(out.begin(), out.end(), '_', '-');
    auto const primary = out.substr(0, out.find('-'));
    if (!is_language_tag(out) || primary == "und" || primary == "mis" || primary == "zxx" || primary == "mul") return {};
    auto const found = std::find_if(languages.begin(), languages.end(), [&](auto const& each) { return each.first == primary; });
    return found == languages.end() ? out : std::string(found->second) + out.substr(primary.size());
}

} // namespace mozi::media
