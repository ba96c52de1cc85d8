// The directory of kinds refuses an entry whose parts cannot be right, with a sentence that names the kind and the part.
#include "show.hpp"

#include <mozi/subject/subject.hpp>

#include <functional>
#include <stdexcept>

using namespace mozi;

namespace {

Gone end_by(std::string event) {
    return {"content", std::move(event), [](events::Told const&) -> Result<SubjectId> { return SubjectId{}; }};
}

SubjectEntry movie() {
    return {.kind = SubjectKind::movie,
        .missing = not_found("movie.not_found"),
        .path = "/api/movies",
        .find = [](std::span<SubjectId const>, Asking const&) -> Result<std::vector<SubjectFacts>> { return std::vector<SubjectFacts>{}; },
        .settle = [](db::Transaction&, SubjectId) -> Result<bool> { return true; },
        .gone = end_by("content.movie.deleted"),
        .takes = {.comments = true, .reactions = true}};
}

SubjectEntry media() {
    auto out = movie();
    out.kind = SubjectKind::media;
    out.missing = not_found("media.not_found");
    out.path = "/api/media";
    out.gone = end_by("media.deleted");
    return out;
}

std::string refusal(std::vector<SubjectEntry> entries) {
    Directory directory;
    try {
        directory.add(std::move(entries));
    } catch (std::logic_error const& why) { return why.what(); }
    return {};
}

} // namespace

TEST_CASE("an entry with all its parts is taken, also one that never goes") {
    auto lasting = media();
    lasting.gone = std::nullopt;
    CHECK(refusal({movie(), media()}) == "");
    CHECK(refusal({movie(), lasting}) == "");
}

TEST_CASE("a part that cannot be right is refused by name") {
    struct {
        std::function<void(SubjectEntry&)> spoil;
        std::string sentence;
    } const table[] = {
        {[](auto& e) { e.missing.id.clear(); }, "the kind MEDIA has no error for what is not there"},
        {[](auto& e) { e.missing.code = Code::forbidden; }, "the kind MEDIA has no error for what is not there"},
        {[](auto& e) { e.path = ""; }, "the kind MEDIA has no address of its own: \"\""},
        {[](auto& e) { e.path = "/media"; }, "the kind MEDIA has no address of its own: \"/media\""},
        {[](auto& e) { e.path = "/api/media/"; }, "the kind MEDIA has no address of its own: \"/api/media/\""},
        {[](auto& e) { e.path = "/api/media/{id}"; }, "the kind MEDIA has no address of its own: \"/api/media/{id}\""},
        {[](auto& e) {
             e.find = decltype(e.find)(std::function<Result<std::vector<SubjectFacts>>(std::span<SubjectId const>, Asking const&)>());
         },
            "the kind MEDIA does not look its things up"},
        {[](auto& e) { e.settle = decltype(e.settle)(std::function<Result<bool>(db::Transaction&, SubjectId)>()); },
            "the kind MEDIA does not settle what decisions leave"},
        {[](auto& e) { e.gone->event.clear(); }, "the kind MEDIA does not say which event is its end"},
        {[](auto& e) { e.kind = SubjectKind::movie; }, "two modules hand over the kind MOVIE"},
        {[](auto& e) { e.missing = not_found("movie.not_found"); }, "the kinds MOVIE and MEDIA have the same error movie.not_found"},
        {[](auto& e) { e.path = "/api/movies"; }, "the kinds MOVIE and MEDIA have the same address /api/movies"},
        {[](auto& e) { e.gone = end_by("content.movie.deleted"); }, "the kinds MOVIE and MEDIA have the same end content.movie.deleted"},
    };
    for (auto const& [spoil, sentence] : table) {
        auto entry = media();
        spoil(entry);
        CHECK(refusal({movie(), entry}) == sentence);
    }
}

TEST_CASE("a kind that nobody hands over is named") {
    Directory directory;
    directory.add({movie(), media()});
    CHECK_THROWS_WITH_AS(directory.check_complete(), "no module hands over the kind COMMENT", std::logic_error);
    CHECK_THROWS_WITH_AS((void)directory.entry(SubjectKind::comment), "no module hands over the kind COMMENT", std::logic_error);
}

namespace {
enum class Whole { one, two };
constexpr auto names(Whole) { return std::array{std::pair{Whole::one, "ONE"sv}, std::pair{Whole::two, "TWO"sv}}; }
enum class Lacking { one, two, three };
constexpr auto names(Lacking) { return std::array{std::pair{Lacking::one, "ONE"sv}, std::pair{Lacking::three, "THREE"sv}}; }
enum class Last { one, two };
constexpr auto names(Last) { return std::array{std::pair{Last::one, "ONE"sv}}; }
enum class Twice { one, two };
constexpr auto names(Twice) { return std::array{std::pair{Twice::one, "ONE"sv}, std::pair{Twice::two, "ONE"sv}}; }
} // namespace

TEST_CASE("a word without a name, or two with one, is seen when it is compiled") {
    static_assert(all_named<Whole>());
    static_assert(!all_named<Lacking>());
    static_assert(!all_named<Last>());
    static_assert(!all_named<Twice>());
}
