// What a service manager is told, and where the first administrator's link and the database's address are kept.
#include "support.hpp"

#include "service_manager.hpp"

#include <atomic>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

// In the place of systemd: the socket that the environment names as long as this lives, and all that came in.
class Manager {
public:
    Manager(std::string const& name, std::string const& watchdog_us) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        auto const size = socklen_t(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        setenv("NOTIFY_SOCKET", name.c_str(), 1);
        setenv("WATCHDOG_USEC", watchdog_us.c_str(), 1);
    }
    ~Manager() {
        unsetenv("NOTIFY_SOCKET");
        unsetenv("WATCHDOG_USEC");
        ::close(fd_);
    }
    // Whether it comes, in one message, within that time.
    bool hears(std::string const& text, std::chrono::milliseconds within = 20s) {
        auto const until = std::chrono::steady_clock::now() + within;
        for (;;) {
            auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
            pollfd wait{fd_, POLLIN, 0};
            if (left <= 0ms || ::poll(&wait, 1, int(left.count())) <= 0) return false;
            char bytes[4000];
            auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
            if (got > 0 && std::string_view(bytes, std::size_t(got)).find(text) != std::string_view::npos) return true;
        }
    }

private:
    int fd_;
};

std::string said(Ran const& ran) { return ran.out + ran.err; }

} // namespace

TEST_CASE("a service manager hears that it is ready, how it is, that it lives, that it reads anew and that it ends") {
    Folder folder;
    Manager manager((folder.path / "notify").string(), "400000");
    Server server(folder.path / "data");
    CHECK(manager.hears("STATUS=Opening the databases"));
    CHECK(manager.hears("READY=1"));
    CHECK(manager.hears("STATUS=Answers at http://"));
    CHECK(manager.hears("WATCHDOG=1"));
    CHECK(manager.hears("WATCHDOG=1", 2s)); // and again
    REQUIRE(::kill(server.pid(), SIGHUP) == 0);
    CHECK(manager.hears("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(manager.hears("READY=1"));
    CHECK(server.stop() == 0);
    CHECK(manager.hears("STOPPING=1"));
}

TEST_CASE("a start that fails never says that it is ready") {
    Folder folder;
    Manager manager("@videa-mozi-test-" + std::to_string(getpid()), "400000");
    auto const refused = run(command(folder.path / "data", {"serve"}, {"server.host=192.0.2.1"})); // nobody's address
    CHECK(refused.status == 69);
    CHECK(manager.hears("STATUS=Opening"));
    CHECK_FALSE(manager.hears("READY=1", 200ms));
}

TEST_CASE("who stands still is not said to live, and is again when it goes on") {
    Folder folder;
    Manager manager((folder.path / "notify").string(), "200000");
    std::atomic<bool> stands{true};
    app::ServiceManager const said;
    CHECK(getenv("NOTIFY_SOCKET") == nullptr); // children are not the service
    auto const telling = said.keep_telling({[] { return std::string("well"); }, [&] { return std::string(stands ? "stuck" : ""); }});
    CHECK(manager.hears("STATUS=well"));
    CHECK_FALSE(manager.hears("WATCHDOG=1", 1s));
    stands = false;
    CHECK(manager.hears("WATCHDOG=1", 5s));
    stands = true;
    while (manager.hears("WATCHDOG=1", 400ms)) {} // what was on its way
    CHECK_FALSE(manager.hears("WATCHDOG=1", 1s));
}

TEST_CASE("the first administrator's link is printed while it is good") {
    Folder folder;
    auto const data = folder.path / "data";
    auto const before = run(command(data, {"setup-link"}));
    CHECK(before.status == 69);
    CHECK(said(before).find("not been started") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(data)); // looking makes nothing
    Server const server(data);
    auto const link = run(command(data, {"setup-link"}));
    CHECK(link.status == 0);
    CHECK(said(link).find("/setup#" + setup_token(server)) != std::string::npos);
    CHECK(server.log().find("videa-mozi setup-link") != std::string::npos);
    CHECK(server.log().find(setup_token(server)) == std::string::npos);
    first_admin(server);
    CHECK(run(command(data, {"setup-link"})).status == 69);
}

TEST_CASE("the database's address may stand in a file of its own") {
    Folder folder;
    auto const file = folder.path / "url";
    auto const check = [&](std::vector<std::string> const& sets) { return run(command(folder.path / "data", {"config", "check"}, sets)); };
    auto const from_file = "database.url_file=" + file.string();
    CHECK(check({from_file}).status == 78); // not there
    CHECK(said(check({from_file})).find("cannot be read") != std::string::npos);
    std::ofstream(file) << "";
    CHECK(said(check({from_file})).find("is empty") != std::string::npos);
    std::ofstream(file) << "mysql://root:canary-1@db/videa\n";
    auto const wrong = check({from_file});
    CHECK(wrong.status == 78);
    CHECK(said(wrong).find(file.string()) != std::string::npos);
    CHECK(said(wrong).find("canary-1") == std::string::npos); // a secret is in no message
    std::ofstream(file) << std::string(5000, 'x');
    CHECK(said(check({from_file})).find("longer than") != std::string::npos);
    std::ofstream(file) << "postgresql://videa:canary-1@127.0.0.1:1/videa\r\n";
    CHECK(check({from_file}).status == 0);
    CHECK(said(check({from_file, "database.url=postgresql://a:b@c/d"})).find("both set") != std::string::npos);
    auto const printed = run(command(folder.path / "data", {"config", "print"}, {from_file}));
    CHECK(printed.status == 0);
    CHECK(said(printed).find(file.string()) != std::string::npos);
    CHECK(said(printed).find("canary-1") == std::string::npos);
    auto const start = run(command(folder.path / "data", {"serve"}, {from_file}));
    CHECK(start.status == 69); // it went there: nobody answers at port 1
    CHECK(said(start).find("PostgreSQL") != std::string::npos);
    CHECK(said(start).find("canary-1") == std::string::npos);
}

TEST_CASE("statuses mean what the manual says") {
    Folder folder;
    auto const data = folder.path / "data";
    for (auto const& wrong : {std::vector<std::string>{}, {"no-such-command"}, {"serve", "--no-such-option"}, {"user", "create"}, {"user"}})
        CHECK(run(command(data, wrong)).status == 64);
    CHECK(run(command(data, {"serve"}, {"server.port=seven"})).status == 78);
    CHECK(run(command(data, {"serve"}, {"server.no_such=1"})).status == 78);
    CHECK(run(command(data, {"serve"}, {"server.tls_key=/nowhere"})).status == 78);
    Server const server(data);
    CHECK(run(command(data, {"serve"})).status == 75);
}
