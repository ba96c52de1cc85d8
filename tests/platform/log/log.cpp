// Log lines: valid JSON whatever is in them, and never a secret.
#include "show.hpp"

#include <mozi/log/log.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace mozi;

namespace {

// Standard error of f.
template <class F>
std::string written(F&& f) {
    auto const path = std::filesystem::temp_directory_path() / ("videa-test-log-" + std::to_string(::getpid()));
    auto const file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    auto const before = ::dup(STDERR_FILENO);
    ::dup2(file, STDERR_FILENO);
    f();
    log::error("end"); // flushed at once
    ::dup2(before, STDERR_FILENO);
    ::close(file), ::close(before);
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    std::filesystem::remove(path);
    return text.str();
}

} // namespace

// proves S29, S34
TEST_CASE("lines, levels, escapes, secrets") {
    for (auto const format : {"json", "text"}) {
        CAPTURE(format);
        log::configure({"info", format});
        auto const text = written([] {
            log::debug("hidden");
            log::RequestScope const outer("req-1");
            log::info("one", {{"text", "a\"b\\c\nd\x7f"}, {"number", 7}, {"real", 0.5}, {"flag", true}});
            {
                log::RequestScope const inner("req-2");
                log::warn("two");
            }
            log::info("three", {{"password", "canary1"}, {"refreshToken", "canary2"}, {"clientSecret", "canary3"},
                                   {"Authorization", "canary4"}, {"setCookie", "canary5"}, {"newPassword", "canary6"}});
        });
        CHECK(text.find("hidden") == text.npos);
        CHECK(text.find("canary") == text.npos);
        CHECK(text.find("[redacted]") != text.npos);
        CHECK(text.find("a\\\"b\\\\c\\u000ad\\u007f") != text.npos);
        CHECK(std::count(text.begin(), text.end(), '\n') == 4); // a line break inside a value makes no line
        CHECK(text.find("req-2") < text.find("three"));
        CHECK(text.rfind("req-1") > text.find("three"));
    }
    log::configure({"info", "json"});
    log::set_level(log::Level::debug);
    CHECK(written([] { log::debug("shown"); }).find("\"level\":\"debug\",\"event\":\"shown\"") != std::string::npos);
    log::set_level(log::Level::info);
    CHECK_FALSE(log::enabled(log::Level::debug));
}

namespace {

struct LogFolder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("videa-test-log-folder-" + std::to_string(::getpid()));
    LogFolder() { std::filesystem::create_directory(path); }
    ~LogFolder() {
        log::configure({"info", "json"});
        std::filesystem::remove_all(path);
    }
};

std::string content(std::filesystem::path const& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

bool holds(std::string const& text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace

// proves S34
TEST_CASE("a file of its own is opened anew when it was moved away, and one that cannot be opened is said") {
    LogFolder const folder;
    auto const file = folder.path / "server.log";
    REQUIRE(log::configure({"info", "json", file.string()}).empty());
    log::info("first");
    std::filesystem::rename(file, folder.path / "server.log.1");
    log::info("second"); // still to the old one, which loses nothing
    REQUIRE(log::reopen().empty());
    log::info("third");
    CHECK(holds(content(folder.path / "server.log.1"), "second"));
    CHECK(holds(content(file), "third"));
    CHECK_FALSE(holds(content(file), "second"));
    CHECK(holds(log::configure({"info", "json", (folder.path / "none/server.log").string()}), "No such file"));
}

// proves S34
TEST_CASE("a pipe that nobody reads stops nobody, and what was lost is told once when it goes on") {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    auto const before = ::dup(STDERR_FILENO);
    log::configure({"info", "json"});
    ::dup2(ends[1], STDERR_FILENO);
    auto const lost_before = log::lost();
    auto const began = std::chrono::steady_clock::now();
    for (int i = 0; i < 2000; ++i) log::info("much", {{"text", std::string(200, 'x')}});
    auto const took = std::chrono::steady_clock::now() - began;
    auto const lost = log::lost() - lost_before;
    char bytes[65536];
    while (::read(ends[0], bytes, sizeof bytes) == ssize_t(sizeof bytes)) {}
    log::info("again");
    log::info("and again");
    ::dup2(before, STDERR_FILENO);
    ::close(before), ::close(ends[1]);
    std::string rest;
    for (ssize_t got; (got = ::read(ends[0], bytes, sizeof bytes)) > 0;) rest.append(bytes, std::size_t(got));
    ::close(ends[0]);
    CHECK(took < std::chrono::seconds(5));
    CHECK(lost > 1000);
    auto const told = rest.find("\"event\":\"log.resumed\",\"lost\":" + std::to_string(lost) + "}");
    CHECK(told != rest.npos);
    CHECK(rest.find("log.resumed", told + 20) == rest.npos);
    CHECK(told < rest.find("\"event\":\"again\""));
    CHECK(holds(rest, "and again"));
}

// proves S34
TEST_CASE("a full disk stops nobody, and no line is torn when there is room again") {
    if (::access("/dev/full", W_OK) != 0) return;
    auto const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    auto const before = ::dup(STDERR_FILENO);
    log::configure({"info", "json"});
    auto const text = written([&] {
        auto const file = ::dup(STDERR_FILENO);
        ::dup2(full, STDERR_FILENO);
        for (int i = 0; i < 3; ++i) log::info("lost");
        ::dup2(file, STDERR_FILENO);
        ::close(file);
        log::info("back");
    });
    ::close(full), ::close(before);
    CHECK_FALSE(holds(text, "\"lost\"}"));
    CHECK(holds(text, "\"event\":\"log.resumed\",\"lost\":3}\n"));
    CHECK(holds(text, "\"event\":\"back\"}\n"));
}

// proves S29
TEST_CASE("addresses stand in the log as the settings say") {
    using log::Address, log::Addresses;
    for (auto const& [how, four, six, net] : {std::tuple{Addresses::full, "203.0.113.77", "2001:db8:1:2::3", "2001:db8:1:2::/64"},
             {Addresses::network, "203.0.113.0/24", "2001:db8:1::/48", "2001:db8:1::/48"}, {Addresses::none, "-", "-", "-"}}) {
        log::configure({.addresses = how});
        CHECK(log::written(Address{"203.0.113.77"}) == four);
        CHECK(log::written(Address{"2001:db8:1:2::3"}) == six);
        CHECK(log::written(Address{"2001:db8:1:2::/64"}) == net);
    }
    log::configure({.addresses = Addresses::network});
    CHECK(log::written(Address{"not an address"}) == "-");
    log::configure({"info", "json"});
}

TEST_CASE("what a thread works for is in its lines, each name once, and a line is never longer than a pipe takes whole") {
    log::configure({"info", "json"});
    auto const text = written([] {
        log::RequestScope const request("r-1");
        CHECK(log::current_request() == "r-1");
        log::Scope const film("media", "77");
        log::info("both");
        {
            log::Scope const other("media", "78");
            log::info("inner");
        }
        log::info("long", {{"why", std::string(9000, 'a') + "é"}, {"after", 1}});
        log::info("escaped", {{"why", std::string(9000, '\x01')}});
    });
    CHECK(holds(text, "\"event\":\"both\",\"media\":\"77\",\"requestId\":\"r-1\"}"));
    CHECK(holds(text, "\"event\":\"inner\",\"media\":\"78\",\"requestId\":\"r-1\"}"));
    CHECK(holds(text, "\"cut\":true}"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() < 4096);
        CHECK(line.ends_with("}"));
    }
    CHECK(log::current_request().empty());
}
