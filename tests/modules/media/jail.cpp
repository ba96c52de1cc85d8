// The jail against a hostile decoder: nothing gets out, nothing stays behind, the server's side always comes to an end.
#include "support.hpp"

#include "jail/run.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;

namespace {

using namespace std::chrono_literals;

struct Cell {
    TempFolder folder;
    JailSettings settings;
    JailedRun run;

    explicit Cell(Namespaces namespaces = Namespaces::when_allowed) {
        settings = real_jail();
        settings.ffmpeg = inside_program();
        settings.namespaces = namespaces;
        std::filesystem::create_directories(folder.path("medium"));
        write_file(folder.path("medium/source"), "the upload");
        REQUIRE(prepare_folder(settings, folder.path("medium")));
        REQUIRE(prepare_folder(settings, folder.path("medium/work"), folder.path("medium/source")));
        run.directory = folder.path("medium/work");
        run.wall = 90s; // no test waits for it; a busy machine may
        run.priority = Priority::soon; // the niceness of the background starves on a busy machine
        run.disk_mib = 16;
    }
    JailOutcome doing(Literal deed) {
        run.arguments = {};
        run.arguments.words({"deed", deed});
        return run_jailed(settings, run);
    }
};

} // namespace

TEST_SUITE_BEGIN("jail" * doctest::skip(under_thread_sanitizer));

TEST_CASE("a harmless program runs behind the walls, with threads, files and all that libraries do") {
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell(namespaces);
        auto const outcome = cell.doing("ordinary-life");
        INFO(outcome.walls, outcome.errors);
        REQUIRE(outcome.good());
        CHECK(outcome.walls.find("seccomp=1") != std::string::npos);
        if (namespaces == Namespaces::never) CHECK(outcome.walls.find("root=0 seccomp=1 namespaces=0") != std::string::npos);
    }
}

TEST_CASE("a program has no environment, no descriptors but its own, no children, and only one file wide") {
    setenv("MOZI_TEST_SECRET", "1", 1);
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell(namespaces);
        for (auto const deed : {Literal("see-environment"), Literal("inherit-descriptors"), Literal("large-file")}) {
            auto const outcome = cell.doing(deed);
            INFO(deed.view(), outcome.walls, outcome.errors, outcome.stopped);
            CHECK(outcome.ending == Ending::exited);
            CHECK(outcome.code == 1);
        }
        CHECK(cell.doing("fork-many").ending == Ending::signalled);
        CHECK(processes_in(cell.folder.path()) == 0);
        auto const aborted = cell.doing("abort"); // a signal to itself is on the list
        CHECK(aborted.ending == Ending::signalled);
        CHECK(aborted.stopped.empty());
    }
}

TEST_CASE("a program that ignores every signal ends with its time, and nothing of it stays") {
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell(namespaces);
        cell.run.wall = 700ms;
        auto const begin = std::chrono::steady_clock::now();
        CHECK(cell.doing("wait-for-ever").ending == Ending::timed_out);
        CHECK(std::chrono::steady_clock::now() - begin < 15s);
        CHECK(processes_in(cell.folder.path()) == 0);
    }
}

TEST_CASE("a program that burns the processor ends with its allowance") {
    Cell cell;
    cell.run.cpu_s = 1;
    auto const outcome = cell.doing("burn");
    CHECK(outcome.ending == Ending::signalled);
    CHECK((outcome.code == SIGXCPU || outcome.code == SIGKILL));
}

TEST_CASE("a program that fills the disk is stopped by the quota") {
    Cell cell;
    CHECK(cell.doing("fill-disk").ending == Ending::too_much_output);
    Cell other;
    CHECK(other.doing("many-files").ending == Ending::too_much_output);
}

TEST_CASE("memory beyond the allowance is not given") {
    Cell cell;
    auto const outcome = cell.doing("take-memory");
    CHECK(outcome.ending == Ending::exited);
    CHECK(outcome.code == 1);
}

TEST_CASE("a flood on stdout ends the run, one on stderr is cut to its end") {
    Cell cell;
    CHECK(cell.doing("shout").ending == Ending::too_much_output);
    auto const outcome = cell.doing("shout-errors");
    CHECK(outcome.ending == Ending::exited);
    CHECK(outcome.errors.size() <= 64 << 10);
}

TEST_CASE("a crash is a signal, leaves no core file and no process") {
    Cell cell;
    auto const outcome = cell.doing("crash");
    CHECK(outcome.ending == Ending::signalled);
    CHECK(std::filesystem::is_empty(cell.run.directory));
    CHECK(processes_in(cell.folder.path()) == 0);
}

TEST_CASE("cancelling ends a run at once") {
    Cell cell;
    int asked = 0;
    cell.run.cancelled = [&] { return ++asked > 2; };
    auto const outcome = cell.doing("wait-for-ever");
    CHECK(outcome.ending == Ending::cancelled);
    CHECK(processes_in(cell.folder.path()) == 0);
}

TEST_CASE("a program that is not there is refused by name, not run") {
    Cell cell;
    cell.settings.ffmpeg = "/nowhere/ffmpeg";
    auto const outcome = cell.doing("nothing");
    CHECK(outcome.ending == Ending::no_program);
    CHECK(outcome.code != 0);
}

TEST_SUITE_END();
