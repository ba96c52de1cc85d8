// What other modules ask about titles is answered as their tests believe, and the neighbours in memory answer as the real ones do.
#include "support.hpp"

#include "cases/engagement.hpp"
#include "cases/subjects.hpp"
#include "cases/users.hpp"
#include "cases/videos.hpp"

using namespace mozi;
using namespace mozi::content;

TEST_CASE("other modules learn of titles what their tests believe") {
    on_each_database([](House& house) {
        auto const film = house.add(titled("Nosferatu")).id;
        test::check_subject(
            *house.database, house.movies.subject(), {subject_id(film), {4}, ada, ben},
            [&](bool hidden) {
                if (hidden) house.hear(moderation::ContentHidden{{1}, SubjectKind::movie, film.value});
                else house.hear(moderation::ContentRestored{{1}, SubjectKind::movie, film.value});
            },
            true);
    });
}

TEST_CASE("the neighbours in memory answer as the real ones do") {
    Neighbours around;
    test::check_users(around.people, {ada, mod, {1000}});
    around.reactions.all = {{{{7}, ada}, "LOVE"}, {{{7}, ben}, "WOW"}};
    test::check_engagement(around.reactions, {{7}, {8}, ada, ben});
    around.uploads.all[{501}] = ada;
    test::check_videos(around.uploads, {{501}, {502}, ada, ben});
}
