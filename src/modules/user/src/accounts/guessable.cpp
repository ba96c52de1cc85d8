// A password is cut into pieces as a list of guesses would be made of them; the number of pieces decides.
#include "guessable.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace mozi::user {

namespace {

// What stands on every list of stolen passwords, and what a person who sets up such a place thinks of first. In lower case.
constexpr std::string_view words[]{"password", "passwort", "jelszo", "admin", "administrator", "root", "user", "guest", "test", "login",
    "welcome", "letmein", "changeme", "secret", "default", "master", "hello", "iloveyou", "love", "monkey", "dragon", "tiger", "football",
    "baseball", "soccer", "hockey", "liverpool", "arsenal", "chelsea", "sunshine", "princess", "superman", "batman", "pokemon", "starwars",
    "shadow", "summer", "winter", "spring", "autumn", "flower", "michael", "jordan", "jessica", "charlie", "ashley", "daniel", "thomas",
    "freedom", "whatever", "trustno", "ninja", "computer", "internet", "server", "google", "samsung", "access", "money", "cheese", "pepper",
    "cookie", "buster", "killer", "family", "friend", "forever", "please", "temp", "demo", "house", "home", "video", "videa", "mozi",
    "movie", "film", "cinema", "kino", "the", "my", "new", "one", "pass", "word", "abc", "qwe", "asd", "yxc", "zxc"};

constexpr std::string_view rows[]{"1234567890", "0987654321", "qwertyuiop", "qwertzuiop", "poiuytrewq", "asdfghjkl", "lkjhgfdsa", "zxcvbnm",
    "yxcvbnm", "azertyuiop", "1q2w3e4r5t6z7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "zaq12wsxcde34rfv"};

// Letters behind signs that are often put in their place.
std::string plain_letters(std::string_view password) {
    auto text = lower_ascii(password);
    constexpr std::string_view from = "@430$5!17+8", to = "aaeossiittb";
    for (char& c : text)
        if (auto const at = from.find(c); at != from.npos) c = to[at];
    return text;
}

// Length of the run that begins at `at`: up, down or the same again, three or more.
std::size_t run_at(std::string_view text, std::size_t at) {
    std::size_t longest = 0;
    for (int const step : {-1, 0, 1}) {
        auto end = at + 1;
        while (end < text.size() && text[end] - text[end - 1] == step) ++end;
        longest = std::max(longest, end - at);
    }
    for (auto const row : rows)
        for (auto length = std::min(row.size(), text.size() - at); length > longest && length >= 3; --length)
            if (row.find(text.substr(at, length)) != row.npos) longest = length;
    return longest >= 3 ? longest : 0;
}

bool is_year(std::string_view text) {
    return text.size() >= 4 && (text.starts_with("19") || text.starts_with("20")) && text[2] >= '0' && text[2] <= '9' && text[3] >= '0' &&
           text[3] <= '9';
}

// The shortest part that makes the whole when it is said again and again.
std::string_view period_of(std::string_view text) {
    for (std::size_t length = 1; length <= text.size() / 2; ++length) {
        auto const same = [&](std::size_t i) { return text[i] == text[i - length]; };
        std::size_t i = length;
        while (i < text.size() && same(i)) ++i;
        if (i == text.size()) return text.substr(0, length);
    }
    return text;
}

} // namespace

bool is_guessable(std::string_view password, std::span<std::string_view const> known) {
    constexpr std::size_t enough = 5;
    auto const raw = lower_ascii(password);
    auto const letters = plain_letters(password);
    std::vector<std::string> said(std::begin(words), std::end(words));
    for (auto const word : known)
        if (word.size() >= 3) said.push_back(plain_letters(word));
    std::ranges::sort(said, std::greater<>{}, &std::string::size); // the longest that fits
    auto const whole = period_of(raw).size();
    std::size_t pieces = 0;
    for (std::size_t at = 0; at < whole && pieces < enough; ++pieces) {
        auto const rest = std::string_view(letters).substr(at);
        auto length = std::max(run_at(raw, at), std::size_t(1));
        if (is_year(std::string_view(raw).substr(at))) length = std::max(length, std::size_t(4));
        for (auto const& word : said)
            if (word.size() > length && rest.starts_with(word)) length = word.size();
        at += length;
    }
    return pieces < enough;
}

} // namespace mozi::user
