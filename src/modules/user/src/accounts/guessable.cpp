// A password is cut into pieces as a list of guesses would be made of them; the number of pieces decides.
#include "guessable.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

namespace mozi::user {

namespace {

// What a person in such a place thinks of first, and what makes words into passwords. In lower case.
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
    auto text = fold(password);
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

std::unordered_set<std::string> const& common() {
    static auto const made = [] {
        std::unordered_set<std::string> out;
        for (auto const line : split(common_passwords(), '\n'))
            for (auto const word : split(line, ' ')) out.insert(plain_letters(word));
        return out;
    }();
    return made;
}

// Length of the longest common password that `text` begins with.
std::size_t common_at(std::string_view text) {
    constexpr std::size_t shortest = 4, longest = 20;
    for (auto length = std::min(text.size(), longest); length >= shortest; --length)
        if (common().contains(std::string(text.substr(0, length)))) return length;
    return 0;
}

// As a whole, and each of its words.
void add_known(std::vector<std::string>& said, std::string_view known) {
    auto const letters = plain_letters(known);
    auto const add = [&](std::string_view word) {
        if (word.size() >= 3) said.emplace_back(word);
    };
    add(letters);
    std::string_view rest = letters;
    while (!rest.empty()) {
        auto const end = std::min(rest.find_first_of(" \t._-+@:/,'"), rest.size());
        add(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
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
    auto const raw = fold(password);
    auto const letters = plain_letters(password);
    std::vector<std::string> said(std::begin(words), std::end(words));
    for (auto const word : known) add_known(said, word);
    std::ranges::sort(said, std::greater<>{}, &std::string::size); // the longest that fits
    auto const whole = period_of(raw).size();
    std::size_t pieces = 0;
    for (std::size_t at = 0; at < whole && pieces < enough; ++pieces) {
        auto const rest = std::string_view(letters).substr(at);
        auto length = std::max({run_at(raw, at), common_at(rest), std::size_t(1)});
        if (is_year(std::string_view(raw).substr(at))) length = std::max(length, std::size_t(4));
        for (auto const& word : said)
            if (word.size() > length && rest.starts_with(word)) length = word.size();
        at += length;
    }
    return pieces < enough;
}

} // namespace mozi::user
