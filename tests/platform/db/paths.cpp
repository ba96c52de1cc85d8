// Where a database lies: whatever the folder is called, its files are in it, and everything works there.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;
namespace fs = std::filesystem;

TEST_CASE("a folder may be called anything") {
    constexpr EmbeddedFile first{"0001_notes.sql", note_table[0].bytes}, second{"0002_more.sql", "CREATE TABLE more (id INTEGER);"};
    auto const root = fs::temp_directory_path() / ("videa-test-paths-" + std::to_string(::getpid()));
    fs::remove_all(root);
    for (std::string const name :
        {"plain", "a \" quote", "an o'clock", "50% ?x=1&y#z", "file:x", "a\\b", "tab\tand\nline", "\xc3\xa9t\xc3\xa9", "a=b;c"})
        for (auto const& before : {root.string() + "/", "/" + root.string() + "//", root.string() + "/./"}) {
            CAPTURE(name);
            CAPTURE(before);
            fs::remove_all(root);
            std::string const dir = before + name;
            {
                auto const database = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
                REQUIRE(database->migrate(std::vector{first}) == 1);
                REQUIRE(insert(*database, 1, "kept"));
                REQUIRE(database->migrate(std::vector{first, second}) == 1);
                auto const beside = db::Database::open({.name = "u", .dir = dir, .min_free_bytes = 0}); // a file of its own
                REQUIRE(beside->migrate(std::vector{first}) == 1);
            }
            CHECK(fs::exists(root / name / "snapshots/t.before-schema-0002_more.db"));
            CHECK(std::distance(fs::directory_iterator(root), {}) == 1);
            CHECK(std::distance(fs::directory_iterator(root / name), {}) == 3);
            auto const looking = db::Database::open({.name = "t", .dir = dir, .access = db::Access::look});
            CHECK(words(*looking) == std::vector<std::string>{"kept"});
        }
    fs::remove_all(root);
}
