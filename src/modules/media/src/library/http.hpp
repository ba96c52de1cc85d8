// Routes of the library.
#pragma once

#include "library/library.hpp"

#include <mozi/base/text.hpp>

namespace mozi::media {

class LibraryHttp {
public:
    explicit LibraryHttp(Library& library) : library_(library) {}
    std::vector<http::Route> routes();

private:
    struct One {
        MediaId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    struct Adding : NewText {
        MediaId id;
        static constexpr auto fields() {
            using json::field;
            return std::tuple{field("id", &Adding::id, {.where = json::Where::path}),
                field<Adding, std::string>("language", &Adding::language,
                    {.min = 2, .max = most_language_tag, .format = json::Format::language_tag, .help = "RFC 5646: hu, en-GB."}),
                field<Adding, std::optional<std::string>>("name", &Adding::name, {.max = 100}),
                field<Adding, std::string>("content", &Adding::content,
                    {.min = 1, .max = 2 << 20, .format = json::Format::text, .help = "The whole file: SRT, WebVTT or ASS, in UTF-8."})};
        }
    };
    struct OneText {
        MediaId id;
        std::int64_t number = 0;
        static constexpr auto fields() {
            return std::tuple{json::field("id", &OneText::id, {.where = json::Where::path}),
                json::field("number", &OneText::number, {.min = 1, .max = 1'000'000, .where = json::Where::path})};
        }
    };
    struct Listing : Paging {
        static constexpr auto fields() { return paging_fields<Listing>(); }
    };
    Result<Page<MediaView>> list(http::Call& call, Listing const& in) { return library_.list(call.viewer.id, call.asking(), in); }
    Result<MediaView> get(http::Call& call, One const& in) { return library_.get(in.id, call.asking()); }
    Result<MediaView> retry(http::Call& call, One const& in) { return library_.retry(in.id, call.asking()); }
    Result<http::Empty> remove(http::Call& call, OverAnother const& in);
    Result<MediaView> add_text(http::Call& call, Adding const& in) { return library_.add_text(in.id, call.asking(), in); }
    Result<MediaView> remove_text(http::Call& call, OneText const& in) { return library_.remove_text(in.id, call.asking(), in.number); }

    Library& library_;
};

} // namespace mozi::media
