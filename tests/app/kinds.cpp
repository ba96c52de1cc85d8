// Every kind of thing there is, on every surface: its place in the API's document, what its owner tells, and one thing of it through
// comments, reactions, reports, hiding, undoing and the events of all that. No kind is named here: a new one is asked the same.
#include "effects_check.hpp"
#include "inhabited.hpp"

#include <mozi/moderation/events.hpp>
#include <mozi/social/events.hpp>
#include <mozi/subject/effects.hpp>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;
using net::Method;

namespace {

struct Lived : Inhabited {
    using Inhabited::Inhabited;

    SubjectFacts facts(Subject const& subject) { // as a moderator sees them
        auto const found = house.directory().find({&subject, 1}, Asking{.moderates = true});
        REQUIRE(found);
        REQUIRE_MESSAGE(found->size() == 1, "the owner of " << subject.text() << " does not find it");
        return found->begin()->second;
    }
    Result<> check_effects() { return app::check_effects({house.databases(), app::module_places()}); }
    // Of it, in the places that are said to keep nothing of effects.
    std::string rows_of(std::string const& module, Subject const& subject) {
        std::string out;
        auto const all = app::module_places();
        for (auto const& place : all.at(module)) {
            if (place.kind != subject.kind || !place.state.empty()) continue;
            std::string columns;
            for (auto const& [name] :
                table<std::string>(*house.databases().at(module), "SELECT name FROM pragma_table_info('" + std::string(place.table) + "')"))
                columns += (columns.empty() ? "" : " || '|' || ") + ("coalesce(CAST(" + name + " AS text), '-')");
            out += scalar<std::string>(*house.databases().at(module),
                "SELECT " + columns + " FROM " + std::string(place.table) + " WHERE " + std::string(place.id) + " = ?", subject.id);
        }
        return out;
    }
};

// Whatever the document says of a choice that begins with the first kind: all of them, in order.
void check_choices(boost::json::value const& value, std::string const& where, int& met) {
    if (auto const* list = value.if_array())
        for (auto const& each : *list) check_choices(each, where, met);
    auto const* object = value.if_object();
    if (!object) return;
    if (auto const* choice = object->if_contains("enum"); choice && choice->as_array().front() == "MOVIE") {
        ++met;
        boost::json::array all;
        for (auto const& [kind, name] : names(SubjectKind{})) all.emplace_back(name);
        CHECK_MESSAGE(*choice == all, where);
    }
    for (auto const& [key, each] : *object) check_choices(each, where + "/" + std::string(key), met);
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The events of that name in the log that are about it.
template <events::Event E>
std::vector<E> told_about(db::Database& database, Subject const& subject) {
    std::vector<E> out;
    for (auto const& [name, payload] : test::table<std::string, std::string>(database, "SELECT name, payload FROM outbox ORDER BY seq")) {
        if (name != E::name) continue;
        auto event = events::read<E>({0, name, E::version, payload});
        REQUIRE(event);
        if (event->kind == subject.kind && SubjectId{event->subject_id} == subject.id) out.push_back(std::move(*event));
    }
    return out;
}

} // namespace

TEST_CASE("every kind has its place in the document of the API") {
    Lived lived(app::Purpose::describe);
    auto const document = boost::json::parse(lived.house.gateway().openapi());
    int met = 0;
    check_choices(document, "", met);
    CHECK(met >= 6);
    auto const& paths = document.at("paths").as_object();
    for (auto const& entry : lived.house.directory().entries()) {
        CAPTURE(entry.path);
        auto const offers = [&](std::string const& path, std::string_view method) {
            auto const* item = paths.if_contains(std::string(entry.path) + path);
            return item && item->as_object().contains(method);
        };
        for (auto const* method : {"get", "post"}) CHECK(offers("/{id}/comments", method) == entry.takes.comments);
        for (auto const* method : {"put", "delete"}) CHECK(offers("/{id}/like", method) == entry.takes.reactions);
    }
}

TEST_CASE("every kind says whose its things are, what they are called and where they are, and nothing of what is not there") {
    Lived lived(app::Purpose::describe);
    for (auto const& [kind, own] : lived.of.things)
        for (auto const id : own.ids) {
            auto const facts = lived.facts({kind, id});
            CAPTURE(facts.subject.text());
            CHECK(facts.subject == Subject{kind, id});
            CHECK(facts.owner == lived.of.ada);
            CHECK((facts.title && !facts.title->empty()));
            CHECK(facts.visible);
            CHECK_FALSE(facts.hidden);
            auto const& entry = lived.house.directory().entry(kind);
            if (entry.takes.comments) CHECK((facts.address && facts.address->starts_with('/')));
            auto const none = lived.house.directory().get_visible({kind, {1}}, Asking{.moderates = true});
            REQUIRE_FALSE(none);
            CHECK(none.error().id == entry.missing.id);
        }
}

TEST_CASE("a thing of any kind is commented on, liked, reported, hidden and brought back, and each of it is told") {
    Lived lived(app::Purpose::serve);
    auto const ben = lived.join("ben", http::Role::user), mona = lived.join("mona", http::Role::moderator),
               vera = lived.join("vera", http::Role::moderator);
    auto& social = *lived.house.databases().at("social");
    auto& moderation = *lived.house.databases().at("moderation");
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        CAPTURE(subject.text());
        auto const& entry = lived.house.directory().entry(kind);
        auto const name = in_quotes(to_text(kind)), id = in_quotes(subject.id.text());
        auto const door = std::string(entry.path) + "/" + subject.id.text(), comments = door + "/comments", like = door + "/like";
        auto const report = R"({"reportType":"SPAM","contentType":)" + name + R"(,"contentId":)" + id + "}";

        std::string words;
        if (entry.takes.comments) {
            auto const said = lived.ask(Method::post, comments, ben, R"({"content":"words of Ben's"})");
            REQUIRE_MESSAGE(said.status == 201, said.text);
            CHECK(said.at("contentType") == boost::json::string(to_text(kind)));
            CHECK(said.text_of("contentId") == subject.id.text());
            words = lived.ask(Method::get, comments, ben).text;
            CHECK(words.find("words of Ben's") != words.npos);
            // Who is to be told of it: the event names the thing, its owner's look-up the rest.
            auto const told = told_about<social::CommentCreated>(social, subject);
            REQUIRE_FALSE(told.empty());
            auto const about = lived.facts({told.back().kind, told.back().subject_id});
            CHECK(about.owner == lived.of.ada);
            CHECK(about.title);
            CHECK(about.address);
            auto const comment = lived.facts({SubjectKind::comment, subject_id(told.back().comment_id)});
            CHECK(comment.title == about.title);
            CHECK(comment.address == *about.address + "#comment-" + told.back().comment_id.text());
        }
        if (entry.takes.reactions) {
            auto const liked = lived.ask(Method::put, like, ben, R"({"type":"LOVE"})");
            REQUIRE_MESSAGE(liked.status == 200, liked.text);
            CHECK(liked.at("likesCount") == 1);
        }

        auto const reported = lived.ask(Method::post, "/api/reports", mona, report);
        REQUIRE_MESSAGE(reported.status == 201, reported.text);
        auto const queue = lived.ask(Method::get, "/api/reports?contentType=" + std::string(to_text(kind)), vera);
        REQUIRE(queue.data().size() == 1);
        auto const& content = queue.data()[0].at("content");
        CHECK(content.at("id").as_string() == subject.id.text());
        CHECK(content.at("author").at("username") == "ada");
        CHECK(content.at("hidden") == false);

        auto const resolve = "/api/reports/" + reported.id() + "/resolve";
        auto const hidden = lived.ask(Method::post, resolve, vera, R"({"action":"HIDE","resolution":"Against the rules."})");
        REQUIRE_MESSAGE(hidden.status == 200, hidden.text);
        REQUIRE(lived.house.dispatcher().settle(10s));
        CHECK_MESSAGE(lived.facts(subject).hidden, "the owner of the kind does not settle what HIDE leaves");
        auto const refuses = [&](Answer const& answer) { CHECK_MESSAGE(answer.status == 404, answer.text); };
        if (entry.takes.comments) {
            refuses(lived.ask(Method::get, comments, ben));
            refuses(lived.ask(Method::post, comments, ben, R"({"content":"more"})"));
        }
        if (entry.takes.reactions) {
            refuses(lived.ask(Method::put, like, ben));
            refuses(lived.ask(Method::delete_, like, ben));
        }
        if (entry.takes.comments || entry.takes.reactions) refuses(lived.ask(Method::post, "/api/reports", ben, report));

        auto const undo = "/api/moderation/actions/" + hidden.text_of("actionId") + "/revert";
        REQUIRE(lived.ask(Method::post, undo, vera, R"({"reason":"A mistake."})").status == 200);
        REQUIRE(lived.house.dispatcher().settle(10s));
        CHECK_FALSE(lived.facts(subject).hidden);
        if (entry.takes.comments) CHECK(lived.ask(Method::get, comments, ben).text == words);
        if (entry.takes.reactions) {
            auto const again = lived.ask(Method::put, like, ben, R"({"type":"LOVE"})");
            REQUIRE_MESSAGE(again.status == 200, again.text);
            CHECK(again.at("likesCount") == 1);
            CHECK(lived.ask(Method::delete_, like, ben).status == 204);
        }

        CHECK(told_about<mozi::moderation::ReportCreated>(moderation, subject).size() == 1);
        CHECK(told_about<mozi::moderation::ContentHidden>(moderation, subject).size() == 1);
        CHECK(told_about<mozi::moderation::ReportResolved>(moderation, subject).size() == 1);
        CHECK(told_about<mozi::moderation::ContentRestored>(moderation, subject).size() == 1);
    }
}

TEST_CASE("what goes for good takes along what is below it") {
    Lived lived(app::Purpose::serve);
    auto& social = *lived.house.databases().at("social");
    for (auto const& entry : lived.house.directory().entries()) {
        if (!entry.gone || !(entry.takes.comments || entry.takes.reactions)) continue;
        auto const id = lived.of.things.at(entry.kind).ids.back();
        auto const door = std::string(entry.path) + "/" + id.text();
        CAPTURE(door);
        auto const below = [&] {
            return scalar<std::int64_t>(social, "SELECT count(*) FROM comment WHERE subject_id = ?", id) +
                   scalar<std::int64_t>(social, "SELECT count(*) FROM reaction WHERE subject_id = ?", id);
        };
        if (entry.takes.comments)
            REQUIRE(lived.ask(Method::post, door + "/comments", lived.of.owner, R"({"content":"below"})").status == 201);
        if (entry.takes.reactions) REQUIRE(lived.ask(Method::put, door + "/like", lived.of.owner).status == 200);
        CHECK(below() == entry.takes.comments + entry.takes.reactions);
        auto const gone = lived.ask(Method::delete_, door, lived.of.owner);
        REQUIRE_MESSAGE(gone.status == 204, gone.text);
        REQUIRE(lived.house.dispatcher().settle(10s));
        CHECK_MESSAGE(below() == 0, "the end of the kind is not told");
    }
}

TEST_CASE("what a module keeps as hidden is held against what was decided, of every kind and wherever it is kept") {
    Lived lived(app::Purpose::serve);
    auto const mona = lived.join("mona", http::Role::moderator), noa = lived.join("noa", http::Role::moderator);
    // A title with a film, so that all there is about titles is kept.
    auto const movie = lived.of.things.at(SubjectKind::movie).ids.front(), film = lived.of.things.at(SubjectKind::media).ids.front();
    auto const shown = lived.ask(Method::put, "/api/movies/" + movie.text(), lived.of.owner,
        R"({"title":"Shown","status":"RELEASED","genres":["Drama"],"releaseDate":"1922-03-04","mediaId":")" + film.text() + "\"}");
    REQUIRE_MESSAGE(shown.status == 200, shown.text);
    REQUIRE(lived.house.dispatcher().settle(10s));
    REQUIRE(lived.check_effects());
    int tried = 0;
    // What somebody writes who has the database is found, and nothing is when it is as it was.
    auto const find = [&](std::string const& module, effects::Place const& place, SubjectId id, int state, std::string const& what) {
        auto const table = std::string(place.table);
        CAPTURE(module + "." + table);
        auto const run = [&](std::string const& sql) {
            std::int64_t rows = 0;
            REQUIRE(lived.house.databases().at(module)->write(
                [&](db::Transaction& tx) -> Result<> { return rows = tx->run(sql), Result<>{}; }));
            return rows;
        };
        run("CREATE TABLE as_it_was AS SELECT * FROM " + table);
        REQUIRE(run("UPDATE OR IGNORE " + table + " SET " + std::string(place.state) + " = " + std::to_string(state) + " WHERE " +
                    std::string(place.id) + " = " + id.text()) > 0);
        auto const found = lived.check_effects();
        REQUIRE_FALSE(found);
        CHECK(found.error().id == "moderation.effect_broken");
        CHECK_MESSAGE(found.error().message.find(what) != std::string::npos, found.error().message);
        CHECK_MESSAGE(found.error().message.find(id.text()) != std::string::npos, found.error().message);
        run("DELETE FROM " + table), run("INSERT INTO " + table + " SELECT * FROM as_it_was"), run("DROP TABLE as_it_was");
        auto const whole = lived.check_effects();
        REQUIRE_MESSAGE(whole, whole.error().message);
        ++tried;
    };
    std::int64_t row = 0;
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        CAPTURE(subject.text());
        auto const before = lived.rows_of(own.module, subject);
        auto const each = [&](auto&& use) {
            for (auto const& [module, places] : app::module_places())
                for (auto const& place : places)
                    if (place.kind == kind && !place.state.empty()) use(module, place);
        };
        each([&](auto const& module, auto const& place) { find(module, place, subject.id, place.hidden, "as hidden, and no decision"); });
        auto const action = lived.hide(subject, noa, mona);
        ++row;
        CHECK_MESSAGE(before == lived.rows_of(own.module, subject),
            "the kind " << to_text(kind) << " keeps what effects hide in a table, and does not say in which column");
        each([&](auto const& module, auto const& place) {
            find(module, place, subject.id, place.hidden - 1, "row " + std::to_string(row) + " of");
        });
        REQUIRE(lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", mona, R"({"reason":"a mistake"})").status == 200);
        REQUIRE(lived.house.dispatcher().settle(10s));
        ++row;
    }
    CHECK(tried >= 8);
    // One shelf of several shows it.
    auto const action = lived.hide({SubjectKind::movie, movie}, noa, mona);
    auto& content = *lived.house.databases().at("content");
    REQUIRE(content.write([&](db::Transaction& tx) -> Result<> {
        REQUIRE(tx->run("UPDATE movie_shelf SET state = 3 WHERE kind = 2 AND movie_id = ?", movie) == 1);
        return {};
    }));
    CHECK_FALSE(lived.check_effects());
}

TEST_CASE("what is on its way from a decision to the thing is no fault, of any kind, until it was heard") {
    Lived lived(app::Purpose::describe); // nobody listens yet
    auto const mona = lived.join("mona", http::Role::moderator), noa = lived.join("noa", http::Role::moderator);
    auto const movie = lived.of.things.at(SubjectKind::movie).ids.front(), film = lived.of.things.at(SubjectKind::media).ids.front();
    auto const in = [&](std::string const& module, auto&& by) { REQUIRE(lived.house.databases().at(module)->write(by)); };
    auto const run = [&](std::string const& module, std::string const& sql) {
        in(module, [&](db::Transaction& tx) -> Result<> { return tx->run(sql), Result<>{}; });
    };
    auto const whole = [&](std::string const& when) {
        auto const checked = lived.check_effects();
        CHECK_MESSAGE(checked, when << ": " << checked.error().message);
    };
    run("media", "INSERT INTO title (movie_id, media_id, released, hidden) VALUES (" + movie.text() + ", " + film.text() + ", 1, 0)");
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        CAPTURE(subject.text());
        auto const& entry = lived.house.directory().entry(kind);
        ActionId const action{*parse_id(lived.hide(subject, noa, mona))};
        whole("decided");
        // Its own module first, those that hear of that later.
        in(own.module, [&](db::Transaction& tx) { return effects::apply(tx, entry, subject.id, action, Effect::hide); });
        whole("arrived");
        if (kind == SubjectKind::movie) run("media", "UPDATE title SET hidden = 1");
        auto const undo = "/api/moderation/actions/" + action.text() + "/revert";
        REQUIRE(lived.ask(Method::post, undo, mona, R"({"reason":"A mistake."})").status == 200);
        whole("taken back");
        in(own.module, [&](db::Transaction& tx) { return effects::undo(tx, entry, subject.id, action); });
        whole("as before");
    }
    // Who has heard all of it and kept none of it is at fault.
    run("media", "INSERT INTO listener_cursor (listener, source, seq) VALUES ('media.titles', 'content', 1000000)");
    auto const found = lived.check_effects();
    REQUIRE_FALSE(found);
    CHECK(found.error().message.find("The table title of media has " + Subject{SubjectKind::movie, movie}.text()) != std::string::npos);
    run("media", "UPDATE title SET hidden = 0");
    whole("mended");
}

TEST_CASE("what is kept as hidden is looked through along indexes, of every kind") {
    Lived lived(app::Purpose::describe);
    for (auto const& [module, places] : app::module_places())
        for (auto const& place : places) {
            if (place.state.empty()) continue;
            auto& database = *lived.house.databases().at(module);
            auto shown = effects::called_shown_sql(place);
            shown.replace(shown.find("{list}"), 6, "(1, 2)");
            auto const along = plan(database, effects::called_hidden_sql(place)), of_some = plan(database, shown);
            auto const name = module + "." + std::string(place.table);
            CHECK_MESSAGE(along.starts_with("SEARCH t USING"), name << ": " << along);
            CHECK_MESSAGE(along.find("INTEGER PRIMARY KEY") == along.npos, name << ": " << along); // that would be a walk past all of them
            CHECK_MESSAGE(of_some.starts_with("SEARCH t USING"), name << ": " << of_some);
        }
}
