// Reading what proxies wrote.
#include <mozi/net/forwarded.hpp>

#include <mozi/net/head_judge.hpp>

#include <algorithm>
#include <cctype>

namespace mozi::net {
namespace {

// From the nearest outwards; nothing where it cannot be read or is hidden.
using Hops = std::vector<std::optional<std::string>>;

std::string_view trimmed(std::string_view text) {
    auto const from = text.find_first_not_of(" \t");
    return from == text.npos ? std::string_view{} : text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

template <class F>
void each_line_from_the_last(Request const& request, std::string_view name, F&& f) {
    for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header)
        if (iequals(header->name, name) && !f(header->value)) return;
}

Hops hops_of_x_forwarded_for(Request const& request) {
    Hops out;
    each_line_from_the_last(request, "x-forwarded-for", [&](std::string_view line) {
        for (;;) {
            auto const comma = line.rfind(',');
            out.push_back(plain_address(trimmed(comma == line.npos ? line : line.substr(comma + 1))));
            if (comma == line.npos) return true;
            line = line.substr(0, comma);
        }
    });
    return out;
}

struct Element {
    std::optional<std::string> for_, proto; // as written, without quotes
};

// One "name=value" or "name=\"quoted\"" and what follows it: ';', ',' or nothing. False where it is none.
bool read_pair(std::string_view& line, Element& into, char& after) {
    auto const equals = line.find('=');
    auto const name = trimmed(line.substr(0, equals));
    if (equals == line.npos || name.empty() || name.find_first_of(" \t\",;") != name.npos) return false;
    line.remove_prefix(equals + 1);
    std::string value;
    if (line.starts_with('"')) {
        std::size_t at = 1;
        for (; at < line.size() && line[at] != '"'; ++at) {
            if (line[at] == '\\' && ++at == line.size()) return false;
            value += line[at];
        }
        if (at >= line.size()) return false; // not closed: what a proxy added behind it would be taken for a part of it
        line.remove_prefix(at + 1);
    } else {
        auto const end = std::min(line.find_first_of(";,"), line.size());
        value = trimmed(line.substr(0, end));
        if (value.find_first_of(" \t\"") != value.npos) return false;
        line.remove_prefix(end);
    }
    line = trimmed(line);
    after = line.empty() ? '\0' : line.front();
    if (after && after != ';' && after != ',') return false;
    if (after) line.remove_prefix(1);
    auto* const known = iequals(name, "for") ? &into.for_ : iequals(name, "proto") ? &into.proto : nullptr;
    if (known && *known) return false; // RFC 7239 section 4: once in an element
    if (known) *known = std::move(value);
    return true;
}

// Of one line, in the order they stand there; nothing where it is no such list.
std::optional<std::vector<Element>> elements_of(std::string_view line) {
    std::vector<Element> out(1);
    for (char after = ','; after;) {
        if (!read_pair(line, out.back(), after)) return std::nullopt;
        if (after == ',') out.emplace_back();
    }
    return out;
}

Hops hops_of_forwarded(Request const& request) {
    Hops out;
    each_line_from_the_last(request, "forwarded", [&](std::string_view line) {
        auto const elements = elements_of(line);
        if (!elements) return out.emplace_back(), false;
        for (auto element = elements->rbegin(); element != elements->rend(); ++element)
            out.push_back(element->for_ ? plain_address(*element->for_) : std::nullopt);
        return true;
    });
    return out;
}

} // namespace

std::string client_of(Request const& request, Networks const& trusted) {
    std::string client(request.peer);
    if (!trusted.contain(client)) return client;
    auto hops = hops_of_x_forwarded_for(request);
    auto const other = hops_of_forwarded(request);
    if (hops.empty()) {
        hops = other;
    } else if (!other.empty()) {
        auto const apart = std::ranges::mismatch(hops, other).in1;
        hops.erase(apart, hops.end());
    }
    for (auto& hop : hops) {
        if (!hop) return client;
        client = std::move(*hop);
        if (!trusted.contain(client)) return client;
    }
    return client;
}

bool is_forwarded_twice(Request const& request) {
    if (!request.find("x-forwarded-for") || !request.find("forwarded")) return false;
    auto const hops = hops_of_x_forwarded_for(request), other = hops_of_forwarded(request);
    return hops != other;
}

std::optional<std::string> forwarded_proto(Request const& request) {
    std::optional<std::string> found;
    if (auto const* const line = request.find_last("x-forwarded-proto")) {
        auto const comma = line->rfind(',');
        found = trimmed(comma == line->npos ? *line : line->substr(comma + 1));
    } else if (auto const* const forwarded = request.find_last("forwarded")) {
        if (auto elements = elements_of(*forwarded)) found = std::move(elements->back().proto);
    }
    if (found) std::ranges::transform(*found, found->begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return found;
}

bool is_forwarded(Request const& request) {
    constexpr std::string_view added[]{"x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-proto", "x-forwarded-host", "via"};
    return std::ranges::any_of(added, [&](std::string_view name) { return request.find(name) != nullptr; });
}

} // namespace mozi::net
