// The process: starting, the one-time link, stopping, starting again, and refusing to start.
#include "certificate.hpp"
#include "support.hpp"

#include <atomic>
#include <fstream>

#include <sqlite3.h>

using namespace mozi::test;
namespace fs = std::filesystem;

TEST_CASE("the one-time link makes exactly one administrator, however many try at once") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    CHECK(server.get("/health/ready").status == 200);
    CHECK((fs::status(server.data() / "setup-link").permissions() & fs::perms(077)) == fs::perms::none);
    CHECK(server.get("/api/instance").json().at("setupPending").as_bool());
    auto const token = setup_token(server);
    auto const attempt = [&](std::string const& name, std::string const& with) {
        return server.ask("POST", "/api/auth/setup", {},
            R"({"token":")" + with + R"(","email":")" + name + R"(@example.org","username":")" + name + R"(","password":")" +
                std::string(password) + "\"}");
    };
    auto const wrong = attempt("wrong", token.substr(1) + "A");
    CHECK(wrong.status == 410);
    CHECK(wrong.json().at("id") == "setup.link"); // said before names and passwords are looked at
    auto const guessed = server.ask("POST", "/api/auth/setup", {},
        R"({"token":")" + token + R"(","email":"vera@example.org","username":"vera","password":"Vera-2026!"})");
    CHECK(guessed.status == 422);
    CHECK(guessed.json().at("errors").at(0).at("id") == "user.password_guessable");
    std::atomic<int> made{0}, gone{0};
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < 50; ++i)
            all.emplace_back([&, i] {
                auto const status = attempt("admin" + std::to_string(i), token).status;
                made += status == 201;
                gone += status == 410;
            });
    }
    CHECK(made == 1);
    CHECK(gone == 49);
    CHECK(attempt("late", token).json().at("id") == "setup.done");
    CHECK_FALSE(server.get("/api/instance").json().at("setupPending").as_bool());
    int admins = 0;
    for (int i = 0; i < 50; ++i) {
        auto const reply = server.ask("POST", "/api/auth/login", {},
            R"({"emailOrUsername":"admin)" + std::to_string(i) + R"(","password":")" + std::string(password) + "\"}");
        if (reply.status == 200) ++admins, CHECK(reply.json().at("user").at("role").as_string() == "ADMIN");
    }
    CHECK(admins == 1);
}

TEST_CASE("stopping is orderly, and a second start has everything") {
    Folder folder;
    auto const data = folder.path / "data";
    Person ada;
    std::string movie;
    {
        Server server(data);
        ada = join(server, "ada");
        auto const made = server.ask(
            "POST", "/api/movies", ada.access, R"({"title":"The Long Take","status":"RELEASED"})", {{"Idempotency-Key", "first"}});
        REQUIRE(made.status == 201);
        movie = made.body;
        CHECK(server.stop() == 0);
        CHECK(server.log().find("server.stopped") != std::string::npos);
    }
    CHECK((fs::status(data / "secret").permissions() & fs::perms(077)) == fs::perms::none);
    Server server(data);
    CHECK(server.get("/api/users/me", ada.access).status == 200); // still signed in
    CHECK(sign_in(server, "ada").id == ada.id);
    auto const again =
        server.ask("POST", "/api/movies", ada.access, R"({"title":"The Long Take","status":"RELEASED"})", {{"Idempotency-Key", "first"}});
    CHECK(again.status == 201);
    CHECK(again.body == movie); // the first answer, byte for byte
    auto const address = "/api/movies/" + std::string(boost::json::parse(movie).at("id").as_string()) + "/comments";
    CHECK(server.ask("POST", address, ada.access, R"({"content":"good"})", {{"Idempotency-Key", "first"}}).status ==
          422); // the key is ada's, whichever module answers
    CHECK(server.ask("POST", address, ada.access, R"({"content":"good"})", {{"Idempotency-Key", "second"}}).status == 201);
    CHECK(server.get("/api/movies").json().at("pagination").at("total").as_int64() == 1);
    CHECK(server.stop(SIGINT) == 0);
}

TEST_CASE("what was answered survives a process that is killed") {
    Folder folder;
    std::vector<std::string> titles;
    {
        Server server(folder.path / "data", {"limits.enabled=false"});
        auto const ada = join(server, "ada");
        std::mutex mutex;
        std::vector<std::jthread> all;
        std::atomic<int> answered{0};
        for (int t = 0; t < 4; ++t)
            all.emplace_back([&, t] {
                for (int i = 0; i < 1000; ++i) {
                    auto const title = "T" + std::to_string(t) + "-" + std::to_string(i);
                    auto const reply = server.ask("POST", "/api/movies", ada.access, R"({"title":")" + title + R"(","status":"RELEASED"})");
                    if (reply.status != 201) return; // it is gone
                    std::scoped_lock const held(mutex);
                    titles.push_back(title);
                    if (++answered; answered == 40) answered.notify_all();
                }
            });
        for (int seen = answered; seen < 40; seen = answered) answered.wait(seen);
        CHECK(server.stop(SIGKILL) == 128 + SIGKILL);
    }
    Server const server(folder.path / "data", {"limits.enabled=false"});
    std::string found;
    for (std::string after = "";;) {
        auto const page = server.get("/api/movies?limit=100" + (after.empty() ? "" : "&after=" + after)).json();
        found += boost::json::serialize(page.at("data"));
        auto const& next = page.at("pagination").at("nextCursor");
        if (!next.is_string()) break;
        after = std::string(next.as_string());
    }
    CHECK(titles.size() >= 40);
    for (auto const& title : titles) CHECK_MESSAGE(found.find("\"" + title + "\"") != found.npos, title);
}

// proves S35
TEST_CASE("it refuses to start, and says why, when starting would do harm") {
    Folder folder;
    auto const data = folder.path / "data";
    {
        Server const server(data);
        auto const second = run(command(data, {"serve"}), "/");
        CHECK(second.status == 75);
        CHECK(second.err.find("another videa-mozi uses the data folder") != std::string::npos);
        CHECK_MESSAGE(second.err.find(": process " + std::to_string(server.pid()) + " on ") != std::string::npos, second.err);
        CHECK(run(command(folder.path / "other", {"serve"}, {"server.port=" + std::to_string(server.port())}), "/").status == 69);
        CHECK(server.get("/health/live").status == 200); // the first one does not mind
    }
    fs::permissions(data / "secret", fs::perms(0644));
    auto const open = run(command(data, {"serve"}), "/");
    CHECK(open.status == 78);
    CHECK(open.err.find("chmod 600") != std::string::npos);
    fs::permissions(data / "secret", fs::perms(0600));
    std::ofstream(data / "secret") << "short\n";
    CHECK(run(command(data, {"serve"}), "/").status != 0);
    struct {
        std::string set;
        std::string_view says;
    } const wrong[] = {{"server.prot=1", "Did you mean server.port?"}, {"server.port=70000", "between 0 and 65535"},
        {"log.level=loud", "\"debug\""}, {"media.nothing_like_it=1", "media.nothing_like_it"},
        {"database.url=postgresql//u:SECRETPW@127.0.0.1:1/films", "write % as %25"},
        {"database.url=postgresql://u:SECRET/PW@127.0.0.1:1/films", "write % as %25"}};
    for (auto const& row : wrong)
        for (auto const& words : {std::vector<std::string>{"serve"}, {"config", "check"}, {"doctor"}}) {
            auto const ran = run(command(data, words, {row.set}), "/");
            CHECK(ran.status == 78);
            CHECK_MESSAGE(ran.err.find(row.says) != std::string::npos, ran.err);
            CHECK(ran.err.find("SECRET") == std::string::npos);
        }
    for (std::vector<std::string> const& words :
        std::vector<std::vector<std::string>>{{"config", "foo"}, {"events", "foo"}, {"foo"}, {"serve", "foo"}}) {
        auto const ran = run(command(data, words), "/");
        CHECK(ran.status == 64);
        CHECK_MESSAGE(ran.err.find("knows no \"foo\" here") != std::string::npos, ran.err);
    }
    CHECK(run(command(data, {"serve", "--bogus"}), "/").err.find("\"--bogus\"") != std::string::npos);
    for (auto const* word : {"serve", "migrate", "doctor"}) { // a folder where its file is meant
        auto const ran = run(command(data, {"--config", folder.path.string(), word}), "/");
        CHECK(ran.status == 78);
        CHECK_MESSAGE(ran.err.find("it is a folder. Name the file in it.") != std::string::npos, ran.err);
    }
}

TEST_CASE("the command line finds a server that speaks TLS, at the address it listens on") {
    Folder folder;
    auto const data = folder.path / "data";
    Certificate const certificate;
    for (auto const* host : {"0.0.0.0", "127.0.0.2", "::1"}) {
        CAPTURE(host);
        Server const server(
            data, {"server.tls_certificate=" + certificate.files().certificate_chain, "server.tls_key=" + certificate.files().private_key,
                      std::string("server.host=") + host, "server.module_ports=false"});
        auto const ready = run(command(data, {"doctor", "--ready"}), "/");
        CHECK_MESSAGE(ready.status == 0, ready.err);
        auto const name = "member" + std::to_string(server.port());
        auto const made = run(command(data, {"user", "create", "--username", name, "--email", name + "@example.org", "--password-stdin"}),
            "/", std::string(password) + "\n");
        CHECK_MESSAGE(made.status == 0, made.err);
        CHECK(run(command(data, {"doctor"}), "/").out.find("https://") != std::string::npos);
    }
}

TEST_CASE("the command line makes accounts with and without a running server, and looks after it") {
    Folder folder;
    auto const data = folder.path / "data";
    auto const create = [&](std::string const& name, std::string const& role, std::string const& secret,
                            std::vector<std::string> const& also = {}) {
        std::vector<std::string> words{
            "user", "create", "--username", name, "--email", name + "@example.org", "--role", role, "--password-stdin"};
        words.insert(words.end(), also.begin(), also.end());
        return run(command(data, words), "/", secret + "\n");
    };
    auto const nowhere = create("offline", "ADMIN", std::string(password));
    CHECK(nowhere.status == 69);
    CHECK_MESSAGE(nowhere.err.find("add --new") != std::string::npos, nowhere.err);
    CHECK_FALSE(fs::exists(data));
    CHECK(create("offline", "ADMIN", std::string(password), {"--new"}).status == 0);
    CHECK(create("weak", "USER", "short").status == 65);
    CHECK(create("offline", "USER", std::string(password)).status == 65); // taken
    CHECK(create("odd", "KING", std::string(password)).status == 64);
    Server const server(data);
    CHECK_FALSE(fs::exists(data / "setup-link")); // there is an administrator
    CHECK(server.get("/api/users/me", sign_in(server, "offline").access).json().at("role").as_string() == "ADMIN");
    CHECK(server.get("/api/users/me", appoint(server, "online", "MODERATOR").access).json().at("role").as_string() == "MODERATOR");
    CHECK(create("online", "USER", std::string(password)).status == 65);
    CHECK(create("weak", "USER", "short").status == 65);
    CHECK(run(command(data, {"doctor", "--ready"}), "/").status == 0);
    CHECK(run(command(folder.path / "other", {"doctor", "--ready"}), "/").status == 69);
    CHECK(run(command(data, {"config", "check"}), "/").status == 0);
    CHECK(run(command(data, {"version"}), "/").out.starts_with("videa-mozi "));
}

TEST_CASE("proxies and the address people use are understood, or named as what they are not") {
    Folder folder;
    auto const check = [&](std::string const& set) { return run(command(folder.path / "data", {"config", "check"}, {set}), "/"); };
    for (auto const* fine : {"server.trusted_proxies=[\"127.0.0.1\", \"172.16.0.0/12\", \"fd00::/8\"]",
             "server.base_url=https://films.example.org", "server.base_url=https://films.example.org:8443/", "server.base_url="})
        CHECK_MESSAGE(check(fine).status == 0, fine);
    struct {
        char const* set;
        char const* told;
    } const table[] = {{"server.trusted_proxies=[\"127.0.0.1\", \"proxy.example.org\"]", "\"proxy.example.org\", which is neither"},
        {"server.trusted_proxies=[\"10.0.0.0/33\"]", "\"10.0.0.0/33\""}, {"server.tls_key=key.pem", "needs server.tls_certificate"},
        {"server.tls_certificate=cert.pem", "needs server.tls_key"}, {"server.base_url=https://example.org/films", "has a path"},
        {"server.base_url=/films", "neither https:// nor http://"}};
    for (auto const& row : table) {
        auto const ran = check(row.set);
        CHECK(ran.status == 78);
        CHECK_MESSAGE(ran.err.find(row.told) != std::string::npos, ran.err);
        CHECK(ran.err.find("--set") != std::string::npos); // where it was said
    }
}

// proves S35
TEST_CASE("doctor says whether the address people use leads to the running server") {
    Folder folder;
    Server const server(folder.path / "data", {"community.name=The Orpheum"}), other(folder.path / "other");
    auto const doctor = [&](std::uint16_t port) {
        return run(command(server.data(), {"doctor"}, {"server.base_url=http://127.0.0.1:" + std::to_string(port)}), "/");
    };
    CHECK(doctor(server.port()).out.find("leads to this server") != std::string::npos);
    auto const wrong = doctor(other.port());
    CHECK(wrong.status != 0);
    CHECK(wrong.out.find("is answered by something else") != std::string::npos);
}

TEST_CASE("a start without ffmpeg says so, and health goes on saying it") {
    Folder folder;
    Server const server(folder.path / "data", {"media.ffmpeg=/nowhere/ffmpeg"});
    CHECK(server.wait_for_log("media.program_missing"));
    CHECK(server.log().find("/nowhere/ffmpeg") != std::string::npos);
    CHECK(server.get("/health/services").body.find("/nowhere/ffmpeg is missing") != std::string::npos);
}

TEST_CASE("a full share is no error of the server, a full disk is; a start below the floor leaves reading titles anew to a later one") {
    Folder folder;
    auto const data = folder.path / "data";
    auto const movie = R"({"title":"Étoile","status":"RELEASED"})";
    {
        Server const server(data, {"media.quota_bytes=100"});
        auto const ada = join(server, "ada");
        CHECK(server.ask("POST", "/api/movies", ada.access, movie).status == 201);
        auto const refused = server.ask("POST", "/api/uploads", ada.access, {}, {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "101"}});
        CHECK(refused.status == 507);
        CHECK(refused.id() == "media.quota");
        CHECK(refused.json().at("title") == "Your share is full");
        CHECK(server.log().find("request.failed") == std::string::npos);
    }
    auto const version = [&](std::string const& also) {
        sqlite3* opened = nullptr;
        REQUIRE(sqlite3_open((data / "content.db").c_str(), &opened) == SQLITE_OK);
        int out = -1;
        auto const read = [](void* to, int, char** values, char**) { return *static_cast<int*>(to) = std::atoi(values[0]), 0; };
        REQUIRE(sqlite3_exec(opened, (also + "SELECT version FROM title_folding").c_str(), read, &out, nullptr) == SQLITE_OK);
        sqlite3_close(opened);
        return out;
    };
    auto const now = version("");
    version("UPDATE title_folding SET version = 0, up_to = NULL; UPDATE movie SET title_fold = ''; ");
    {
        Server const server(data, {"data.min_free_bytes=" + std::to_string(1LL << 50)});
        CHECK(server.wait_for_log("content.refolding_waits"));
        CHECK(server.get("/api/movies").json().at("pagination").at("total") == 1);
        CHECK(server.get("/api/movies?search=etoile").json().at("pagination").at("total") == 0);
        CHECK(server.ask("POST", "/api/movies", sign_in(server, "ada").access, movie).status == 507);
        CHECK(server.wait_for_log("request.failed"));
        auto const log = server.log(), line = log.substr(log.rfind('\n', log.find("request.failed")) + 1);
        CHECK(line.substr(0, line.find('\n')).find("\"level\":\"error\"") != std::string::npos);
        CHECK(line.substr(0, line.find('\n')).find("storage.full") != std::string::npos);
    }
    CHECK(version("") == 0);
    Server const server(data);
    CHECK(server.get("/api/movies?search=etoile").json().at("pagination").at("total") == 1);
    CHECK(version("") == now);
}
