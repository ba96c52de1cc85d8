// What everybody is held to who owns a kind of thing that others ask about: the entries of the modules, and things in memory.
#pragma once

#include "show.hpp"

#include <mozi/subject/effects.hpp>

#include <functional>

namespace mozi::test {

// `thing` is there and open to everybody; there is no `nothing`.
struct KnownThing {
    SubjectId thing, nothing;
    Id<"user"> owner, stranger;
};

// `hide(true)` and `hide(false)`: a decision on it comes, and is taken back. `whole`: while it is hidden it is there for moderators alone;
// of a person or an upload only what others see of it goes.
inline void check_subject(
    db::Database& database, SubjectEntry const& entry, KnownThing const& known, std::function<void(bool)> const& hide, bool whole) {
    std::vector<SubjectId> const ids{known.nothing, known.thing};
    auto const look = [&](Asking const& asking) {
        auto found = entry.find(ids, asking);
        REQUIRE(found);
        REQUIRE(found->size() == 1); // those that exist, and no place for one that does not
        CHECK(found->front().subject == Subject{entry.kind, known.thing});
        CHECK(found->front().owner == known.owner);
        if (asking.user == known.owner || asking.moderates) CHECK(found->front().title.has_value()); // to others it may say too much
        return found->front();
    };
    Asking const owner{.user = known.owner, .session = {known.owner.value}}, stranger{.user = known.stranger}, guest;
    Asking const moderator{.user = {91}, .session = {91}, .moderates = true};
    auto const open = [&] {
        for (auto const& asking : {owner, stranger, guest, moderator}) {
            auto const facts = look(asking);
            CHECK(facts.visible);
            CHECK_FALSE(facts.hidden);
        }
    };
    open();
    hide(true);
    for (auto const& asking : {owner, stranger, guest, moderator}) CHECK(look(asking).hidden);
    CHECK(look(moderator).visible);
    if (whole)
        for (auto const& asking : {owner, stranger, guest}) CHECK_FALSE(look(asking).visible);
    hide(false);
    open();
    auto const none = entry.find({}, guest);
    CHECK((none && none->empty()));
    CHECK_FALSE(entry.missing.id.empty());
    auto const settled = [&](SubjectId id) { return database.write([&](db::Transaction& tx) { return entry.settle(tx, id); }); };
    CHECK(settled(known.thing).value());
    CHECK_FALSE(settled(known.nothing).value());
}

} // namespace mozi::test
