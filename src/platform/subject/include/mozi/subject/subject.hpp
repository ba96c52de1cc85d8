// The directory of kinds: what a module hands over of the things it owns, and where all others ask about them.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/result.hpp>
#include <mozi/base/subject.hpp>
#include <mozi/db/database.hpp>
#include <mozi/events/events.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi {

struct SubjectFacts {
    Subject subject;
    Id<"user"> owner;
    std::optional<std::string> title, text, address; // `text`: its words, where it is made of words
    bool hidden = false; // by moderation
    bool visible = false; // to who asks
};

// A part that has to be given: an entry without it does not compile.
template <class T>
struct Given : T {
    template <class From>
        requires(!std::same_as<std::remove_cvref_t<From>, Given> && std::convertible_to<From, T>)
    Given(From&& from) : T(std::forward<From>(from)) {} // NOLINT: implicit on purpose
};
template <class Result, class... In>
struct Given<Result(In...)> : std::function<Result(In...)> {
    template <class Call>
        requires(!std::same_as<std::remove_cvref_t<Call>, Given> && !std::same_as<std::remove_cvref_t<Call>, std::nullptr_t>)
    Given(Call&& call) : std::function<Result(In...)>(std::forward<Call>(call)) {} // NOLINT: implicit on purpose
};
template <class T>
    requires(std::is_enum_v<T> || std::same_as<T, bool>)
struct Given<T> {
    T value;
    constexpr Given(std::same_as<T> auto from) : value(from) {} // NOLINT: implicit on purpose
    constexpr operator T() const { return value; } // NOLINT: implicit on purpose
};

// Which event of its owner says that a thing is gone for good.
struct Gone {
    std::string source, event;
    Given<Result<SubjectId>(events::Told const&)> subject;
};

// gone<MovieDeleted>(&MovieDeleted::movie_id)
template <events::Event E, class Holder, Noun noun>
    requires std::derived_from<E, Holder>
Gone gone(Id<noun> Holder::* id) {
    return {std::string(E::source), std::string(E::name), [id](events::Told const& told) -> Result<SubjectId> {
                MOZI_TRY(auto const event, events::read<E>(told));
                return subject_id(event.*id);
            }};
}

struct SubjectEntry {
    Given<SubjectKind> kind;
    Given<Error> missing; // where there is none, or none for who asks: "movie.not_found"
    Given<std::string_view> path; // of its routes: "/api/movies"
    // Those that exist, in any order, with what `asking` may see told. At most 500 ids. One statement of its own, mostly none.
    Given<Result<std::vector<SubjectFacts>>(std::span<SubjectId const> ids, Asking const& asking)> find;
    // Inside the unit in which an effect came to stand on it or went: makes what follows from effects::stands() true. False: it is gone.
    Given<Result<bool>(db::Transaction& tx, SubjectId id)> settle;
    Given<std::optional<Gone>> gone; // std::nullopt: it never goes
    struct Takes {
        Given<bool> comments, reactions;
    } takes;
};

// All kinds. Filled by app while modules are made, in the order of modules.cmake; read by any thread afterwards.
class Directory {
public:
    // Throws std::logic_error with a sentence for a part that cannot be right, or is another kind's.
    void add(std::vector<SubjectEntry> entries);
    // Throws std::logic_error naming a kind that nobody has handed over.
    void check_complete() const;
    std::vector<SubjectEntry> const& entries() const { return entries_; }

    // Those that exist, whether visible or not. One question per kind. Errors: the owners'.
    Result<std::map<Subject, SubjectFacts>> find(std::span<Subject const> subjects, Asking const& asking) const;
    // Error: the entry's `missing`, also when it is not visible to who asks.
    Result<SubjectFacts> get_visible(Subject const& subject, Asking const& asking) const;
    SubjectEntry const& entry(SubjectKind kind) const;

private:
    std::vector<SubjectEntry> entries_;
};

} // namespace mozi
