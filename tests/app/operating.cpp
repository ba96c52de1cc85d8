// The operator's commands: the same beside a running server and without one, each act on the record, and maintenance.
#include "support.hpp"

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

struct Desk {
    Folder folder;
    fs::path data = folder.path / "data";

    Ran run(std::vector<std::string> const& words, std::string const& input = {}) const {
        return mozi::test::run(command(data, words), "/", input);
    }
    // What it printed; it has to succeed.
    std::string say(std::vector<std::string> const& words, std::string const& input = {}) const {
        auto const done = run(words, input);
        CHECK_MESSAGE(done.status == 0, words.front() << " " << words.at(1) << ": " << done.err << done.out);
        return done.out;
    }
    void create(std::string const& name, std::string const& role) const {
        say({"user", "create", "--username", name, "--email", name + "@example.org", "--role", role, "--password-stdin"},
            std::string(password) + "\n");
    }
};

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// Once with a server beside it and once without.
void each_way(std::function<void(Desk const&, Server const*)> const& test) {
    for (auto const beside : {true, false}) {
        CAPTURE(beside);
        Desk const desk;
        desk.create("boss", "ADMIN");
        std::unique_ptr<Server> server;
        if (beside) server = std::make_unique<Server>(desk.data);
        test(desk, server.get());
        if (server) CHECK(server->stop() == 0);
        CHECK_MESSAGE(desk.run({"doctor"}).out.find("FAULT record") == std::string::npos, desk.run({"doctor"}).out);
    }
}

} // namespace

// proves S35
TEST_CASE("accounts are looked after from the command line, with and without a server, and every act is on the record") {
    each_way([](Desk const& desk, Server const*) {
        desk.create("ada", "USER");
        desk.create("mona", "MODERATOR");
        CHECK(has(desk.say({"user", "list"}), "3 accounts."));
        CHECK(has(desk.say({"user", "list", "--role", "MODERATOR"}), "mona"));
        CHECK(has(desk.say({"user", "list", "--limit", "2"}), "2 of 3 accounts; go on with --after "));
        CHECK(has(desk.say({"user", "show", "ADA"}), "ada@example.org"));
        CHECK(desk.run({"user", "show", "nobody"}).status == 65);
        CHECK(desk.run({"user", "role", "ada", "MODERATOR"}).status == 64); // without a reason
        CHECK(desk.run({"user", "role", "boss", "USER", "--reason", "why not"}).status == 65); // the last one
        CHECK(has(desk.say({"user", "role", "ada", "MODERATOR", "--reason", "she helps"}), "ada is MODERATOR now."));
        auto const made = desk.say({"user", "password", "ada", "--reason", "forgotten"});
        CHECK(has(made, "New password, told this once: "));
        CHECK_FALSE(
            has(desk.say({"user", "password", "ada", "--reason", "chosen", "--password-stdin"}, "seats behind the organ\n"), "organ"));
        CHECK(has(desk.say({"user", "end-sessions", "ada", "--reason", "a lost phone"}), "sessions ended."));
        CHECK(desk.run({"user", "delete", "ada", "--reason", "asked for it"}).status == 64); // nobody is there to be asked
        CHECK(has(desk.say({"user", "delete", "ada", "--reason", "asked for it", "--yes"}), "Deleted ada."));
        CHECK(has(desk.say({"user", "list", "--status", "DELETED"}), "1 accounts."));
        CHECK(has(desk.say({"user", "list"}), "2 accounts."));
        auto const record = desk.say({"audit", "show"});
        for (auto const* part :
            {"ROLE_GIVEN", "she helps", "PASSWORD_RESET", "forgotten", "ACCOUNT_DELETED", "asked for it", "the operator"})
            CHECK_MESSAGE(has(record, part), record);
        CHECK(has(desk.say({"audit", "verify"}), "rows: sealed, anchored, and as decided."));
    });
}

TEST_CASE("storage, preparations, orphans and events are told with and without a server") {
    each_way([](Desk const& desk, Server const*) {
        CHECK(has(desk.say({"media", "list"}), "0 uploads."));
        CHECK(has(desk.say({"media", "list", "--owner", "boss", "--unused"}), "0 uploads."));
        CHECK(has(desk.say({"media", "storage"}), "0 people."));
        CHECK(has(desk.say({"media", "storage", "--by", "title"}), "0 films that titles show."));
        CHECK(has(desk.say({"jobs", "list"}), "0 preparations."));
        fs::create_directories(desk.data / "media/files/4711");
        CHECK(has(desk.say({"media", "orphans"}), "1 folders without an upload"));
        CHECK(has(desk.say({"media", "orphans", "--dry-run"}), "1 folders without an upload"));
        CHECK(has(desk.say({"media", "orphans", "--mend"}), "1 folders put aside"));
        CHECK(has(desk.say({"media", "orphans"}), "0 folders without an upload"));
        CHECK(desk.run({"media", "delete", "4711", "--reason", "x"}).status == 65);
        CHECK(desk.run({"media", "retry", "4711"}).status == 65);
        CHECK(desk.run({"media", "cancel", "4711", "--reason", "x"}).status == 65);
        CHECK(has(desk.say({"events", "dead"}), "0 dead events."));
        CHECK(has(desk.say({"events", "retry"}), "0 events handled, 0 left."));
        CHECK(desk.run({"events", "forget", "media.user.17.media.owners", "--reason", "x", "--yes"}).status == 65);
        CHECK(desk.run({"events", "forget", "nothing", "--reason", "x"}).status == 64);
    });
}

// proves S35
TEST_CASE("in maintenance reading, coming in and going out go on, writes wait with a sentence, and it outlives a restart") {
    Desk const desk;
    desk.create("boss", "ADMIN");
    auto server = std::make_unique<Server>(desk.data, std::vector<std::string>{"community.registration=OPEN"});
    auto const ada = join(*server, "ada");
    CHECK(has(desk.say({"maintenance", "show"}), "everybody writes"));
    CHECK(has(
        desk.say({"maintenance", "on", "--message", "New disks until noon.", "--reason", "the disks are full"}), "New disks until noon."));
    auto const check = [&] {
        auto const refused = server->ask("POST", "/api/movies", ada.access, R"({"title":"T"})");
        CHECK(refused.status == 503);
        CHECK(refused.id() == "server.maintenance");
        CHECK(refused.json().at("detail").as_string() == "New disks until noon.");
        CHECK(refused.header("Retry-After") == "60");
        CHECK(server->ask("POST", "/api/auth/register", {}, R"({"email":"b@example.org","username":"ben","password":"seats behind it"})")
                  .id() == "server.maintenance");
        CHECK(
            server->ask("POST", "/api/media/uploads", ada.access, {}, {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "5"}}).status == 503);
        CHECK(server->get("/api/movies", ada.access).status == 200);
        CHECK(server->get("/api/instance").json().at("maintenance").as_string() == "New disks until noon.");
        auto const in = sign_in(*server, "ada");
        CHECK(server->ask("POST", "/api/auth/refresh", {}, R"({"refreshToken":")" + in.refresh + "\"}").status == 200);
        CHECK(server->ask("POST", "/api/auth/logout", in.access).status == 204);
        CHECK(server->ask("POST", "/api/movies", sign_in(*server, "boss").access, R"({"title":"T"})").status == 201);
    };
    check();
    CHECK(server->stop() == 0);
    CHECK(has(desk.say({"maintenance", "show"}), "New disks until noon."));
    server = std::make_unique<Server>(desk.data, std::vector<std::string>{"community.registration=OPEN"});
    check();
    auto const boss = sign_in(*server, "boss");
    CHECK(server->ask("PUT", "/api/admin/maintenance", sign_in(*server, "ada").access, R"({"on":false,"reason":"x"})").status == 403);
    CHECK(server->ask("PUT", "/api/admin/maintenance", boss.access, R"({"on":false,"reason":"done"})").status == 200);
    CHECK(server->get("/api/instance").json().at("maintenance").is_null());
    CHECK(server->ask("POST", "/api/movies", sign_in(*server, "ada").access, R"({"title":"T"})").status == 201);
    auto const record = desk.say({"audit", "show"});
    CHECK(has(record, "MAINTENANCE_BEGUN"));
    CHECK(has(record, "the disks are full"));
    CHECK(has(record, "MAINTENANCE_ENDED"));
}

TEST_CASE("the operator's token opens routes of administrators alone, and for everything else is no account") {
    Desk const desk;
    desk.create("boss", "ADMIN");
    Server const server(desk.data);
    CHECK(server.get("/api/admin/users", "operator.99999999999.x").status == 401);
    CHECK(server.get("/api/admin/users").status == 401);
    // A name that a terminal would obey is shown without that.
    CHECK_FALSE(has(desk.run({"user", "show", "\x1b[2Jada"}).err, "\x1b"));
}
