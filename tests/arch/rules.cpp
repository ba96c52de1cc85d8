// The rules of the house that no compiler checks, and the proof that each of them bites.
#include "run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

namespace fs = std::filesystem;
using Violations = std::vector<std::string>;

namespace {

fs::path const source = MOZI_SOURCE_DIR;

std::string text_of(fs::path const& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

bool is_code(fs::path const& file) { return file.extension() == ".cpp" || file.extension() == ".hpp"; }

// Every file below root/folder, without what is made or fetched.
std::vector<fs::path> files(fs::path const& root, std::string const& folder) {
    std::vector<fs::path> all;
    if (!fs::exists(root / folder)) return all;
    for (auto at = fs::recursive_directory_iterator(root / folder); at != fs::recursive_directory_iterator(); ++at) {
        auto const name = at->path().filename().string();
        if (at->is_directory() && (name == "node_modules" || name == "dist" || name.starts_with('.'))) at.disable_recursion_pending();
        else if (at->is_regular_file()) all.push_back(at->path());
    }
    std::sort(all.begin(), all.end());
    return all;
}

// Calls f(path relative to root, line, number) for each line of code below the folder, comments taken away.
void each_line(fs::path const& root, std::string const& folder, std::function<void(std::string const&, std::string const&, int)> const& f) {
    for (auto const& file : files(root, folder)) {
        if (!is_code(file)) continue;
        std::ifstream lines(file);
        int number = 0;
        for (std::string line; std::getline(lines, line);)
            f(fs::relative(file, root).string(), line.substr(0, std::min(line.find("// "), line.size())), ++number);
    }
}

Violations lines_with(fs::path const& root, std::function<bool(std::string const& path, std::string const& line)> const& wrong) {
    Violations found;
    each_line(root, "src", [&](std::string const& path, std::string const& line, int number) {
        if (wrong(path, line)) found.push_back(path + ":" + std::to_string(number) + " " + line);
    });
    return found;
}

bool includes(std::string const& line, std::string_view what) { return line.find("#include") != line.npos && line.find(what) != line.npos; }

// A word followed by "(", not part of a longer name.
bool calls(std::string const& line, std::string const& name) {
    for (auto at = line.find(name + "("); at != line.npos; at = line.find(name + "(", at + 1))
        if (at == 0 || (!std::isalnum(static_cast<unsigned char>(line[at - 1])) && line[at - 1] != '_')) return true;
    return false;
}

// "src/modules/<name>/src" or "src/platform/<name>", the place whose insides may be included.
std::string home_of(fs::path const& path) {
    std::vector<std::string> parts;
    for (auto const& part : path.lexically_normal()) parts.push_back(part.string());
    if (parts.size() < 4 || parts[0] != "src") return "src/app";
    auto const home = parts[0] + "/" + parts[1] + "/" + parts[2];
    return parts[1] == "modules" && parts[3] == "src" ? home + "/src" : home;
}

Violations relative_includes(fs::path const& root) {
    return lines_with(root, [](std::string const& path, std::string const& line) {
        auto const from = line.find("#include \"");
        if (from == line.npos) return false;
        auto const name = line.substr(from + 10, line.find('"', from + 10) - from - 10);
        if (name.find("..") == name.npos) return false;
        auto const home = home_of(path);
        return !home.ends_with("/src") || home_of(fs::path(path).parent_path() / name) != home;
    });
}

Violations beast_outside_net(fs::path const& root) {
    return lines_with(
        root, [](auto const& path, auto const& line) { return includes(line, "boost/beast") && !path.starts_with("src/platform/net/"); });
}
Violations soci_outside_db(fs::path const& root) {
    return lines_with(root, [](auto const& path, auto const& line) {
        return includes(line, "soci") && !includes(line, "social") && !path.starts_with("src/platform/db/src/");
    });
}
Violations coroutines(fs::path const& root) {
    return lines_with(root, [](auto const&, auto const& line) {
        return line.find("co_await") != line.npos || line.find("co_return") != line.npos || line.find("co_yield") != line.npos;
    });
}
Violations shells_and_regex(fs::path const& root) {
    return lines_with(root, [](auto const&, auto const& line) {
        return calls(line, "system") || calls(line, "popen") || line.find("std::regex") != line.npos || includes(line, "<regex>");
    });
}

Violations long_files(fs::path const& root) {
    Violations found;
    for (auto const folder : {"src", "tests", "cmake", "scripts", "schema"})
        for (auto const& file : files(root, folder)) {
            auto const ending = file.extension().string();
            if (file.string().ends_with(".d.ts")) continue; // generated
            if (!is_code(file) && ending != ".cmake" && ending != ".sh" && ending != ".sql" && ending != ".mjs" && ending != ".ts" &&
                ending != ".svelte" && ending != ".css" && file.filename() != "CMakeLists.txt")
                continue;
            auto const text = text_of(file);
            auto const lines = std::count(text.begin(), text.end(), '\n');
            if (lines > 500) found.push_back(fs::relative(file, root).string() + " has " + std::to_string(lines) + " lines");
        }
    return found;
}

Violations undeclared_folders(fs::path const& root) {
    Violations found;
    auto const check = [&](std::string const& folder, std::string const& declared_in, std::string const& call) {
        auto const text = text_of(root / declared_in);
        std::set<std::string> declared{"module"}; // the value a module is, a header of its own
        for (auto at = text.find(call); at != text.npos; at = text.find(call, at + 1)) {
            auto const from = at + call.size();
            declared.insert(text.substr(from, text.find_first_of(" )\n", from) - from));
        }
        for (auto const& entry : fs::directory_iterator(root / folder))
            if (entry.is_directory() && !declared.contains(entry.path().filename().string()))
                found.push_back(folder + "/" + entry.path().filename().string() + " is not in " + declared_in);
    };
    check("src/platform", "src/platform/CMakeLists.txt", "mozi_part(");
    check("src/modules", "src/modules/modules.cmake", "mozi_module(");
    return found;
}

// "schema/user/0001_accounts.sql <sha256>" of every migration, in order.
std::vector<std::string> migrations(fs::path const& root) {
    std::vector<std::string> argv{"cmake", "-E", "sha256sum"};
    for (auto const& file : files(root, "schema")) argv.push_back(fs::relative(file, root).string());
    std::istringstream lines(mozi::test::run(argv, root.string()).out);
    std::vector<std::string> out;
    for (std::string line; std::getline(lines, line);) out.push_back(line.substr(66) + " " + line.substr(0, 64));
    return out;
}

// A step is one file, or one for each engine; a pair counts once, and neither stands alone.
Violations misnamed_migrations(fs::path const& root) {
    Violations found;
    std::map<std::string, std::set<std::string>> steps; // "schema/user/0001_accounts": its endings
    for (auto const& file : files(root, "schema")) {
        auto const path = fs::relative(file, root).string();
        auto const dot = std::min(path.find('.'), path.size());
        steps[path.substr(0, dot)].insert(path.substr(dot));
        std::istringstream lines(text_of(file));
        for (std::string line; std::getline(lines, line);)
            for (auto const* own : {"BEGIN;", "BEGIN TRANSACTION", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"})
                if (line.starts_with(own)) found.push_back(path + " has a transaction of its own: " + line);
    }
    std::map<std::string, int> last;
    for (auto const& [step, endings] : steps) {
        auto const number = ++last[fs::path(step).parent_path().string()];
        if (std::atoi(fs::path(step).filename().c_str()) != number)
            found.push_back(step + " is not number " + std::to_string(number) + " of its folder");
        if (endings != std::set<std::string>{".sql"} && endings != std::set<std::string>{".postgres.sql", ".sqlite.sql"})
            found.push_back(step + " must be one file for both engines (.sql), or one for each (.sqlite.sql and .postgres.sql)");
    }
    return found;
}

Violations changed_migrations(fs::path const& root) {
    Violations found;
    auto const now = migrations(root);
    if (now.empty()) found.push_back("no migration was found");
    std::istringstream recorded(text_of(root / "tests/arch/migrations.txt"));
    std::vector<std::string> before;
    for (std::string line; std::getline(recorded, line);)
        if (!line.empty() && line[0] != '#') before.push_back(line);
    for (auto const& line : before)
        if (std::find(now.begin(), now.end(), line) == now.end()) found.push_back(line + " was changed or removed after it was recorded");
    for (auto const& line : now)
        if (std::find(before.begin(), before.end(), line) == before.end())
            found.push_back(line + " is not recorded; a new migration is recorded with MOZI_ACCEPT=1");
    return found;
}

Violations repeated_operations(fs::path const& root) {
    Violations found;
    std::set<std::string> seen;
    auto const text = text_of(root / "docs/api/openapi.json");
    std::string const key = "\"operationId\": \"";
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
        auto const name = text.substr(at + key.size(), text.find('"', at + key.size()) - at - key.size());
        if (!seen.insert(name).second) found.push_back("operation " + name + " is there twice");
    }
    if (seen.size() < 10) found.push_back("docs/api/openapi.json holds no operations");
    return found;
}

Violations files_without_purpose(fs::path const& root) {
    Violations found;
    for (auto const folder : {"src", "tests"})
        for (auto const& file : files(root, folder))
            if (is_code(file) && !text_of(file).starts_with("// "))
                found.push_back(fs::relative(file, root).string() + " does not begin with what it is for");
    return found;
}

// docs/promises.md is what the marks in the tests say, and every mark stands above a test.
Violations unproven_promises(fs::path const& root) {
    auto const ran = mozi::test::run({"node", "scripts/promises.mjs", "--check"}, root.string());
    Violations found;
    std::istringstream said(ran.out);
    for (std::string line; std::getline(said, line);) found.push_back(line);
    if (ran.status != 0 && found.empty()) found.push_back("scripts/promises.mjs: " + ran.err);
    return found;
}

struct Planted {
    std::string file, text; // appended
};
struct Rule {
    std::string name;
    Violations (*check)(fs::path const&);
    std::vector<Planted> planted; // each alone must be found
};

std::vector<Rule> const& rules() {
    static std::vector<Rule> const all{
        {"relative includes stay inside a module", relative_includes,
            {{"src/modules/social/src/module.cpp", "#include \"../../content/src/movies/service.hpp\"\n"},
                {"src/modules/social/src/module.cpp", "#include \"../include/mozi/social/api.hpp\"\n"},
                {"src/platform/http/src/call.cpp", "#include \"../../db/src/session.hpp\"\n"},
                {"src/app/serve.cpp", "#include \"../modules/user/src/accounts/service.hpp\"\n"}}},
        {"Beast only in net", beast_outside_net,
            {{"src/platform/http/src/call.cpp", "#include <boost/beast/http.hpp>\n"},
                {"src/modules/user/src/module.cpp", "#include <boost/beast/core/flat_buffer.hpp>\n"}}},
        {"SOCI only inside db", soci_outside_db,
            {{"src/modules/user/src/module.cpp", "#include <soci/soci.h>\n"},
                {"src/platform/db/include/mozi/db/database.hpp", "#include <soci/session.h>\n"}}},
        {"no coroutines", coroutines,
            {{"src/app/serve.cpp", "auto f() { co_return; }\n"}, {"src/platform/net/src/server.cpp", "  co_await x;\n"}}},
        {"no shell, no std::regex", shells_and_regex,
            {{"src/app/serve.cpp", "int x = system(\"ls\");\n"}, {"src/modules/media/src/module.cpp", "auto p = ::popen(\"x\", \"r\");\n"},
                {"src/platform/base/src/text.cpp", "#include <regex>\n"}, {"src/platform/base/src/text.cpp", "std::regex r;\n"}}},
        {"files of at most 500 lines", long_files,
            {{"src/app/serve.cpp", std::string(501, '\n')}, {"tests/arch/long.cpp", std::string(501, '\n')}}},
        {"every folder is declared", undeclared_folders,
            {{"src/platform/extra/include/x.hpp", "// x\n"}, {"src/modules/extra/src/x.cpp", "// x\n"}}},
        {"migrations are contiguous, for both engines and one step each", misnamed_migrations,
            {{"schema/user/0009_gap.sql", "SELECT 1;\n"}, {"schema/platform/0002_more.sql", "SELECT 1;\n"},
                {"schema/user/0004_lone.sqlite.sql", "SELECT 1;\n"}, {"schema/user/0004_lone.postgres.sql", "SELECT 1;\n"},
                {"schema/user/0003_effects.sqlite.sql", "SELECT 1;\n"}, {"schema/user/0003_effects.sql", "COMMIT;\n"}}},
        {"migrations never change", changed_migrations,
            {{"schema/user/0001_accounts.sql", "-- a comment\n"}, {"schema/platform/0099_more.sql", "SELECT 1;\n"},
                {"tests/arch/migrations.txt", "schema/user/0000_gone.sql 00\n"}}},
        {"operation ids are unique", repeated_operations, {{"docs/api/openapi.json", "\"operationId\": \"listMovies\""}}},
        {"promises that are claimed are proven, and the page that says by what is up to date", unproven_promises,
            {{"docs/promises.md", "\n"}, {"tests/modules/user/names.cpp", "// proves S3\n"},
                {"tests/modules/user/names.cpp", "// proves S99\nTEST_CASE(\"x\") {}\n"},
                {"tests/modules/user/names.cpp", "// proves S12\nTEST_CASE(\"x\") {}\n"},
                {"tests/browser/joining.mjs", "  // proves S3\n  const x = 1\n"}}},
        {"every file says what it is for", files_without_purpose, {{"src/app/extra.cpp", "int x;\n"}}},
    };
    return all;
}

} // namespace

TEST_CASE("the rules hold") {
    if (std::getenv("MOZI_ACCEPT")) {
        std::ofstream out(source / "tests/arch/migrations.txt");
        out << "# SHA-256 of every migration, as published. Lines are only ever added (MOZI_ACCEPT=1 with the arch test).\n";
        for (auto const& line : migrations(source)) out << line << "\n";
    }
    for (auto const& rule : rules()) {
        CAPTURE(rule.name);
        for (auto const& violation : rule.check(source)) FAIL_CHECK(violation);
    }
}

TEST_CASE("a step for each engine is one step") {
    auto const scratch = fs::temp_directory_path() / ("videa-test-steps-" + std::to_string(::getpid()));
    fs::create_directories(scratch / "schema/user");
    for (auto const* name : {"0001_a.sql", "0002_b.sqlite.sql", "0002_b.postgres.sql", "0003_c.sql"})
        std::ofstream(scratch / "schema/user" / name) << "CREATE TRIGGER t AFTER INSERT ON a\nBEGIN\n    SELECT 1;\nEND;\n";
    for (auto const& violation : misnamed_migrations(scratch)) FAIL_CHECK(violation);
    fs::remove_all(scratch);
}

TEST_CASE("a promise that is claimed needs a test") {
    auto const scratch = fs::temp_directory_path() / ("videa-test-promises-" + std::to_string(::getpid()));
    for (auto const* folder : {"scripts", "docs", "src/app/web/tests", "tests/app"}) fs::create_directories(scratch / folder);
    for (auto const* script : {"promises.mjs", "test-scripts.sh"}) fs::copy_file(source / "scripts" / script, scratch / "scripts" / script);
    auto const is_claimed = [&] {
        auto const found = unproven_promises(scratch);
        return std::ranges::count(found, "S2 is claimed, and no test proves it") == 1;
    };
    CHECK(is_claimed());
    std::ofstream(scratch / "tests/app/one.cpp") << "// proves S2\nTEST_CASE(\"six addresses\") {}\n";
    CHECK_FALSE(is_claimed());
    fs::remove_all(scratch);
}

TEST_CASE("each rule bites") {
    auto const scratch = fs::temp_directory_path() / ("videa-test-arch-" + std::to_string(::getpid()));
    fs::remove_all(scratch);
    for (auto const folder : {"src", "schema", "tests", "cmake", "scripts", "docs"})
        for (auto const& file : files(source, folder)) {
            auto const to = scratch / fs::relative(file, source);
            fs::create_directories(to.parent_path());
            fs::copy_file(file, to);
        }
    for (auto const& rule : rules()) {
        CAPTURE(rule.name);
        auto const before = rule.check(scratch).size();
        for (auto const& [file, text] : rule.planted) {
            CAPTURE(file);
            CAPTURE(text.substr(0, 80));
            auto const path = scratch / file;
            auto const existed = fs::exists(path);
            auto const original = existed ? text_of(path) : std::string();
            fs::create_directories(path.parent_path());
            std::ofstream(path, std::ios::app) << text;
            CHECK(rule.check(scratch).size() > before);
            if (existed) std::ofstream(path) << original;
            else fs::remove(path);
            if (auto const folder = path.parent_path(); fs::is_empty(folder))
                fs::remove_all(folder.parent_path().filename() == "extra" ? folder.parent_path() : folder);
        }
        CHECK(rule.check(scratch).size() == before); // nothing is left of what was planted
    }
    fs::remove_all(scratch);
}
