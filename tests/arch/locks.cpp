// The locks of the build itself: what a module must not see is not there for the compiler, the linker or CMake.
#include "run.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace {

struct Scratch {
    fs::path path = fs::temp_directory_path() / ("videa-test-locks-" + std::to_string(::getpid()));
    Scratch() { fs::remove_all(path); }
    ~Scratch() { fs::remove_all(path); }
    void write(std::string const& file, std::string const& text) const {
        fs::create_directories((path / file).parent_path());
        std::ofstream(path / file) << text;
    }
};

// The real cmake/MoziTargets.cmake over modules of a few lines.
std::string project(std::string const& modules) {
    return R"(cmake_minimum_required(VERSION 3.25)
project(locks LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
list(APPEND CMAKE_MODULE_PATH ")" MOZI_SOURCE_DIR R"(/cmake")
include(EmbedFiles)
include(MoziTargets)
add_library(mozi_options INTERFACE)
add_library(mozi_base INTERFACE)
add_library(mozi::base ALIAS mozi_base)
add_library(mozi_json INTERFACE)
add_library(mozi::json ALIAS mozi_json)
target_link_libraries(mozi_json INTERFACE mozi_base)
target_include_directories(mozi_base INTERFACE ")" MOZI_SOURCE_DIR R"(/src/platform/base/include")
add_library(mozi_module_support INTERFACE)
add_library(mozi::module_support ALIAS mozi_module_support)
)" + modules;
}

mozi::test::Ran configure(Scratch const& scratch, std::string const& build) {
    return mozi::test::run({"cmake", "-G", "Ninja", "-S", scratch.path.string(), "-B", (scratch.path / build).string(),
        "-DCMAKE_CXX_COMPILER_WORKS=1", "-DCMAKE_BUILD_TYPE=Debug"});
}

} // namespace

TEST_CASE("what is not declared is not there") {
    Scratch scratch;
    scratch.write("alpha/include/mozi/alpha/api.hpp", "#pragma once\nnamespace alpha { struct Api {}; }\n");
    scratch.write("alpha/src/inside.hpp", "#pragma once\nnamespace alpha { int inside(); }\n");
    scratch.write("alpha/src/module.cpp", "#include \"inside.hpp\"\nint alpha::inside() { return 1; }\n");
    scratch.write("alpha/events/mozi/alpha/events.hpp", "#pragma once\nnamespace alpha { struct Happened {}; }\n");
    struct {
        std::string name, declared, code;
        bool builds;
        std::string says;
    } const table[] = {
        {"uses", "USES alpha", "#include <mozi/alpha/api.hpp>\nalpha::Api used;\n", true, ""},
        {"listens", "LISTENS alpha", "#include <mozi/alpha/events.hpp>\nalpha::Happened heard;\n", true, ""},
        {"undeclared", "", "#include <mozi/alpha/api.hpp>\n", false, "mozi/alpha/api.hpp"},
        {"private_header", "USES alpha", "#include \"inside.hpp\"\n", false, "inside.hpp"},
        {"unheard", "USES alpha", "#include <mozi/alpha/events.hpp>\n", false, "mozi/alpha/events.hpp"},
        {"reaches_in", "USES alpha", "namespace alpha { int inside(); }\nint reach() { return alpha::inside(); }\n", true,
            ""}, // compiles; must not link, below
    };
    std::string modules = "mozi_module(alpha)\n";
    for (auto const& row : table) {
        modules += "mozi_module(" + row.name + " " + row.declared + ")\n";
        scratch.write(row.name + "/src/module.cpp", row.code);
    }
    // As tests/CMakeLists.txt links a module's test: the whole of that module, and no sibling.
    scratch.write("main.cpp", "int main() {}\n");
    for (auto const name : {"uses", "reaches_in"})
        modules += "add_executable(test_" + std::string(name) + " main.cpp)\ntarget_link_libraries(test_" + name +
                   " -Wl,--whole-archive mozi_module_" + name + " -Wl,--no-whole-archive)\n";
    scratch.write("CMakeLists.txt", project(modules));
    auto const configured = configure(scratch, "build");
    REQUIRE_MESSAGE(configured.status == 0, configured.err);
    auto const build = [&](std::string const& target) {
        return mozi::test::run({"cmake", "--build", (scratch.path / "build").string(), "--target", target});
    };
    for (auto const& row : table) {
        CAPTURE(row.name);
        auto const built = build("mozi_module_" + row.name);
        CHECK_MESSAGE((built.status == 0) == row.builds, built.out);
        CHECK(built.out.find(row.says) != std::string::npos);
    }
    CHECK(build("test_uses").status == 0);
    auto const linked = build("test_reaches_in");
    CHECK(linked.status != 0);
    CHECK_MESSAGE(linked.out.find("alpha::inside") != std::string::npos, linked.out);
}

TEST_CASE("calls go one way: USES of a later module stops the configuration") {
    Scratch scratch;
    for (auto const name : {"one", "two"}) scratch.write(std::string(name) + "/src/module.cpp", "");
    scratch.write("CMakeLists.txt", project("mozi_module(one)\nmozi_module(two USES one)\n"));
    CHECK(configure(scratch, "good").status == 0);
    scratch.write("CMakeLists.txt", project("mozi_module(one USES two)\nmozi_module(two)\n"));
    auto const refused = configure(scratch, "bad");
    CHECK(refused.status != 0);
    CHECK(refused.err.find("Module one USES two") != std::string::npos);
}
