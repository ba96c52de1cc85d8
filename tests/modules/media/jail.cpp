// The jail against a hostile decoder: nothing gets out, nothing stays behind, the server's side always comes to an end.
#include "support.hpp"

#include "jail/run.hpp"
#include "jail/walls.hpp"

#include <array>
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
        settings.ffmpeg = this_program();
        settings.namespaces = namespaces;
        if (sanitized()) settings.memory_mib = 64LL << 20;
        std::filesystem::create_directories(folder.path("medium"));
        write_file(folder.path("medium/source"), "the upload");
        REQUIRE(prepare_folder(settings, folder.path("medium")));
        REQUIRE(prepare_folder(settings, folder.path("medium/work"), folder.path("medium/source")));
        run.directory = folder.path("medium/work");
        run.wall = 20s;
        run.disk_mib = 16;
    }
    JailOutcome doing(Literal deed) {
        run.arguments = {};
        run.arguments.words({"deed", deed});
        return run_jailed(settings, run);
    }
};

bool landlock() {
    if (landlock_abi() > 0) return true;
    skip("this kernel has no landlock", Skipped::part);
    return false;
}

bool refused(JailOutcome const& outcome) {
    return (outcome.ending == Ending::exited && outcome.code == 1) || (outcome.ending == Ending::signalled && outcome.code == SIGSYS);
}

constexpr std::array attempts{Literal("fork-many"), Literal("kill-parent"), Literal("leave-group"), Literal("run-from-memory"),
    Literal("run-shell"), Literal("run-own-file"), Literal("see-environment"), Literal("inherit-descriptors"), Literal("read-passwd"),
    Literal("read-proc"), Literal("list-parent"), Literal("write-source"), Literal("write-beside"), Literal("write-tmp"),
    Literal("read-disk"), Literal("read-tty"), Literal("mkdir-tmp"), Literal("unlink-source"), Literal("rename-source"), Literal("symlink"),
    Literal("hardlink"), Literal("truncate-source"), Literal("mknod"), Literal("unix-socket"), Literal("internet-socket"),
    Literal("netlink-socket"), Literal("namespaces"), Literal("clone-namespace"), Literal("ptrace-parent"), Literal("ptrace-me"),
    Literal("mount"), Literal("bpf"), Literal("keyctl"), Literal("userfaultfd"), Literal("io-uring"), Literal("perf"),
    Literal("process-vm"), Literal("open-by-handle"), Literal("large-file")};

} // namespace

TEST_SUITE_BEGIN("jail" * doctest::skip(under_thread_sanitizer));

TEST_CASE("the walls this system offers are up, and a harmless program runs behind them") {
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell(namespaces);
        auto const outcome = cell.doing("nothing");
        INFO(outcome.walls, outcome.errors);
        REQUIRE(outcome.good());
        CHECK(outcome.walls.find("seccomp=1") != std::string::npos);
        if (landlock()) CHECK(outcome.walls.find("landlock=1") != std::string::npos);
        if (namespaces == Namespaces::never) CHECK(outcome.walls.find("namespaces=0") != std::string::npos);
    }
}

// proves S23
TEST_CASE("every attempt to get out is refused, with namespaces and without") {
    setenv("MOZI_TEST_SECRET", "1", 1);
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell(namespaces);
        for (auto const attempt : attempts) {
            if (!landlock() &&
                (attempt.view().starts_with("read") || attempt.view().starts_with("write") || attempt.view().starts_with("run-")))
                continue;
            auto const outcome = cell.doing(attempt);
            INFO(std::string(attempt.view()), ": ending ", int(outcome.ending), " code ", outcome.code, " ", outcome.walls, outcome.errors);
            CHECK(refused(outcome));
        }
        CHECK(read_file(cell.folder.path("medium/source")) == "the upload");
        CHECK_FALSE(std::filesystem::exists(cell.folder.path("medium/beside")));
        CHECK_FALSE(std::filesystem::exists("/tmp/videa-jail-escape"));
        CHECK(processes_in(cell.folder.path()) == 0);
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
    if (sanitized()) return skip("a sanitizer takes more memory than any allowance");
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
    CHECK(outcome.ending == Ending::exited);
    CHECK(outcome.code != 0);
}

TEST_CASE("the jail works for an ordinary user as for root") {
    if (geteuid() != 0) return skip("only root can become somebody else"); // the other cases ran as an ordinary user
    Cell cell;
    REQUIRE(chmod(cell.folder.path().c_str(), 0777) == 0);
    std::string output;
    auto const as_user = [&](std::string const& deed) {
        return run({"sh", "-c", "exec \"$@\" 3>/dev/null", "sh", "setpriv", "--reuid=64930", "--regid=64930", "--clear-groups",
                       this_program(), "media-jail", "--directory=" + cell.run.directory, "--input=../source",
                       "--program=" + this_program(), "--memory-mib=" + std::to_string(cell.settings.memory_mib), "--cpu-s=20",
                       "--file-mib=16", "--niceness=0", "--namespaces=1", "--", "deed", deed},
            &output);
    };
    for (auto const* path : {"medium", "medium/work", "medium/source"}) REQUIRE(chown(cell.folder.path(path).c_str(), 64930, 64930) == 0);
    CHECK(as_user("nothing"));
    for (auto const* deed : {"read-passwd", "internet-socket", "write-beside", "fork-many"}) CHECK_FALSE(as_user(deed));
}

TEST_SUITE_END();
