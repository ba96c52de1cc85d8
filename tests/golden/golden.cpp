// What is printed from the code and kept in the tree is the same in both places. MOZI_ACCEPT=1 takes over what is printed.
#include "run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

TEST_CASE("golden files") {
    struct {
        std::vector<std::string> command;
        std::string file;
    } const table[] = {{{"openapi"}, "docs/api/openapi.json"}, {{"config", "example"}, "config/videa-mozi.toml"}};
    for (auto const& [command, file] : table) {
        CAPTURE(file);
        std::vector<std::string> argv{MOZI_BINARY};
        argv.insert(argv.end(), command.begin(), command.end());
        auto const ran = mozi::test::run(argv);
        REQUIRE_MESSAGE(ran.status == 0, ran.err);
        REQUIRE(ran.out.size() > 1000);
        auto const path = std::string(MOZI_SOURCE_DIR) + "/" + file;
        if (std::getenv("MOZI_ACCEPT")) std::ofstream(path) << ran.out;
        std::ostringstream kept;
        kept << std::ifstream(path).rdbuf();
        auto const before = kept.str();
        auto const at = std::mismatch(ran.out.begin(), ran.out.end(), before.begin(), before.end()).first;
        CHECK_MESSAGE(ran.out == before,
            "they part at line " << 1 + std::count(ran.out.begin(), at, '\n') << "; MOZI_ACCEPT=1 takes over what is printed now");
    }
}
