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
