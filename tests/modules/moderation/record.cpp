// The record of decisions: whoever has the database cannot change it unseen, and every fault is named by its row.
#include "support.hpp"

#include "audit/anchor.hpp"
#include "audit/audit.hpp"

#include <mozi/media/events.hpp>

using namespace mozi;
using namespace mozi::moderation;

namespace {

// Decisions one after another: rows 1 to 6, HIDE and NONE in turn.
void decide_six_more(House& house, std::string const& kind = "MOVIE", std::int64_t thing = 5) {
    for (int i = 0; i < 6; ++i) {
        auto const id = house.report_id(std::to_string(20 + i), kind, thing);
        REQUIRE(house.resolve(id, mod, i % 2 ? "NONE" : "HIDE", "reason " + std::to_string(i)).status == 200);
    }
}
void decide_six(House& house, std::string const& kind = "MOVIE", std::int64_t thing = 5) {
    decide_six_more(house, kind, thing);
    REQUIRE(house.rows() == 6);
}

void check_broken(House& house, std::int64_t row) {
    auto const checked = house.made.record->verify();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().id == "moderation.audit_broken");
    CHECK_MESSAGE(checked.error().message.find("row " + std::to_string(row) + ".") != std::string::npos, checked.error().message);
    CHECK(checked.error().detail == std::to_string(row));
    CHECK(house.wire.ask(net::Method::post, "/api/admin/audit/verify", admin).id() == "moderation.audit_broken");
    // The same without the server.
    auto const at_rest = verify_record(*house.database, house.settings(true));
    REQUIRE_FALSE(at_rest);
    CHECK(at_rest.error().message == checked.error().message);
}

} // namespace

TEST_CASE("the record notices any change of a row, a missing one and an added one, and says which") {
    on_each_database([](House& house) {
        decide_six(house);
        struct Change {
            std::string there, back;
            std::int64_t row;
        };
        auto const keep = [&](std::string const& column, std::int64_t row) {
            return test::scalar<std::string>(*house.database, "SELECT " + column + " FROM moderation_audit WHERE seq = ?", row);
        };
        auto const set = [](std::string const& column, std::string const& value, std::int64_t row) {
            return "UPDATE moderation_audit SET " + column + " = " + value + " WHERE seq = " + std::to_string(row);
        };
        std::vector<Change> changes{
            {set("reason", "'reasom 2'", 3), set("reason", "'reason 2'", 3), 3},
            {set("actor_id", "actor_id + 1", 2), set("actor_id", "actor_id - 1", 2), 2},
            {set("at", "at + 1", 2), set("at", "at - 1", 2), 2},
            {set("what", "'CONTENT_RESTORED'", 4), set("what", "'REPORT_DISMISSED'", 4), 4},
            {set("previous_hash", "'" + std::string(64, '0') + "'", 5), set("previous_hash", "'" + keep("previous_hash", 5) + "'", 5), 5},
            {set("hash", "'" + std::string(64, '0') + "'", 6), set("hash", "'" + keep("hash", 6) + "'", 6), 6},
            {set("subject", "'MOVIE 5'", 1), set("subject", "'" + keep("subject", 1) + "'", 1), 1},
            {set("seq", "60", 6), set("seq", "6", 60), 6},
            {set("action_id", "NULL", 1),
                set("action_id",
                    "CAST(" + keep("CAST(action_id AS text)", 1) + " AS " +
                        (house.database->dialect() == db::Dialect::sqlite ? "INTEGER" : "BIGINT") + ")",
                    1),
                1},
        };
        for (auto const& change : changes) {
            CAPTURE(change.there);
            house.run(change.there);
            check_broken(house, change.row);
            house.run(change.back);
            CHECK(house.rows() == 6);
        }
        // One more, made as well as anybody can without the key.
        house.run("INSERT INTO moderation_audit (seq, actor_id, what, subject, reason, at, previous_hash, hash) VALUES (7, 1, "
                  "'REPORT_DISMISSED', 'x', 'x', 1, (SELECT hash FROM moderation_audit WHERE seq = 6), '" +
                  std::string(64, 'f') + "')");
        check_broken(house, 7);
        house.run("DELETE FROM moderation_audit WHERE seq = 7");
        CHECK(house.rows() == 6);
        house.run("DELETE FROM moderation_audit WHERE seq = 3");
        check_broken(house, 3);
        house.whole = false;
    });
}

TEST_CASE("a record sealed anew without the key, or with another one, does not pass") {
    on_each_database([](House& house) {
        decide_six(house);
        auto const forge = [&](std::function<std::string(audit::Row const&)> seal) {
            REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
                std::string previous;
                for (auto row : audit::rows_after(*tx, 0, 100)) {
                    if (row.seq == 3) row.reason = "never said";
                    row.previous = previous;
                    previous = row.hash = seal(row);
                    tx->run("UPDATE moderation_audit SET reason = ?, previous_hash = ?, hash = ? WHERE seq = ?", row.reason, row.previous,
                        row.hash, row.seq);
                }
                return {};
            }));
        };
        forge(audit::plain_seal);
        check_broken(house, 1);
        forge([](audit::Row const& row) { return audit::seal("another key", row); });
        check_broken(house, 1);
        // And one who has the key, as the server's own account may: what was anchored stood there before.
        forge([&](audit::Row const& row) { return audit::seal(house.settings().key, row); });
        check_broken(house, 3);
        house.whole = false;
    });
}

TEST_CASE("the last rows cut off are missed by number, also when others grew in their place, or one anchor is gone") {
    on_each_database([](House& house) {
        decide_six(house);
        auto const own = house.text();
        house.run("DELETE FROM moderation_action WHERE id IN (SELECT action_id FROM moderation_audit WHERE seq > 4)");
        house.run("DELETE FROM moderation_audit WHERE seq > 4");
        check_broken(house, 5);
        // Somebody shortens the file beside the secret as well: the one elsewhere knows more.
        house.write(own.substr(0, own.find("anchored 5 ")));
        check_broken(house, 5);
        // The server goes on meanwhile and knows that it was there.
        auto const next = house.report_id("30", "MOVIE", 5);
        REQUIRE(house.resolve(next, mod).status == 200);
        REQUIRE(house.made.record->warnings().size() == 1);
        CHECK(house.made.record->warnings().front().find("row 5.") != std::string::npos);
        check_broken(house, 5);
        house.whole = false;
    });
}

TEST_CASE("decisions are held against the record: one that was changed, taken back or added by hand is named") {
    on_each_database([](House& house) {
        decide_six(house);
        auto const third = "(SELECT action_id FROM moderation_audit WHERE seq = 3)";
        auto const set = [&](std::string const& what) { house.run("UPDATE moderation_action SET " + what + " WHERE id = " + third); };
        for (auto const& [there, back] : std::vector<std::pair<std::string, std::string>>{{"reason = 'other'", "reason = 'reason 2'"},
                 {"moderator_id = 92", "moderator_id = 91"}, {"decided_as = 'ADMIN'", "decided_as = 'MODERATOR'"},
                 {"subject_id = 6", "subject_id = 5"},
                 {"reverted_at = 5, reverted_by = 12, revert_reason = 'x'",
                     "reverted_at = NULL, reverted_by = NULL, revert_reason = NULL"}}) {
            CAPTURE(there);
            set(there);
            check_broken(house, 3);
            set(back);
            CHECK(house.rows() == 6);
        }
        auto const undone = test::scalar<std::int64_t>(*house.database, "SELECT action_id FROM moderation_audit WHERE seq = 5");
        REQUIRE(house.revert(std::to_string(undone), mod).status == 200);
        CHECK(house.rows() == 7);
        house.run("UPDATE moderation_action SET revert_reason = 'another' WHERE id = " + std::to_string(undone));
        check_broken(house, 7);
        house.run("UPDATE moderation_action SET revert_reason = 'a mistake' WHERE id = " + std::to_string(undone));
        house.run(
            "INSERT INTO moderation_action (id, action, subject_kind, subject_id, owner_id, report_id, moderator_id, reason, created_at) "
            "VALUES (999, 'HIDE', 'MOVIE', 5, 11, 1, 91, 'by hand', 5)");
        check_broken(house, 8);
        house.run("DELETE FROM moderation_action WHERE id = 999");
        CHECK(house.rows() == 7);
        house.run("DELETE FROM moderation_action WHERE id = " + std::string(third));
        check_broken(house, 3);
        house.whole = false;
    });
}

TEST_CASE("rows from before the key begin the record and are bound with it") {
    on_each_database([](House& house) {
        // As an earlier release left them.
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            std::string previous;
            for (std::int64_t seq = 1; seq <= 3; ++seq) {
                audit::Row row{.seq = seq,
                    .actor = {91},
                    .what = "REPORT_DISMISSED",
                    .subject = "MOVIE 5 report " + std::to_string(seq),
                    .reason = "fine",
                    .at = seq,
                    .previous = previous};
                previous = row.hash = audit::plain_seal(row);
                tx->run("INSERT INTO report (id, reporter_id, subject_kind, subject_id, owner_id, report_type, rank, status, assigned_to, "
                        "resolution, created_at, updated_at, resolved_at) "
                        "VALUES (?, 12, 'MOVIE', 5, 11, 'SPAM', 2, 'DISMISSED', 91, 'fine', 0, 0, ?)",
                    seq, seq);
                tx->run("INSERT INTO moderation_audit (seq, actor_id, what, subject, reason, at, previous_hash, hash) VALUES (?, ?, ?, ?, "
                        "?, ?, ?, ?)",
                    row.seq, row.actor, row.what, row.subject, row.reason, row.at, row.previous, row.hash);
            }
            return {};
        }));
        house.forget_anchors(), house.run("DELETE FROM audit_anchored");
        house.made = make_moderation(house.context(), {house.neighbours.people, house.neighbours.directory, house.settings(true)});
        CHECK(house.text().starts_with("plain 3\nanchored 3 "));
        CHECK(house.rows() == 3);
        auto const made = make_moderation(house.context(), {house.neighbours.people, house.neighbours.directory, house.settings(true)});
        made.tend();
        CHECK(made.record->warnings().empty());
        CHECK(*made.record->verify() == 3);
        house.run("UPDATE moderation_audit SET reason = 'fin' WHERE seq = 2");
        check_broken(house, 2);
        // Sealed anew as it was then, up to its end, and its report with it: another one stood there when the key came.
        house.run("UPDATE report SET resolution = 'fin' WHERE id = 2");
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            std::string previous;
            for (auto row : audit::rows_after(*tx, 0, 10)) {
                row.previous = previous;
                previous = row.hash = audit::plain_seal(row);
                tx->run("UPDATE moderation_audit SET previous_hash = ?, hash = ? WHERE seq = ?", row.previous, row.hash, row.seq);
            }
            return {};
        }));
        check_broken(house, 3);
        house.whole = false;
    });
}

TEST_CASE("without its anchor a record says so, and an operator's word lets it begin anew, which is recorded") {
    on_each_database([](House& house) {
        decide_six(house);
        house.forget_anchors();
        auto const again = make_moderation(house.context(), {house.neighbours.people, house.neighbours.directory, house.settings(true)});
        again.tend();
        REQUIRE(again.record->warnings().size() == 1);
        CHECK(again.record->warnings().front().find("audit-anchor") != std::string::npos);
        CHECK(again.record->verify().error().id == "moderation.audit_unanchored");
        CHECK(house.wire.ask(net::Method::post, "/api/admin/audit/verify", admin).id() == "moderation.audit_unanchored");
        house.run("UPDATE moderation_audit SET reason = 'changed' WHERE seq = 2");
        CHECK(*again.record->accept("the folder was lost") == 6);
        CHECK(*again.record->verify() == 7);
        CHECK(again.record->warnings().empty());
        CHECK(test::scalar<std::string>(*house.database, "SELECT what FROM moderation_audit WHERE seq = 7") == "RECORD_ACCEPTED");
        CHECK(test::scalar<std::string>(*house.database, "SELECT reason FROM moderation_audit WHERE seq = 7") == "the folder was lost");
        house.run("UPDATE moderation_audit SET hash = '" + std::string(64, '0') + "' WHERE seq = 7");
        CHECK_FALSE(again.record->verify());
        house.whole = false;
    });
}

TEST_CASE("a record whose rows and anchor are both gone says so, until that is accepted") {
    on_each_database([](House& house) {
        auto const begin = [&] {
            auto again = make_moderation(house.context(), {house.neighbours.people, house.neighbours.directory, house.settings(true)});
            again.tend();
            return again.record;
        };
        auto const wipe = [&] {
            for (auto const* table : {"moderation_audit", "moderation_action", "report"}) house.run("DELETE FROM " + std::string(table));
        };
        house.forget_anchors(); // before anything was decided
        auto const empty = begin();
        CHECK(empty->warnings().size() == 1);
        CHECK(*empty->accept("the folder was lost") == 0);
        decide_six_more(house);
        CHECK(house.rows() == 7);
        house.forget_anchors(), wipe();
        for (auto const* start : {"first", "second"}) {
            CAPTURE(start);
            CHECK(begin()->warnings().size() == 1);
            CHECK(house.text().empty()); // none is begun in its place
            CHECK(begin()->verify().error().id == "moderation.audit_unanchored");
            CHECK(verify_record(*house.database, house.settings(true)).error().id == "moderation.audit_unanchored");
        }
        CHECK(*begin()->accept("all of it was lost") == 0);
        CHECK(begin()->warnings().empty());
        decide_six_more(house);
        CHECK(house.rows() == 7);
        // With the mark gone as well, what lies elsewhere knows.
        std::filesystem::remove(house.path / "audit-anchor"), wipe(), house.run("DELETE FROM audit_anchored");
        auto const at_rest = verify_record(*house.database, house.settings(true));
        REQUIRE_FALSE(at_rest);
        CHECK(at_rest.error().id == "moderation.audit_broken");
        auto const found = begin();
        REQUIRE(found->warnings().size() == 1);
        CHECK(found->warnings().front().find("row 1.") != std::string::npos);
        // A mark alone that is gone is made again.
        CHECK(*found->accept("lost again") == 0);
        house.run("DELETE FROM audit_anchored");
        CHECK(begin()->warnings().empty());
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM audit_anchored") == 1);
    });
}

TEST_CASE("reports are held against the record: one that was closed, opened, decided otherwise or given another owner by hand is found") {
    on_each_database([](House& house) {
        auto const open = house.report_id("13", "MOVIE", 5, "OTHER");
        decide_six(house, "COMMENT", 70);
        REQUIRE(house.claim(house.report_id("13", "COMMENT", 70, "OTHER"), mod).status == 200);
        auto const change = [&](std::string const& table, std::string const& id, std::string const& column, std::string const& value,
                                std::int64_t row) {
            CAPTURE(table + "." + column + " = " + value);
            house.run("CREATE TABLE as_it_was AS SELECT * FROM " + table);
            house.run("UPDATE " + table + " SET " + column + " = " + value + " WHERE id = " + id);
            check_broken(house, row);
            house.run("DELETE FROM " + table), house.run("INSERT INTO " + table + " SELECT * FROM as_it_was");
            house.run("DROP TABLE as_it_was");
            CHECK(house.rows() == 6);
        };
        auto const id_at = [&](std::int64_t row) {
            auto const subject = test::scalar<std::string>(*house.database, "SELECT subject FROM moderation_audit WHERE seq = ?", row);
            auto const at = subject.find(" report ") + 8;
            return subject.substr(at, subject.find(' ', at) - at);
        };
        // Row 3 hides, row 4 sees no breach.
        for (std::int64_t const row : {3, 4})
            for (auto const& [column, value] : std::vector<std::pair<std::string, std::string>>{{"status", "'PENDING'"},
                     {"status", row == 3 ? "'DISMISSED'" : "'RESOLVED'"}, {"status", "'SOMETHING'"}, {"assigned_to", "92"},
                     {"assigned_to", "NULL"}, {"resolution", "'other'"}, {"resolved_at", "resolved_at + 1"}, {"resolved_at", "NULL"},
                     {"subject_id", "6"}, {"owner_id", "12"}, {"action_id", row == 3 ? "NULL" : "5"}, {"id", "7"}})
                change("report", id_at(row), column, value, row);
        change("moderation_action", "(SELECT action_id FROM moderation_audit WHERE seq = 3)", "owner_id", "12", 3);
        // One that nobody decided, as if somebody had; by itself, and as if by a decision on something else.
        for (auto const* status : {"'DISMISSED'", "'RESOLVED'", "'SOMETHING'"}) change("report", open, "status", status, 7);
        change("report", open, "status",
            "'RESOLVED', assigned_to = 91, resolution = 'reason 2', action_id = (SELECT action_id FROM moderation_audit WHERE seq = 3), "
            "resolved_at = (SELECT at FROM moderation_audit WHERE seq = 3)",
            7);
        // One that another's decision closed with it has no row of its own: it is what that decision is.
        auto const with = house.report_id("12", "COMMENT", 70, "THREAT");
        REQUIRE(house.resolve(house.report_id("13", "COMMENT", 70, "SPAM"), mod, "HIDE", "both").status == 200);
        CHECK(house.rows() == 7);
        house.run("UPDATE report SET resolution = 'other' WHERE id = " + with);
        check_broken(house, 8);
        CHECK(*house.made.record->accept("it was me") == 7);
        CHECK(house.rows() == 8);
        REQUIRE(house.resolve(open, mod, "NONE").status == 200);
        CHECK(house.rows() == 9);
        house.run("UPDATE report SET resolution = 'both' WHERE id = " + with); // one less than was accepted
        check_broken(house, 10);
        house.whole = false;
    });
}

TEST_CASE("a decision without its row is left alone once it was accepted, and rows that name no owner stay valid") {
    on_each_database([](House& house) {
        decide_six(house);
        house.run("DELETE FROM moderation_audit WHERE seq > 4");
        check_broken(house, 5);
        CHECK(*house.made.record->accept("restored a backup") == 4);
        CHECK(house.rows() == 5);
        // As the release before wrote them.
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            std::string previous;
            for (auto row : audit::rows_after(*tx, 0, 100)) {
                if (auto const at = row.subject.find(" of USER 11"); at != row.subject.npos) row.subject.erase(at, 11);
                row.previous = previous;
                previous = row.hash = audit::seal(house.settings().key, row);
                tx->run("UPDATE moderation_audit SET subject = ?, previous_hash = ?, hash = ? WHERE seq = ?", row.subject, row.previous,
                    row.hash, row.seq);
            }
            return {};
        }));
        house.forget_anchors(), house.write("plain 0\n");
        house.run("DELETE FROM moderation_action WHERE id NOT IN (SELECT action_id FROM moderation_audit WHERE action_id IS NOT NULL)");
        house.run("DELETE FROM report WHERE resolution IN ('reason 4', 'reason 5')");
        CHECK(house.rows() == 5);
        house.run("UPDATE moderation_action SET owner_id = 12 WHERE id = (SELECT action_id FROM moderation_audit WHERE seq = 1)");
        check_broken(house, 6);
        house.whole = false;
    });
}

TEST_CASE("an administrator's deletion of another's film is in the record; time's and an owner's are not") {
    on_each_database([](House& house) {
        house.hear(media::MediaDeleted{{80}, {11}, std::nullopt, std::nullopt});
        CHECK(house.rows() == 0);
        house.hear(media::MediaDeleted{{81}, {11}, Id<"user">{99}, "the disk is full"});
        CHECK(house.rows() == 1);
        CHECK(test::scalar<std::string>(*house.database, "SELECT subject FROM moderation_audit") == "MEDIA 81 of USER 11");
        CHECK(test::scalar<std::string>(*house.database, "SELECT reason FROM moderation_audit") == "the disk is full");
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT actor_id FROM moderation_audit") == 99);
    });
}

TEST_CASE("a start looks through what is new since the last look, a day later through all of it") {
    on_each_database([](House& house) {
        decide_six(house);
        auto const begin = [&] {
            return make_moderation(house.context(), {house.neighbours.people, house.neighbours.directory, house.settings(true)});
        };
        auto first = begin();
        first.tend();
        CHECK(first.record->warnings().empty());
        CHECK(house.text().find("\nverified 6 ") != std::string::npos);
        // Behind the last look: for the start that is done, for the night it is not.
        house.run("UPDATE moderation_audit SET reason = 'changed' WHERE seq = 2");
        auto second = begin();
        second.tend();
        CHECK(second.record->warnings().empty());
        house.clock.advance(std::chrono::hours(25));
        second.tend();
        REQUIRE(second.record->warnings().size() == 1);
        CHECK(second.record->warnings().front().find("row 2.") != std::string::npos);
        // In front of it: at the start.
        house.run("UPDATE moderation_audit SET reason = 'reason 1' WHERE seq = 2");
        house.clock.advance(std::chrono::hours(25));
        second.tend();
        CHECK(second.record->warnings().empty());
        REQUIRE(house.resolve(house.report_id("30", "MOVIE", 5), mod, "NONE").status == 200);
        house.run("UPDATE moderation_audit SET reason = 'changed' WHERE seq = 7");
        auto third = begin();
        third.tend();
        REQUIRE(third.record->warnings().size() == 1);
        CHECK(third.record->warnings().front().find("row 7.") != std::string::npos);
        house.whole = false;
    });
}

TEST_CASE("the anchor's file stays small, outlives a torn line, and says when it cannot be written") {
    AnchorFolder const folder;
    audit::AnchorFiles files(folder.path / "audit-anchor", {});
    CHECK_FALSE(files.begun());
    REQUIRE(files.add("plain 0\n").empty());
    CHECK(files.begun());
    std::string lines;
    std::int64_t row = 0;
    for (int batch = 0; batch < 12; ++batch) {
        lines.clear();
        for (int i = 0; i < 1000; ++i) lines += audit::line_of("anchored", {++row, std::string(64, 'a')});
        REQUIRE(files.add(lines).empty());
    }
    CHECK(std::filesystem::file_size(folder.path / "audit-anchor") <= (600u << 10));
    auto const kept = files.read();
    CHECK(kept.there);
    CHECK(kept.marks.size() >= 2000);
    CHECK(kept.marks.back().row == row);
    std::ofstream(folder.path / "audit-anchor", std::ios::app) << "anchored 99999999 aaaa";
    CHECK(files.read().marks.back().row == row);
    REQUIRE(files.add(audit::line_of("anchored", {row + 1, std::string(64, 'b')})).empty());
    CHECK(files.read().marks.back().row == row + 1);
    audit::AnchorFiles nowhere(folder.path / "no" / "such", {});
    CHECK_FALSE(nowhere.add("plain 0\n").empty());
}
