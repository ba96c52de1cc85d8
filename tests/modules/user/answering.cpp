// What other modules ask about people is answered as their tests believe.
#include "support.hpp"

#include "cases/subjects.hpp"
#include "cases/users.hpp"

#include <mozi/moderation/events.hpp>

using namespace mozi;
using namespace mozi::user;

TEST_CASE("other modules learn of people what their tests believe") {
    on_each_database([](House& house) {
        auto const account = [&](std::string const& name, http::Role role) {
            auto const made = house.made.create_account(name + "@example.org", name, usual_password, role);
            REQUIRE(made);
            return *made;
        };
        auto const ada = account("ada", http::Role::user), mod = account("mod", http::Role::moderator);
        test::check_users(*house.made.users, {ada, mod, {5}});
        CHECK(house.made.users->is_moderator(account("boss", http::Role::admin)).value());
        test::check_subject(
            *house.database, house.made.module.subjects.front(), {subject_id(ada), {5}, ada, mod},
            [&](bool hidden) {
                if (hidden) house.hear(moderation::ContentHidden{{1}, SubjectKind::user_profile, ada.value});
                else house.hear(moderation::ContentRestored{{1}, SubjectKind::user_profile, ada.value});
                CHECK(house.made.users->get_person(ada).value().username == "ada"); // its name stays
            },
            false);
    });
}
