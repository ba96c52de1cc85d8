// Every wall, alone and together, as root and as an ordinary user: which ways lead out, which calls reach the kernel, what dies with whom.
#include "support.hpp"

#include "jail/calls.hpp"
#include "jail/run.hpp"
#include "jail/walls.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;

namespace {

using namespace std::chrono_literals;

constexpr int ordinary_user = 64930;

struct Walls {
    int landlock;
    bool calls, namespaces;
    std::string text() const {
        return "landlock " + std::to_string(landlock) + (calls ? ", calls" : ", no calls") +
               (namespaces ? ", namespaces" : ", no namespaces");
    }
};
enum class User { same, ordinary };

// What escapes is one place for all: two runs of these tests at once would take each other's for theirs.
class Alone {
public:
    Alone() : fd_(open("/tmp/videa-jail-tests.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        REQUIRE(flock(fd_, LOCK_EX) == 0);
    }
    ~Alone() { close(fd_); }
    Alone(Alone const&) = delete;
    Alone& operator=(Alone const&) = delete;

private:
    int fd_;
};

// What try_walls() says there, line by line. Empty where the jail did not come about.
std::vector<std::string> tried(Walls const& walls, User user, bool every_call) {
    TempFolder folder;
    Alone const alone;
    std::vector<std::string> words;
    if (user == User::ordinary) {
        REQUIRE(chown(folder.path().c_str(), ordinary_user, ordinary_user) == 0);
        auto const id = std::to_string(ordinary_user);
        words = {"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"};
    }
    for (auto const& word : {this_program(), std::string("walls"), std::to_string(walls.landlock), std::string(walls.calls ? "1" : "0"),
             std::string(walls.namespaces ? "1" : "0"), std::string(every_call ? "1" : "0"), folder.path(), this_program()})
        words.push_back(word);
    std::string output;
    if (!run(words, &output)) {
        skip("this system grants no jail with " + walls.text() + ": " + output, Skipped::part);
        return {};
    }
    std::vector<std::string> lines;
    for (auto const line : split(output, '\n')) lines.emplace_back(line);
    // Whatever got through did not get far.
    CHECK(read_file(folder.path("secret")) == "kept");
    if (walls.calls) {
        struct stat info{};
        REQUIRE(stat(folder.path("secret").c_str(), &info) == 0);
        CHECK((info.st_mode & 07777) == 0600);
        CHECK(read_file(folder.path("medium/source")) == "kept");
    }
    for (auto const* escape : {"/tmp/videa-jail-escape", "/videa-jail-escape"}) {
        auto const there = std::filesystem::remove(escape);
        CHECK_FALSE((there && (walls.landlock > 0 || walls.namespaces))); // without any file wall it is what it is
    }
    return lines;
}

std::set<std::string> lines_with(std::vector<std::string> const& lines, std::string const& word) {
    std::set<std::string> out;
    for (auto const& line : lines)
        if (line.starts_with(word + " ")) out.insert(line.substr(word.size() + 1));
    return out;
}
std::string value_of(std::vector<std::string> const& lines, std::string const& word) {
    auto const found = lines_with(lines, word);
    return found.empty() ? "" : *found.begin();
}

std::vector<User> users() {
    if (geteuid() == 0) return {User::same, User::ordinary};
    skip("only root can become somebody else: as root nothing was tried", Skipped::part);
    return {User::same};
}

bool has_landlock() {
    if (landlock_abi() > 0) return true;
    skip("this kernel has no Landlock", Skipped::part);
    return false;
}

// Names of the attempts that through.list knows for these walls.
std::set<std::string> known_for(bool root, bool landlock) {
    std::set<std::string> out;
    std::ifstream in(std::string(MOZI_SOURCE_DIR) + "/src/modules/media/src/jail/through.list");
    for (std::string line; std::getline(in, line);) {
        auto const columns = split(line, '|');
        if (line.starts_with('#') || columns.size() != 3) continue;
        CHECK_MESSAGE(trim(columns[2]).size() > 20, line);
        auto const missing = trim(columns[1]);
        if ((missing == "root" && !root) || (missing == "landlock" && !landlock)) out.insert(std::string(trim(columns[0])));
    }
    return out;
}

struct Cell {
    TempFolder folder;
    JailSettings settings = real_jail();
    JailedRun run;
    Cell() {
        settings.ffmpeg = inside_program();
        settings.namespaces = Namespaces::never; // quicker
        std::filesystem::create_directories(folder.path("medium"));
        write_file(folder.path("medium/source"), "the upload");
        REQUIRE(prepare_folder(settings, folder.path("medium")));
        REQUIRE(prepare_folder(settings, folder.path("medium/work"), folder.path("medium/source")));
        run.directory = folder.path("medium/work");
        run.wall = 90s;
        run.priority = Priority::soon; // the niceness of the background starves on a busy machine
        run.disk_mib = 16;
    }
};

// They end the caller, whatever a filter says of them; and execve is tried elsewhere.
bool is_not_tried(int number) {
    return number == SYS_exit || number == SYS_exit_group || number == SYS_rt_sigreturn || number == SYS_execve || number == 335 ||
           number == 336;
}

// What the list answers to a call whose arguments are all zero: nothing (it ends the program), 0 (allowed), or an error.
std::optional<int> answer_to_nothing(int number) {
    for (auto const& rule : call_list().rules) {
        if (rule.number != number || rule.answer == CallRule::Answer::first) continue;
        auto const holds = std::ranges::all_of(
            rule.when, [](Condition const& one) { return one.of != Condition::Of::self && (0 & one.mask) == one.value; });
        if (holds) return rule.error;
    }
    return std::nullopt;
}

} // namespace

TEST_SUITE_BEGIN("walls" * doctest::skip(under_thread_sanitizer));

TEST_CASE("the list of calls is understood, names calls of the kernel, and gives a reason for each") {
    auto const& list = call_list();
    REQUIRE_MESSAGE(list.fault.empty(), list.fault);
    CHECK(list.rules.size() > 60);
    // Names of one machine only.
    std::set<std::string_view> const elsewhere{
        "fstatat", "newfstatat", "open", "stat", "lstat", "access", "readlink", "select", "time", "arch_prctl"};
    for (auto const& rule : list.rules) {
        CAPTURE(std::string(rule.name));
        CHECK((rule.number >= 0 || elsewhere.contains(rule.name)));
        CHECK(rule.why.size() > 2);
        CHECK((rule.is_for("ffmpeg") || rule.is_for("ffprobe")));
    }
    CHECK(name_of_call(SYS_socket) == "socket");
    CHECK(name_of_call(100'000).empty());
}

// proves S23
TEST_CASE("no way leads out: with every wall, without namespaces, without Landlock, and with Landlock as old kernels have it") {
    std::vector<Walls> all{{newest_landlock, true, true}, {0, true, true}};
    if (has_landlock())
        for (auto const abi : {newest_landlock, 1, 2, 3, 4}) all.push_back({abi, true, false});
    for (auto const user : users())
        for (auto const& walls : all) {
            auto const lines = tried(walls, user, false);
            if (lines.empty()) continue;
            INFO(walls.text(), user == User::ordinary ? " as an ordinary user: " : ": ", value_of(lines, "walls"));
            auto const root = value_of(lines, "root") == "1", landlock = value_of(lines, "landlock") != "0";
            if (walls.namespaces && !root) skip("this system grants no root of its own: " + walls.text(), Skipped::part);
            if (!root && !landlock) continue; // such a jail is refused: see below
            CHECK(std::stoi(value_of(lines, "tried")) >= 140);
            CHECK(value_of(lines, "calls") == "1");
            for (auto const& leak : lines_with(lines, "leak")) FAIL_CHECK(leak, " leads out");
            std::set<std::string> through;
            for (auto const& line : lines_with(lines, "harmless")) through.insert(line.substr(0, line.find(':')));
            CHECK(through == known_for(root, landlock));
        }
}

TEST_CASE("without the list of calls the other walls keep files from being read, and nothing more is said of them") {
    if (!has_landlock()) return;
    for (auto const user : users())
        for (bool const namespaces : {true, false}) {
            auto const lines = tried({newest_landlock, false, namespaces}, user, false);
            auto const leaks = lines_with(lines, "leak");
            for (auto const* never : {"read-secret", "read-passwd", "read-server-environ", "read-server-memory", "write-secret",
                     "write-source", "write-beside", "truncate-source", "run-shell", "run-own-file"})
                CHECK_MESSAGE(!leaks.contains(never), never);
            if (!lines.empty()) CHECK(leaks.contains("file-in-memory")); // else nothing was tried
        }
}

TEST_CASE("every call of the kernel's table, from inside, with each combination of walls: what reaches the kernel is what the list says") {
    std::vector<Walls> all{{newest_landlock, true, true}, {0, true, true}, {0, true, false}};
    if (has_landlock()) all.push_back({newest_landlock, true, false}), all.push_back({1, true, false});
    for (auto const user : users())
        for (auto const& walls : all) {
            auto const lines = tried(walls, user, true);
            if (lines.empty()) continue;
            INFO(walls.text(), user == User::ordinary ? " as an ordinary user" : "");
            std::map<int, int> through;
            for (auto const& line : lines_with(lines, "call")) {
                auto const words = split(line, ' ');
                through[std::stoi(std::string(words[0]))] = std::stoi(std::string(words[1]));
            }
            CHECK(through.size() > 50);
            for (int number = 0; number < 700; ++number) {
                if (is_not_tried(number)) continue;
                CAPTURE(number);
                CAPTURE(std::string(name_of_call(number)));
                auto const said = answer_to_nothing(number);
                CHECK(said.has_value() == through.contains(number));
                if (said && *said != 0 && through.contains(number)) CHECK(through.at(number) == *said);
            }
            for (auto const& [number, error] : through) CHECK_MESSAGE(number < 700, "of x32's table: ", number, " ", error);
        }
}

TEST_CASE("each call that is not on the list ends the program, and its name and number stand in the outcome") {
    Cell cell;
    int ended = 0;
    for (int number = 0; number < 480; ++number) {
        if (answer_to_nothing(number) || is_not_tried(number)) continue;
        if (sanitized() && number % 16 != 1) continue; // each run starts this large program
        cell.run.arguments = {};
        cell.run.arguments.words({"deed", "call"}).value(Argument{} << number);
        auto const outcome = run_jailed(cell.settings, cell.run);
        CAPTURE(number);
        INFO(outcome.walls, outcome.errors);
        CHECK(outcome.output == "before\n");
        CHECK(outcome.ending == Ending::signalled);
        CHECK(outcome.code == SIGSYS);
        auto const name = name_of_call(number);
        CHECK(outcome.stopped == (name.empty() ? "?" : std::string(name)) + " (" + std::to_string(number) + ")");
        ++ended;
    }
    CHECK(ended > (sanitized() ? 10 : 250));
    CHECK(processes_in(cell.folder.path()) == 0);
}

TEST_CASE("nothing is executed a second time") {
    for (auto const namespaces : {Namespaces::when_allowed, Namespaces::never}) {
        Cell cell;
        cell.settings.namespaces = namespaces;
        cell.run.arguments.words({"deed", "run-again"});
        auto const outcome = run_jailed(cell.settings, cell.run);
        INFO(outcome.walls, outcome.errors);
        CHECK(outcome.ending == Ending::signalled);
        CHECK(outcome.stopped.starts_with("execve ("));
    }
}

TEST_CASE("where the file wall or the list of calls cannot be had no film is opened, unless the operator allows it") {
    Cell cell;
    cell.run.arguments.words({"deed", "nothing"});
    cell.settings.landlock = 0;
    auto outcome = run_jailed(cell.settings, cell.run);
    CHECK(outcome.ending == Ending::no_jail);
    CHECK_MESSAGE(outcome.walls.find("the file wall is missing") != std::string::npos, outcome.walls);
    cell.settings.unsandboxed = Unsandboxed::allowed;
    CHECK(run_jailed(cell.settings, cell.run).good());
    if (!has_landlock()) return;
    cell.settings = real_jail();
    cell.settings.ffmpeg = inside_program();
    cell.settings.calls = CallWallWanted::no;
    outcome = run_jailed(cell.settings, cell.run);
    CHECK(outcome.ending == Ending::no_jail);
    CHECK_MESSAGE(outcome.walls.find("the call wall is missing") != std::string::npos, outcome.walls);
    cell.settings.unsandboxed = Unsandboxed::allowed;
    CHECK(run_jailed(cell.settings, cell.run).good());
}

namespace {

pid_t start(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    REQUIRE(posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ) == 0);
    return child;
}

// The first child of a process; 0 while there is none.
pid_t child_of(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) + "/children");
    pid_t child = 0;
    in >> child;
    return child;
}

// Whether a process works in the folder, or was started with its name and has not got there yet. `besides`: one that is no matter.
bool anything_of(std::string const& folder, pid_t besides) {
    if (processes_in(folder) > 0) return true;
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
        auto const name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos || name == std::to_string(besides)) continue;
        try {
            if (read_file(entry.path() / "cmdline").find(folder) != std::string::npos) return true;
        } catch (std::exception const&) {} // it has ended meanwhile
    }
    return false;
}

bool soon(std::function<bool()> const& done) {
    for (auto const end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
        if (done()) return true;
        std::this_thread::sleep_for(2ms); // asks again
    }
    return false;
}

} // namespace

TEST_CASE("what runs in the jail dies with the server, and with its warden, at whatever moment that is") {
    for (std::string const namespaces : {"1", "0"})
        for (bool const of_warden : {false, true})
            for (int moment = 0; moment < 24; ++moment) {
                Cell cell;
                CAPTURE(namespaces);
                CAPTURE(of_warden);
                CAPTURE(moment);
                auto const server = start({this_program(), "server", namespaces, inside_program(), cell.run.directory, this_program()});
                REQUIRE(soon([&] { return child_of(server) != 0; }));
                auto const warden = child_of(server);
                // Half of the moments before the program runs, from the first of its parent's life on.
                if (moment < 12) std::this_thread::sleep_for(moment * 700us);
                else REQUIRE(soon([&] { return child_of(warden) != 0 && processes_in(cell.folder.path()) >= 2; }));
                kill(of_warden ? warden : server, SIGKILL);
                CHECK(soon([&] { return !anything_of(cell.folder.path(), of_warden ? server : 0); }));
                kill(server, SIGKILL);
                waitpid(server, nullptr, 0);
            }
}

// The one moment at which nobody tells it: its parent has forked and dies with the server before the child has asked for anything.
TEST_CASE("a program whose warden is gone before it could ask to die with it does not begin") {
    for (std::string const namespaces : {"1", "0"}) {
        CAPTURE(namespaces);
        Cell cell;
        std::vector<std::string> words{this_program(), "server", namespaces, inside_program(), cell.run.directory, this_program()};
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        auto const server = fork();
        if (server == 0) {
            raise(SIGSTOP);
            execv(argv[0], argv.data());
            _exit(1);
        }
        int status = 0;
        REQUIRE(waitpid(server, &status, WUNTRACED) == server);
        auto const followed = ptrace(PTRACE_SEIZE, server, nullptr, PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE) == 0;
        kill(server, SIGCONT);
        if (!followed) {
            kill(server, SIGKILL), waitpid(server, nullptr, 0);
            return skip("processes may not be followed here");
        }
        pid_t warden = 0, program = 0; // in the order in which they stand at their beginning
        while (program == 0) {
            auto const who = waitpid(-1, &status, __WALL);
            REQUIRE(who > 0);
            if (!WIFSTOPPED(status)) continue;
            if (who != server && warden == 0) warden = who;
            if (who != server && who != warden) program = who;
            else ptrace(PTRACE_CONT, who, nullptr, status >> 16 ? 0 : WSTOPSIG(status));
        }
        kill(server, SIGKILL);
        for (auto const gone : {server, warden})
            while (waitpid(gone, &status, __WALL) == gone && WIFSTOPPED(status)) {}
        ptrace(PTRACE_DETACH, program, nullptr, nullptr);
        CHECK(soon([&] { return !anything_of(cell.folder.path(), 0); }));
        kill(program, SIGKILL);
    }
}

TEST_SUITE_END();
