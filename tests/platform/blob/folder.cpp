// A folder: whole files or none, and no way out of it.
#include "show.hpp"

#include <mozi/blob/folder.hpp>

#include <sys/stat.h>
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
