// What everybody who answers for user::Users is held to: the real one in the user module's tests, the one in memory in those of others.
#pragma once

#include "show.hpp"

#include <mozi/user/api.hpp>

namespace mozi::test {

struct KnownPeople {
    user::UserId member, moderator, nobody;
};

inline void check_users(user::Users& users, KnownPeople const& known) {
    std::vector<user::UserId> const ids{known.moderator, known.nobody, known.member, known.moderator};
    auto const people = users.find_people(ids);
    REQUIRE(people);
    REQUIRE(people->size() == ids.size()); // in the order asked, one as often as it was asked for
    for (std::size_t i = 0; i < ids.size(); ++i) CHECK((*people)[i].id == ids[i]);
    CHECK((*people)[1].username == "deleted");
    CHECK((*people)[1].display_name == "Deleted account");
    for (auto const at : {0, 2, 3}) {
        auto const& found = (*people)[std::size_t(at)];
        auto const one = users.get_person(found.id);
        REQUIRE(one);
        CHECK(one->id == found.id);
        CHECK(one->username == found.username);
        CHECK(one->display_name == found.display_name);
        CHECK(one->avatar_url == found.avatar_url);
        CHECK(found.username != "deleted");
    }
    auto const none = users.find_people({});
    CHECK((none && none->empty()));
    auto const person = users.get_person(known.nobody);
    REQUIRE_FALSE(person);
    CHECK(person.error().id == "user.not_found");
    CHECK(users.is_moderator(known.moderator).value());
    CHECK_FALSE(users.is_moderator(known.member).value());
    auto const moderates = users.is_moderator(known.nobody);
    REQUIRE_FALSE(moderates);
    CHECK(moderates.error().id == "user.not_found");
    CHECK(users.role_of(known.moderator).value() == Role::moderator);
    for (auto const id : {known.member, known.nobody}) CHECK(users.role_of(id).value() == Role::user);
    CHECK(users.others_moderate(Role::user, {{known.member}}).value());
}

} // namespace mozi::test
