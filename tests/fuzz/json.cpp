// Bodies into a described struct. Oracle: what is accepted keeps every bound, and writing it reads back equal.
#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <cstdlib>

namespace {

struct Body {
    std::string title;
    std::optional<std::string> note;
    std::vector<std::string> names;
    std::optional<std::int64_t> count;
    static constexpr auto fields() {
        using mozi::json::field;
        return std::tuple{field("title", &Body::title, {.min = 1, .max = 20}),
            field("note", &Body::note, {.max = 50, .format = mozi::json::Format::text}),
            field("names", &Body::names, {.max = 5, .absent = mozi::json::Absent::keeps_default, .item_max = 10}),
            field("count", &Body::count, {.min = -5, .max = 1'000})};
    }
};

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using mozi::json::Words;
    auto const read = mozi::json::from_json<Body>({reinterpret_cast<char const*>(data), size}, Words::new_ones);
    if (!read) return 0;
    require(mozi::length_utf8(read->title) <= 20 && mozi::is_utf8(read->title) && mozi::is_visible(read->title));
    require(read->names.size() <= 5 && (!read->count || (*read->count >= -5 && *read->count <= 1000)));
    for (auto const& name : read->names)
        require(mozi::length_utf8(name) <= 10 && mozi::is_visible(name) && mozi::trim_unicode(name) == name);
    auto const text = mozi::json::to_json(*read);
    auto const again = mozi::json::from_json<Body>(text, Words::new_ones);
    require(again.has_value() && mozi::json::to_json(*again) == text);
    return 0;
}
