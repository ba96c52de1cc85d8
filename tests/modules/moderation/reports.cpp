// Reports over the wire: making one, the queue, claiming, giving back.
#include "reports/repository.hpp"
#include "support.hpp"

using namespace mozi;
using namespace mozi::moderation;
using net::Method;

// proves S18
TEST_CASE("a report answers 201, takes its priority from its reason, and is told") {
    on_each_database([](House& house) {
        auto const made = house.report(ben, "COMMENT", 70, "THREAT", R"(,"description":" look \n here ")");
        REQUIRE_MESSAGE(made.status == 201, made.text);
        CHECK(made.header("location") == "/api/reports/" + made.id());
        CHECK(made.at("contentType") == "COMMENT");
        CHECK(made.at("contentId") == "70");
        CHECK(made.at("reportType") == "THREAT");
        CHECK(made.at("description") == "look \n here");
        CHECK(made.at("priority") == 4);
        CHECK(made.at("status") == "PENDING");
        CHECK(made.at("reporter").at("id") == "12");
        for (auto const* name : {"assignedTo", "resolution", "actionId", "resolvedAt"}) CHECK(made.at(name).is_null());
        CHECK(made.at("actionReverted") == false);
        std::map<std::string, int> const priorities{{"THREAT", 4}, {"HATE_SPEECH", 4}, {"COPYRIGHT_VIOLATION", 3}, {"HARASSMENT", 3},
            {"INAPPROPRIATE_CONTENT", 2}, {"SPAM", 2}, {"MISLEADING", 2}, {"OTHER", 1}};
        for (auto const& [type, priority] : priorities) CHECK(house.report(ben, "MOVIE", 5, type).at("priority") == priority);
        // Who reports has no say in it.
        auto const urgent = house.report(ben, "MEDIA", 80, "OTHER", R"(,"priority":4)");
        CHECK(urgent.status == 422);
        CHECK(urgent.at("errors").at(0).at("pointer") == "/priority");
        CHECK(house.told("moderation.report.created") == 9);
    });
}

TEST_CASE("repeating an open report answers 200 with it; another reason, person or a decided one makes a new one") {
    on_each_database([](House& house) {
        auto const id = house.report_id(ben, "COMMENT", 70);
        auto const again = house.report(ben, "COMMENT", 70);
        CHECK(again.status == 200);
        CHECK(again.id() == id);
        REQUIRE(house.claim(id, mod).status == 200);
        auto const claimed = house.report(ben, "COMMENT", 70);
        CHECK(claimed.status == 200);
        CHECK(claimed.at("status") == "UNDER_REVIEW");
        CHECK(claimed.at("assignedTo").is_null()); // who decides is not for those who report
        CHECK(house.report_id(ben, "COMMENT", 70, "THREAT") != id);
        CHECK(house.report_id("13", "COMMENT", 70) != id);
        REQUIRE(house.resolve(id, mod, "NONE").status == 200);
        CHECK(house.report_id(ben, "COMMENT", 70) != id);
        CHECK(house.told("moderation.report.created") == 4);
    });
}

TEST_CASE("what is invisible cannot be reported, nor what is one's own") {
    on_each_database([](House& house) {
        CHECK(house.report(ben, "MOVIE", 999).at("id") == "report.content_not_found");
        for (auto const* type : {"MOVIE", "COMMENT", "MEDIA", "USER_PROFILE"}) CHECK(house.report(ben, type, 99999).status == 404);
        CHECK(house.report(ben, "MOVIE", 6).status == 404);
        auto& things = house.neighbours.things;
        for (auto const& [of, type, id] : {std::tuple{Subject{SubjectKind::comment, {70}}, "COMMENT", 70},
                 std::tuple{Subject{SubjectKind::movie, {5}}, "COMMENT", 70}, std::tuple{Subject{SubjectKind::media, {80}}, "MEDIA", 80}}) {
            things.all[of].hidden = true;
            CHECK(house.report(ben, type, id).status == 404);
            things.all[of].hidden = false;
        }
        for (auto const& [type, id] : std::map<std::string, int>{{"MOVIE", 5}, {"COMMENT", 70}, {"MEDIA", 80}, {"USER_PROFILE", 11}}) {
            auto const own = house.report(ada, type, id);
            CHECK(own.status == 409);
            CHECK(own.at("id") == "report.own");
        }
        CHECK(house.report("", "MOVIE", 5).status == 401);
        CHECK(house.report(ben, "FILM", 5).status == 422);
        CHECK(house.report(ben, "MOVIE", 5, "RUDE").status == 422);
        CHECK(house.report(ben, "MOVIE", 5, "SPAM", R"(,"description":")" + std::string(2001, 'x') + "\"").status == 422);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM report") == 0);
    });
}

TEST_CASE("the queue is for moderators") {
    on_each_database([](House& house) {
        auto const id = house.report_id(ben, "MOVIE", 5);
        for (auto const& [who, status] : std::map<std::string, int>{{"", 401}, {ben, 403}, {mod, 200}, {admin, 200}}) {
            CHECK(house.wire.get("/api/reports", who).status == status);
            CHECK(house.one(id, who).status == status);
            CHECK(house.wire.get("/api/reports/stats/summary", who).status == status);
            CHECK(house.wire.get("/api/moderation/actions", who).status == status);
        }
        for (auto const& who : {std::string(), ben}) {
            auto const status = who.empty() ? 401 : 403;
            CHECK(house.claim(id, who).status == status);
            CHECK(house.wire.del("/api/reports/" + id + "/assign", who).status == status);
            CHECK(house.resolve(id, who).status == status);
            CHECK(house.revert("1", who).status == status);
        }
        CHECK(house.one("999").status == 404);
        CHECK(house.claim("999", mod).status == 404);
        CHECK(house.resolve("999", mod).status == 404);
        CHECK(house.revert("999", mod).status == 404);
    });
}

// proves S18
TEST_CASE("the queue is ordered by priority, then age, filters, and pages without gaps") {
    on_each_database([](House& house) {
        std::vector<std::string> const reasons{"OTHER", "THREAT", "SPAM", "HARASSMENT"};
        std::map<std::string, std::string> type_of;
        std::vector<std::string> expected[5];
        for (int i = 0; i < 24; ++i) {
            auto const id =
                house.report_id(std::to_string(20 + i), i % 2 ? "MOVIE" : "COMMENT", i % 2 ? 5 : 70, reasons[std::size_t(i % 4)]);
            expected[std::array{1, 4, 2, 3}[std::size_t(i % 4)]].push_back(id);
        }
        std::vector<std::string> order;
        for (int priority = 4; priority; --priority) order.insert(order.end(), expected[priority].begin(), expected[priority].end());
        std::vector<std::string> seen;
        for (std::string query = "?limit=7";;) {
            auto const page = house.wire.get("/api/reports" + query, mod);
            REQUIRE_MESSAGE(page.status == 200, page.text);
            CHECK(page.at("pagination").at("total") == 24);
            for (auto const& item : page.data()) seen.emplace_back(item.at("id").as_string());
            auto const& next = page.at("pagination").at("nextCursor");
            if (next.is_null()) break;
            query = "?limit=7&after=" + std::string(next.as_string());
        }
        CHECK(seen == order);
        auto const second = house.wire.get("/api/reports?limit=7&page=2", mod);
        CHECK(second.data().at(0).at("id").as_string() == std::string_view(order[7]));
        auto const total = [&](std::string const& query) {
            auto const page = house.wire.get("/api/reports" + query, mod);
            CHECK(std::int64_t(page.data().size()) == page.at("pagination").at("total").as_int64());
            return page.data().size();
        };
        REQUIRE(house.claim(order[3], mod).status == 200);
        REQUIRE(house.resolve(order[4], mod, "NONE").status == 200);
        CHECK(total("?limit=100&status=PENDING") == 22);
        CHECK(total("?limit=100&status=UNDER_REVIEW&assignedTo=91") == 1);
        CHECK(total("?limit=100&assignedTo=91") == 2);
        CHECK(total("?limit=100&assignedTo=92") == 0);
        CHECK(total("?limit=100&reportType=SPAM") == 6);
        CHECK(total("?limit=100&priority=4") == 6);
        CHECK(total("?limit=100&contentType=MOVIE") == 12);
        CHECK(total("?limit=100&contentType=MOVIE&priority=4&status=PENDING&reportType=THREAT") == 4);
        for (auto const* bad : {"?status=OPEN", "?priority=0", "?priority=5", "?limit=1000", "?after=1.2", "?after=x.y.z", "?sortBy=id"})
            CHECK_MESSAGE(house.wire.get(std::string("/api/reports") + bad, mod).status == 400, bad);
        auto const summary = house.wire.get("/api/reports/stats/summary", mod);
        CHECK(
            summary.text ==
            R"({"total":24,"pending":22,"underReview":1,"resolved":0,"dismissed":1,"byPriority":{"1":6,"2":6,"3":6,"4":6},"openByPriority":{"1":6,"2":6,"3":6,"4":5}})");
    });
}

TEST_CASE("a page of reports asks every module once, with what was reported beside each") {
    on_each_database([](House& house) {
        auto const cost = [&] {
            auto const before = house.neighbours.asked();
            auto const page = house.wire.get("/api/reports?limit=100", mod);
            REQUIRE(page.status == 200);
            return house.neighbours.asked() - before;
        };
        auto const movie = house.report_id(ben, "MOVIE", 5), comment = house.report_id(ben, "COMMENT", 70),
                   medium = house.report_id(ben, "MEDIA", 80), profile = house.report_id(ben, "USER_PROFILE", 11);
        auto const few = cost();
        for (int i = 0; i < 40; ++i) {
            house.neighbours.things.at(SubjectKind::comment, 200 + i) = {{11}, "c"};
            house.report_id(std::to_string(20 + i), "COMMENT", 200 + i), house.report_id(std::to_string(20 + i), "MOVIE", 5);
        }
        CHECK(cost() == few);
        CHECK(few <= 5);
        auto const content = [&](std::string const& id) { return house.one(id).at("content"); };
        CHECK(content(movie).at("title") == "Nosferatu");
        CHECK(content(movie).at("author").at("id") == "11");
        CHECK(content(movie).at("url") == "/film/5");
        CHECK(content(movie).at("hidden") == false);
        CHECK(content(comment).at("type") == "COMMENT");
        CHECK(content(comment).at("id") == "70");
        CHECK(content(comment).at("text") == "very rude");
        CHECK(content(comment).at("title") == "Nosferatu");
        CHECK(content(medium).at("title") == "film.mkv");
        CHECK(content(medium).at("url") == "/media/80/master.m3u8");
        CHECK(content(profile).at("title") == "Person 11");
        house.neighbours.things.all.erase({SubjectKind::comment, {70}});
        house.neighbours.things.all.erase({SubjectKind::movie, {5}});
        CHECK(content(comment).is_null());
        CHECK(content(movie).is_null());
    });
}

TEST_CASE("every filter of the queue walks an index, never sorts, and the cursor is a range of it") {
    House house(db::Dialect::sqlite);
    repository::ReportQuery none, status, assigned, type, content, priority, two;
    status.status = ReportStatus::pending;
    assigned.assigned_to = UserId{91};
    type.type = ReportType::spam;
    content.content = SubjectKind::movie;
    priority.priority = 4;
    two.status = ReportStatus::under_review;
    two.assigned_to = UserId{91};
    for (auto const& [query, index] : std::vector<std::pair<repository::ReportQuery, std::string>>{{none, "report_queue "},
             {status, "report_queue_status "}, {assigned, "report_queue_assigned "}, {type, "report_queue_type "},
             {content, "report_queue_kind "}, {priority, "report_queue "}, {two, "report_queue_"}}) {
        auto const plan = test::plan(*house.database, repository::list_sql(query));
        CHECK_MESSAGE(plan.find("SEARCH r USING INDEX " + index) != std::string::npos, plan);
        CHECK_MESSAGE(plan.find("TEMP B-TREE") == std::string::npos, plan);
        CHECK_MESSAGE(plan.find("SCAN") == std::string::npos, plan);
    }
    auto const summary = test::plan(*house.database, "SELECT status, rank, count(*) FROM report GROUP BY status, rank");
    CHECK_MESSAGE(summary.find("USING COVERING INDEX report_queue_status") != std::string::npos, summary);
    CHECK_MESSAGE(summary.find("TEMP B-TREE") == std::string::npos, summary);
    auto const actions = test::plan(*house.database,
        "SELECT id, reason FROM moderation_action WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?");
    CHECK_MESSAGE(actions.find("SEARCH moderation_action USING INDEX moderation_action_newest") != std::string::npos, actions);
    auto const open = test::plan(*house.database, "SELECT id FROM report r WHERE r.reporter_id = ? AND r.subject_id = ? AND r.report_type "
                                                  "= ? AND r.status IN ('PENDING', 'UNDER_REVIEW')");
    CHECK_MESSAGE(open.find("SCAN") == std::string::npos, open);
    auto const of_one =
        test::plan(*house.database, "SELECT count(*) FROM report WHERE reporter_id = ? AND status IN ('PENDING', 'UNDER_REVIEW')");
    CHECK_MESSAGE(of_one.find("USING INDEX report_open (reporter_id=?)") != std::string::npos, of_one);
    for (auto const* judged : {"SELECT id FROM report WHERE subject_id = ? AND reporter_id = ? LIMIT 1",
             "SELECT subject_id FROM report WHERE subject_id IN (?, ?) AND reporter_id = ?"}) {
        auto const plan = test::plan(*house.database, judged);
        CHECK_MESSAGE(plan.find("USING COVERING INDEX report_of_reporter") != std::string::npos, plan);
    }
    auto const recorded = test::plan(*house.database, "SELECT seq FROM moderation_audit WHERE action_id = ? ORDER BY seq LIMIT 1");
    CHECK_MESSAGE(recorded.find("INDEX moderation_audit_action") != std::string::npos, recorded);
}

TEST_CASE("one person's open reports are bounded, also all at once; a repeat and a decided one cost nothing") {
    on_each_database([](House& house) {
        auto& things = house.neighbours.things;
        for (int i = 0; i < 60; ++i) things.at(SubjectKind::comment, 200 + i) = {{11}, "c"};
        std::atomic<int> made{0}, refused{0};
        together(60, [&](int i) {
            auto const answer = house.wire.post(
                "/api/reports", ben, R"({"contentType":"COMMENT","contentId":")" + std::to_string(200 + i) + R"(","reportType":"SPAM"})");
            if (answer.status == 201) ++made;
            else if (answer.status == 409 && answer.at("id") == "report.too_many") ++refused;
        });
        CHECK(made == 50);
        CHECK(refused == 10);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM report") == 50);
        CHECK(house.told("moderation.report.created") == 50);
        auto const there = test::scalar<std::int64_t>(*house.database, "SELECT subject_id FROM report ORDER BY id LIMIT 1");
        CHECK(house.report(ben, "COMMENT", there).status == 200);
        auto const over = house.report(ben, "MOVIE", 5);
        CHECK(over.text_of("detail").find("50 reports") != std::string::npos);
        CHECK(over.at("next").is_string());
        CHECK(house.report("13", "MOVIE", 5).status == 201); // nobody else's affair
        auto const first = std::to_string(test::scalar<std::int64_t>(*house.database, "SELECT id FROM report ORDER BY id LIMIT 1"));
        REQUIRE(house.resolve(first, mod, "NONE").status == 200);
        CHECK(house.report(ben, "MOVIE", 5).status == 201);
    });
}

TEST_CASE("a claimed report belongs to one moderator, who can give it back or pass it on") {
    on_each_database([](House& house) {
        auto const id = house.report_id(ben, "COMMENT", 70);
        auto const mine = house.claim(id, mod);
        REQUIRE_MESSAGE(mine.status == 200, mine.text);
        CHECK(mine.at("status") == "UNDER_REVIEW");
        CHECK(mine.at("assignedTo").at("id") == "91");
        CHECK(house.claim(id, mod, "{}").status == 200);
        auto const late = house.claim(id, other_mod);
        CHECK(late.status == 409);
        CHECK(late.at("id") == "report.claimed");
        CHECK(late.text_of("detail").find("Person 91") != std::string::npos);
        CHECK(house.claim(id, admin).status == 409);
        CHECK(house.resolve(id, other_mod).status == 409);
        CHECK(house.wire.del("/api/reports/" + id + "/assign", other_mod).status == 403);
        CHECK(house.claim(id, mod, R"({"moderatorId":"12"})").status == 422);
        CHECK(house.claim(id, mod, R"({"moderatorId":"5000"})").status == 422);
        auto const passed = house.claim(id, mod, R"({"moderatorId":"92"})");
        CHECK(passed.at("assignedTo").at("id") == "92");
        CHECK(house.wire.del("/api/reports/" + id + "/assign", mod).status == 403);
        CHECK(house.wire.del("/api/reports/" + id + "/assign", admin).status == 204);
        CHECK(house.wire.del("/api/reports/" + id + "/assign", mod).status == 204); // nobody has it
        CHECK(house.one(id).at("status") == "PENDING");
        CHECK(house.one(id).at("assignedTo").is_null());
        REQUIRE(house.resolve(id, mod, "NONE").status == 200);
        CHECK(house.claim(id, other_mod).at("id") == "report.resolved");
        CHECK(house.wire.del("/api/reports/" + id + "/assign", mod).status == 409);
    });
}

// proves S18
TEST_CASE("of many moderators claiming at once exactly one wins, and the others learn who") {
    on_each_database([](House& house) {
        for (int round = 0; round < 5; ++round) {
            auto const id = house.report_id(std::to_string(20 + round), "MOVIE", 5);
            std::atomic<int> won{0}, lost{0}, winner{0};
            std::vector<std::string> said(8);
            together(8, [&](int i) {
                auto const answer = house.claim(id, std::to_string(90 + i) + ":MODERATOR");
                if (answer.status == 200) {
                    ++won;
                    winner = 90 + i;
                } else if (answer.status == 409) {
                    ++lost;
                    said[std::size_t(i)] = answer.text;
                }
            });
            CHECK(won == 1);
            CHECK(lost == 7);
            for (auto const& text : said)
                if (!text.empty()) CHECK(text.find("Person " + std::to_string(winner)) != std::string::npos);
            CHECK(house.one(id).at("assignedTo").at("id").as_string() == std::string_view(std::to_string(winner)));
        }
    });
}

TEST_CASE("many people reporting, and one person many times at once, make one report per person") {
    on_each_database([](House& house) {
        std::atomic<int> fresh{0}, repeated{0};
        together(40, [&](int i) {
            auto const answer = house.report(std::to_string(20 + i % 10), "COMMENT", 70);
            if (answer.status == 201) ++fresh;
            else if (answer.status == 200) ++repeated;
        });
        CHECK(fresh == 10);
        CHECK(repeated == 30);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM report") == 10);
    });
}
