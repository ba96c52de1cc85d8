// A folder: whole files or none, and no way out of it.
#include "show.hpp"
#include "skip.hpp"

#include <mozi/blob/folder.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

using namespace mozi;
namespace fs = std::filesystem;

TEST_CASE("what is written is read back, whole, with its rights, and nothing else is left lying there") {
    auto const path = fs::temp_directory_path() / ("videa-test-blob-" + std::to_string(::getpid()));
    fs::remove_all(path);
    {
        blob::Folder folder(path / "in");
        struct stat info{};
        REQUIRE(::stat(folder.path().c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0700);
        CHECK(folder.write("a", "one"));
        CHECK(folder.write("a", std::string(100'000, 'x'), 0640));
        CHECK(folder.read("a", 1 << 20).value() == std::string(100'000, 'x'));
        REQUIRE(::stat((folder.path() / "a").c_str(), &info) == 0);
        CHECK((info.st_mode & 0777 & ~0640u) == 0);
        CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
        CHECK(folder.read("none", 10).error().code == Code::not_found);
        folder.remove("a");
        folder.remove("a");
        CHECK_FALSE(folder.open("a"));
        CHECK(folder.free_bytes() > 0);

        // Ways out.
        std::ofstream(path / "outside") << "secret";
        fs::create_symlink(path / "outside", folder.path() / "link");
        fs::create_directory_symlink(path, folder.path() / "dir");
        for (auto const name : {"../outside", "link", "dir/outside", "in/../../outside", "/etc/hostname", "./../outside", ""}) {
            CAPTURE(name);
            CHECK_FALSE(folder.open(name));
            CHECK_FALSE(folder.read(name, 100));
            if (std::string_view(name).find('/') != std::string_view::npos) CHECK_FALSE(folder.write(name, "overwritten"));
        }
        std::ifstream outside(path / "outside");
        CHECK(std::string(std::istreambuf_iterator<char>(outside), {}) == "secret");
    }
    fs::remove_all(path);
}

TEST_CASE("a disk that takes hardly a file more has no room, whatever bytes it has") {
    auto const path = fs::temp_directory_path() / ("videa-test-few-" + std::to_string(::getpid()));
    fs::create_directories(path);
    // In a child, so that the mount is nobody else's and goes with it. 2: none can be made here.
    auto const has_room = [&](char const* options) {
        auto const child = ::fork();
        if (child == 0) {
            if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0 ||
                (::geteuid() == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ||
                ::mount("none", path.c_str(), "tmpfs", 0, options) != 0)
                ::_exit(2);
            ::_exit(blob::Folder(path, blob::Folder::Missing::refuse).free_bytes() > 0 ? 1 : 0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WEXITSTATUS(status);
    };
    auto const few = has_room("size=64m,nr_inodes=500"), many = has_room("size=64m,nr_inodes=9000");
    fs::remove(path);
    if (few == 2) return test::skip("no file system can be mounted here", test::Skipped::part);
    CHECK(few == 0);
    CHECK(many == 1);
}
