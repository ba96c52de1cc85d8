// Whose files these are: databases, folders and secrets are their owner's alone, whoever starts the server; and what doctor says of the
// jail.
#include "support.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

// What others than the owner may do something with.
std::vector<std::string> open_to_others(fs::path const& root) {
    std::vector<std::string> out;
    auto const look = [&](fs::path const& path) {
        auto const state = fs::symlink_status(path);
        if ((state.permissions() & (fs::perms::group_all | fs::perms::others_all)) != fs::perms::none) out.push_back(path.string());
    };
    look(root);
    for (auto const& entry : fs::recursive_directory_iterator(root)) look(entry.path());
    return out;
}

} // namespace

TEST_CASE("databases and folders are their owner's alone, whatever the umask, and an earlier installation's become so") {
    Folder folder;
    auto const data = folder.path / "data";
    auto const before = umask(0);
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    for (auto const* name : {"user.db", "media.db", "installation"}) fs::permissions(data / name, fs::perms(0666));
    fs::permissions(data, fs::perms(0777));
    {
        Server server(data);
        auto const person = join(server, "keeper");
        auto const made =
            server.ask("POST", "/api/media/uploads", person.access, "", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "17"}});
        CHECK(made.status == 201);
        CHECK(read_file("/proc/" + std::to_string(server.pid()) + "/status").find("Umask:\t0077\n") != std::string::npos);
        CHECK(fs::exists(data / "user.db-wal"));
        CHECK_FALSE(fs::is_empty(data / "snapshots"));
        for (auto const& path : open_to_others(data)) FAIL_CHECK(path);
        server.stop(SIGKILL); // and what is left behind
        for (auto const& path : open_to_others(data)) FAIL_CHECK(path);
    }
    umask(before);
}

TEST_CASE("a secret that others may read is not taken back quietly") {
    Folder folder;
    auto const data = folder.path / "data";
    { Server const server(data); }
    fs::permissions(data / "secret", fs::perms(0644));
    auto const ran = run(command(data, {"serve"}), "/");
    CHECK(ran.status != 0);
    CHECK_MESSAGE(ran.err.find("may be read by others") != std::string::npos, ran.err);
}

TEST_CASE("doctor says what films are prepared behind, tries the ways out, and the start tells it in the log") {
    Folder folder;
    auto const data = folder.path / "data";
    Server server(data);
    CHECK(server.wait_for_log("media.walls"));
    auto const ran = run(command(data, {"doctor"}), "/");
    CHECK_MESSAGE(ran.out.find("ok    films are prepared behind: the list of system calls") != std::string::npos, ran.out);
    CHECK_MESSAGE(ran.out.find("ways out were tried, none leads out") != std::string::npos, ran.out);
    CHECK_MESSAGE(ran.out.find("ok    ffmpeg and ffprobe work behind them") != std::string::npos, ran.out);
    auto const allowed =
        run(command(data, {"doctor"}, {"media.allow_unsandboxed=uploads may read and change whatever this server may"}), "/");
    CHECK_MESSAGE(allowed.out.find("LOOK  media.allow_unsandboxed") != std::string::npos, allowed.out);
}
