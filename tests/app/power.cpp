// Power leaves a trace and has a rank: over the whole house, of every kind of thing there is.
#include "inhabited.hpp"

#include "effects_check.hpp"

#include <mozi/subject/effects.hpp>

#include <sqlite3.h>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;
using net::Method;

namespace {

struct Lived : Inhabited {
    Lived() : Inhabited(app::Purpose::serve) {}

    // Every row of its module, but the log.
    std::string rows_of(std::string const& module) {
        std::string out;
        auto& database = *house.databases().at(module);
        REQUIRE(database.read([&](db::Connection& c) -> Result<> {
            std::vector<std::string> tables;
            c.each<std::string>(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('outbox', "
                "'listener_cursor', 'idempotency_key', 'session', 'refresh_token') ORDER BY name",
                [&](std::string name) { tables.push_back(std::move(name)); });
            for (auto const& table : tables) {
                std::string columns;
                c.each<std::string>(
                    "SELECT name FROM pragma_table_info(?) ORDER BY cid",
                    [&](std::string const& name) {
                        columns += (columns.empty() ? "" : " || '|' || ") + ("coalesce(CAST(" + name + " AS text), '-')");
                    },
                    table);
                c.each<std::string>("SELECT " + columns + " FROM " + table + " ORDER BY 1",
                    [&](std::string const& row) { out += table + " " + row + "\n"; });
            }
            return {};
        }));
        return out;
    }
    std::map<std::string, db::Database*> databases() { return house.databases(); }
    Result<> check() { return app::check_effects({databases(), app::module_places()}); }
};

} // namespace

TEST_CASE("no route changes or deletes another's thing of any kind for a moderator or an administrator, shown or hidden") {
    Lived lived;
    auto const mona = lived.join("mona", http::Role::moderator), vera = lived.join("vera", http::Role::admin),
               ben = lived.join("ben", http::Role::user), noa = lived.join("noa", http::Role::moderator);
    auto const document = boost::json::parse(lived.house.gateway().openapi());
    auto const attack = [&](Subject const& subject, std::string const& module) {
        auto const& entry = lived.house.directory().entry(subject.kind);
        auto const before = lived.rows_of(module);
        int tried = 0;
        for (auto const& [path, item] : document.at("paths").as_object()) {
            if (!path.starts_with(std::string(entry.path) + "/{")) continue;
            for (auto const method : {Method::put, Method::patch, Method::post, Method::delete_}) {
                auto name = std::string(net::to_string(method));
                std::ranges::transform(name, name.begin(), [](char c) { return char(std::tolower(c)); });
                if (!item.as_object().contains(name)) continue;
                auto target = std::string(path);
                target.replace(target.find('{'), target.find('}') - target.find('{') + 1, subject.id.text());
                for (auto at = target.find('{'); at != target.npos; at = target.find('{'))
                    target.replace(at, target.find('}') - at + 1, "1");
                if (target.ends_with("/comments") || target.ends_with("/like")) continue; // one's own word on it
                for (auto const& who : {mona, vera, ben})
                    for (auto const* body : {"", R"({"title":"x","status":"RELEASED"})", R"({"content":"x"})", R"({"displayName":"x"})",
                             R"({"language":"hu","content":"x"})"}) {
                        if (method == Method::delete_ && *body) continue;
                        auto const answer = lived.ask(method, target, who, body);
                        CHECK_MESSAGE(answer.status >= 400, name << " " << target << " " << body << " → " << answer.status);
                        ++tried;
                    }
            }
        }
        CHECK_MESSAGE(tried > 0, subject.text());
        CHECK_MESSAGE(lived.rows_of(module) == before, subject.text());
    };
    for (auto const& [kind, own] : lived.of.things)
        for (auto const id : own.ids) attack({kind, id}, own.module);
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        auto const action = lived.hide(subject, noa, vera);
        attack(subject, own.module);
        CHECK(lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", mona, R"({"reason":"I know better."})").id() ==
              "moderation.rank");
        CHECK(
            lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", lived.of.owner, R"({"reason":"mine"})").status == 403);
        REQUIRE(lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", vera, R"({"reason":"a mistake"})").status == 200);
        REQUIRE(lived.house.dispatcher().settle(10s));
    }
}

TEST_CASE("an owner neither rewrites nor deletes what is hidden, of any kind, and everything is as it was afterwards") {
    Lived lived;
    auto const mona = lived.join("mona", http::Role::moderator), noa = lived.join("noa", http::Role::moderator);
    std::map<SubjectKind, std::string> const bodies{{SubjectKind::movie, R"({"title":"x","status":"CANCELLED"})"},
        {SubjectKind::comment, R"({"content":"x"})"}, {SubjectKind::user_profile, R"({"displayName":"x"})"}};
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        CAPTURE(subject.text());
        auto const door = std::string(lived.house.directory().entry(kind).path) + "/" + subject.id.text();
        auto const before = lived.rows_of(own.module);
        auto const action = lived.hide(subject, noa, mona);
        auto const during = lived.rows_of(own.module);
        for (auto const& answer : {lived.ask(Method::put, door, lived.of.owner, bodies.contains(kind) ? bodies.at(kind) : ""),
                 lived.ask(Method::delete_, door, lived.of.owner)}) {
            if (answer.status == 405) continue; // there is no such thing to do
            CHECK_MESSAGE(answer.status == 409, answer.text);
            CHECK(answer.text_of("id").ends_with(".hidden"));
            CHECK(answer.at("next").is_string());
        }
        CHECK(lived.rows_of(own.module) == during);
        REQUIRE(lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", mona, R"({"reason":"a mistake"})").status == 200);
        REQUIRE(lived.house.dispatcher().settle(10s));
        CHECK(lived.rows_of(own.module) == before);
    }
    CHECK(*lived.house.record().verify() == std::int64_t(2 * lived.of.things.size()));
}

TEST_CASE("an effect nobody decided, one that is gone and one that outlived its decision are found, by the row of the record") {
    Lived lived;
    auto const mona = lived.join("mona", http::Role::moderator), noa = lived.join("noa", http::Role::moderator);
    std::int64_t row = 0;
    for (auto const& [kind, own] : lived.of.things) {
        Subject const subject{kind, own.ids.front()};
        CAPTURE(subject.text());
        auto const action = lived.hide(subject, noa, mona);
        ++row;
        REQUIRE(lived.check());
        auto& database = *lived.databases().at(own.module);
        auto const run = [&](std::string const& sql) {
            REQUIRE(database.write([&](db::Transaction& tx) -> Result<> { return tx->run(sql), Result<>{}; }));
        };
        auto const find = [&](std::string const& what) {
            auto const found = lived.check();
            REQUIRE_FALSE(found);
            CHECK(found.error().id == "moderation.effect_broken");
            CHECK_MESSAGE(found.error().message.find(what) != std::string::npos, found.error().message);
        };
        auto const values = "VALUES (" + subject.id.text() + ", " + action + ", 'HIDE')";
        run("DELETE FROM effect WHERE action_id = " + action); // shown again by hand
        find("row " + std::to_string(row) + " of");
        run("INSERT INTO effect (subject_id, action_id, effect) " + values);
        REQUIRE(lived.check());
        run("INSERT INTO effect (subject_id, action_id, effect) VALUES (" + own.ids.back().text() + ", 77, 'HIDE')"); // hidden by nobody
        find("no row");
        run("DELETE FROM effect WHERE action_id = 77");
        run("UPDATE effect SET effect = 'HIDDEN' WHERE action_id = " + action); // a word that hides nothing
        find("row " + std::to_string(row) + " of");
        run("UPDATE effect SET effect = 'HIDE' WHERE action_id = " + action);
        run("INSERT INTO effect (subject_id, action_id, effect) VALUES (" + subject.id.text() + ", " + action + ", 'HIDDEN')"); // one more
        find("row " + std::to_string(row) + " of");
        run("DELETE FROM effect WHERE effect = 'HIDDEN'");
        REQUIRE(lived.ask(Method::post, "/api/moderation/actions/" + action + "/revert", mona, R"({"reason":"a mistake"})").status == 200);
        REQUIRE(lived.house.dispatcher().settle(10s));
        ++row;
        REQUIRE(lived.check());
        run("INSERT INTO effect (subject_id, action_id, effect) " + values); // hidden on, though it was taken back
        find("row " + std::to_string(row - 1) + " of");
        run("DELETE FROM effect WHERE action_id = " + action);
    }
    CHECK(lived.check());
}

namespace {

void run_sql(std::filesystem::path const& file, std::string const& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    CHECK_MESSAGE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
    sqlite3_close(database);
}

std::string text_in(Reply const& reply, char const* key) { return std::string(reply.json().at(key).as_string()); }

// One who reports, one who decides, and something to decide on.
struct Deciding {
    Server const& server;
    Person admin, ada, ben;
    std::string movie;
    explicit Deciding(Server const& at) : server(at), admin(first_admin(at)), ada(join(at, "ada")), ben(appoint(at, "ben", "MODERATOR")) {
        movie = text_in(server.ask("POST", "/api/movies", ada.access, R"({"title":"Shown","status":"RELEASED"})"), "id");
    }
    // The action, where there is one.
    std::string decide(std::string const& why, std::string const& action) const {
        auto const report = server.ask(
            "POST", "/api/reports", ben.access, R"({"contentType":"MOVIE","reportType":")" + why + R"(","contentId":")" + movie + "\"}");
        REQUIRE_MESSAGE(report.status == 201, report.body);
        auto const resolved = server.ask("POST", "/api/reports/" + text_in(report, "id") + "/resolve", admin.access,
            R"({"action":")" + action + R"(","resolution":"Said."})");
        REQUIRE_MESSAGE(resolved.status == 200, resolved.body);
        return action == "NONE" ? "" : text_in(resolved, "actionId");
    }
    void revert(std::string const& action) const {
        REQUIRE(
            server.ask("POST", "/api/moderation/actions/" + action + "/revert", admin.access, R"({"reason":"a mistake"})").status == 200);
    }
};

// What doctor prints; a fault or none, and these words.
void doctor(std::filesystem::path const& data, bool whole, std::string const& says) {
    auto const ran = run(command(data, {"doctor"}), "/");
    CHECK_MESSAGE((ran.out.find("FAULT") == ran.out.npos) == whole, ran.out << ran.err);
    CHECK_MESSAGE(ran.status == (whole ? 0 : 69), ran.out << ran.err);
    CHECK_MESSAGE(ran.out.find(says) != std::string::npos, ran.out << ran.err);
}

} // namespace

TEST_CASE("doctor looks at the record itself beside a running server, and one that is busy deciding is no fault") {
    Folder folder;
    auto const data = folder.path / "data";
    Server server(data, {"limits.enabled=false"});
    Deciding const deciding(server);
    deciding.decide("SPAM", "NONE");
    std::atomic<bool> enough{false};
    std::atomic<int> decided{0};
    std::thread busy([&] {
        try {
            while (!enough) deciding.revert(deciding.decide("SPAM", "HIDE")), ++decided; // ben sees what is hidden
        } catch (...) {} // told already
    });
    for (int i = 0; i < 4; ++i) doctor(data, true, "sealed, anchored, and as decided");
    enough = true;
    busy.join();
    CHECK(decided > 10);
    auto const row = "WHERE seq = 1";
    run_sql(data / "moderation.db", std::string("UPDATE moderation_audit SET reason = 'Never said.' ") + row);
    doctor(data, false, "row 1.");
    run_sql(data / "moderation.db", std::string("UPDATE moderation_audit SET reason = 'Said.' ") + row);
    doctor(data, true, "sealed, anchored, and as decided");
    run_sql(data / "content.db", "UPDATE movie SET hidden = 1");
    doctor(data, false, "FAULT The table movie of content has MOVIE " + deciding.movie + " as hidden, and no decision hides it");
    CHECK(
        server.get("/health/services").body.find("record of decisions does not") == std::string::npos); // that is its own look, once a day
}

TEST_CASE("doctor without a server finds an effect that is gone, one that outlived its decision, and a column that was changed") {
    Folder folder;
    auto const data = folder.path / "data";
    std::string movie, undone, standing;
    {
        Server server(data);
        Deciding const deciding(server);
        movie = deciding.movie;
        undone = deciding.decide("SPAM", "HIDE");
        deciding.revert(undone);
        standing = deciding.decide("SPAM", "HIDE");
        CHECK(server.wait_until([&] { return server.get("/api/movies/" + movie).status == 404; }));
        CHECK(server.stop() == 0);
    }
    doctor(data, true, "sealed, anchored, and as decided");
    auto const values = [&](std::string const& action) {
        return "INSERT INTO effect (subject_id, action_id, effect) VALUES (" + movie + ", " + action + ", 'HIDE')";
    };
    run_sql(data / "content.db", "DELETE FROM effect; UPDATE movie SET hidden = 0; UPDATE movie_shelf SET state = 3");
    doctor(data, false, "MOVIE " + movie + " was hidden, and is not (decision " + standing + ", row 3 of the record");
    run_sql(data / "content.db", values(standing));
    doctor(data, false, "The table movie of content has MOVIE " + movie + " as shown, and a decision hides it (decision " + standing);
    run_sql(data / "content.db", "UPDATE movie SET hidden = 1; UPDATE movie_shelf SET state = 5; " + values(undone));
    doctor(data, false, "content has the effect HIDE on " + movie + " by a decision that does not stand (decision " + undone);
    run_sql(data / "content.db", "DELETE FROM effect WHERE action_id = " + undone);
    doctor(data, true, "sealed, anchored, and as decided");
    run_sql(data / "content.db", "DELETE FROM effect; DELETE FROM movie_shelf; DELETE FROM movie"); // what is gone has no effects
    run_sql(data / "media.db", "DELETE FROM title");
    doctor(data, true, "sealed, anchored, and as decided");
}

TEST_CASE("doctor names the row of the record that was changed or is missing, while the server runs and when it does not, until that is "
          "accepted") {
    Folder folder;
    auto const data = folder.path / "data";
    enum class Record { whole, broken };
    auto const doctor = [&](Record record, std::string const& says) {
        auto const ran = run(command(data, {"doctor"}), "/");
        CHECK_MESSAGE((ran.out.find("FAULT The record of decisions") != ran.out.npos) == (record == Record::broken), ran.out << ran.err);
        CHECK_MESSAGE(ran.out.find(says) != std::string::npos, ran.out << ran.err);
        if (record == Record::broken) CHECK(ran.status == 69);
    };
    auto const change = [&](std::string const& sql) { run_sql(data / "moderation.db", sql); };
    {
        Server server(data);
        auto const admin = first_admin(server), ada = join(server, "ada"), ben = join(server, "ben");
        auto const movie = server.ask("POST", "/api/movies", ada.access, R"({"title":"Shown","status":"RELEASED"})").json();
        for (auto const* why : {"SPAM", "OTHER", "THREAT"}) {
            auto const report = server.ask("POST", "/api/reports", ben.access,
                R"({"contentType":"MOVIE","reportType":")" + std::string(why) + R"(","contentId":")" +
                    std::string(movie.at("id").as_string()) + "\"}");
            REQUIRE(report.status == 201);
            REQUIRE(server
                        .ask("POST", "/api/reports/" + std::string(report.json().at("id").as_string()) + "/resolve", admin.access,
                            R"({"action":"NONE","resolution":"Fine."})")
                        .status == 200);
        }
        CHECK(server.wait_for_log("audit.row"));
        CHECK(server.stop() == 0);
    }
    CHECK(read_file(data / "audit-anchor").find("\nanchored 3 ") != std::string::npos);
    CHECK((std::filesystem::status(data / "audit-anchor").permissions() & std::filesystem::perms(077)) == std::filesystem::perms::none);
    doctor(Record::whole, "record of decisions: 3 rows");
    change("DELETE FROM moderation_audit WHERE seq = 3");
    doctor(Record::broken, "row 3.");
    {
        Server server(data);
        CHECK(server.wait_for_log("audit.broken"));
        doctor(Record::broken, "row 3.");
        CHECK(server.get("/health/ready").status == 200); // nothing stops
    }
    CHECK(run(command(data, {"audit", "accept"}), "/").status == 64);
    auto const accepted = run(command(data, {"audit", "accept", "--reason", "It was me."}), "/");
    CHECK_MESSAGE(accepted.status == 0, accepted.err);
    CHECK(accepted.out.find("up to row 2") != std::string::npos);
    doctor(Record::whole, "record of decisions: 3 rows");
    change("UPDATE moderation_audit SET reason = 'It was nobody.' WHERE seq = 3");
    doctor(Record::broken, "row 3.");
}
