// Command lines that cannot hold a byte from outside: only literals of the source and numbers can be put into one.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

// Text known when the program was compiled. There is no way to make one from a run-time string.
class Literal {
public:
    template <std::size_t N>
    consteval Literal(char const (&text)[N]) : text_(text, N - 1) {} // NOLINT: implicit on purpose
    consteval Literal() = default;
    constexpr std::string_view view() const { return text_; }

private:
    std::string_view text_;
};

// One argument put together from literals and whole numbers.
class Argument {
public:
    Argument() = default;
    Argument(Literal text) : text_(text.view()) {} // NOLINT: implicit on purpose
    Argument& operator<<(Literal text) {
        text_ += text.view();
        return *this;
    }
    Argument& operator<<(Argument const& other) {
        text_ += other.text_;
        return *this;
    }
    template <std::integral N>
    Argument& operator<<(N number) {
        text_ += std::to_string(number);
        return *this;
    }
    bool empty() const { return text_.empty(); }
    std::string const& text() const { return text_; }

private:
    std::string text_;
};

class Argv {
public:
    Argv& words(std::initializer_list<Literal> literals) {
        for (auto const& literal : literals) items_.emplace_back(literal.view());
        return *this;
    }
    Argv& value(Argument const& argument) {
        items_.push_back(argument.text());
        return *this;
    }
    Argv& option(Literal name, Argument const& argument) { return words({name}).value(argument); }
    Argv& all(Argv const& other) {
        items_.insert(items_.end(), other.items_.begin(), other.items_.end());
        return *this;
    }
    std::vector<std::string> const& items() const { return items_; }

private:
    std::vector<std::string> items_;
};

} // namespace mozi::media
