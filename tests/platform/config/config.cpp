// Configuration: what wins, what is refused, and what the refusal says.
#include "show.hpp"

#include <mozi/config/config.hpp>

#include <unistd.h>

#include <fstream>

using namespace mozi;

namespace {

enum class Mood { calm, wild };
constexpr auto names(Mood) { return std::array{std::pair{Mood::calm, "calm"sv}, std::pair{Mood::wild, "wild"sv}}; }

struct Server {
    std::string host = "0.0.0.0";
    int port = 3001;
    bool open = true;
    Mood mood = Mood::calm;
    std::vector<int> module_ports{3002, 3003};
    std::vector<std::string> proxies;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("host", &Server::host, {.min = 1, .max = 9, .help = "Where to listen."}),
            field("port", &Server::port, {.min = 0, .max = 65535, .help = "Which port."}), field("open", &Server::open),
            field("mood", &Server::mood), field("module_ports", &Server::module_ports, {.max = 5, .item_max = 65535}),
            field("proxies", &Server::proxies, {.max = 2, .item_max = 64})};
    }
};

struct Data {
    std::string dir = "data";
    std::int64_t floor = 1;
    static constexpr auto fields() {
        return std::tuple{
            json::field("dir", &Data::dir, {.min = 1, .max = 100}), json::field("floor", &Data::floor, {.min = 0, .max = 1LL << 40})};
    }
};

struct Given {
    std::string file;
    std::vector<char const*> environment;
    std::vector<std::string> sets;
};

struct Loaded {
    Server server;
    Data data;
    std::vector<std::string> problems;
};

Loaded load(Given given) {
    Loaded out;
    config::Source source;
    auto const add = [&](std::vector<std::string> more) { out.problems.insert(out.problems.end(), more.begin(), more.end()); };
    if (!given.file.empty()) {
        auto const path = std::filesystem::temp_directory_path() / ("videa-test-config-" + std::to_string(::getpid()) + ".toml");
        std::ofstream(path) << given.file;
        add(source.read_file(path));
        std::filesystem::remove(path);
    }
    given.environment.push_back(nullptr);
    source.read_environment(given.environment.data());
    for (auto const& set : given.sets) add(source.read_set(set));
    config::Reader reader(source);
    reader.section("server", out.server);
    reader.section("data", out.data);
    add(reader.finish());
    return out;
}

} // namespace

// proves S32
TEST_CASE("defaults, then the file, then the environment, then --set") {
    CHECK(load({}).server.port == 3001);
    CHECK(load({.file = "[server]\nport = 1\n"}).server.port == 1);
    CHECK(load({.file = "[server]\nport = 1\n", .environment = {"VIDEA_MOZI__SERVER__PORT=2"}}).server.port == 2);
    CHECK(load({.file = "[server]\nport = 1\n", .environment = {"VIDEA_MOZI__SERVER__PORT=2"}, .sets = {"server.port=3", "server.port=4"}})
              .server.port == 4);
    CHECK(load({.environment = {"PATH=/bin", "VIDEA_MOZI_OTHER=1", "VIDEA_MOZI__SERVER__MODULE_PORTS=7"}}).server.module_ports ==
          std::vector{7});
    auto const all = load({.file = "[server]\nhost = 'x'\nopen = false\nmood = \"wild\"\nmodule_ports = [1, 2]\nproxies = ['a', "
                                   "'b']\n[data]\nfloor = 1_000_000\n"});
    CHECK(all.problems.empty());
    CHECK(all.server.host == "x");
    CHECK_FALSE(all.server.open);
    CHECK(all.server.mood == Mood::wild);
    CHECK(all.server.proxies == std::vector<std::string>{"a", "b"});
    CHECK(all.data.floor == 1'000'000);
    CHECK(load({.sets = {"data.dir=/a=b"}}).data.dir == "/a=b");
}

// proves S32
TEST_CASE("a mistake is named with its place and its cure, and never half taken") {
    struct {
        Given given;
        std::vector<std::string_view> says;
    } const table[] = {
        {{.file = "[server]\n\nprot = 1\n"}, {"line 3", "server.prot", "Did you mean server.port?"}},
        {{.file = "[sever]\nport = 1\n"}, {"line 2", "sever.port", "Did you mean server.port?"}},
        {{.file = "[data]\nmodule_ports = []\n"}, {"line 2", "data.module_ports", "Did you mean server.module_ports?"}},
        {{.file = "[data]\nentirely_else = 1\n"}, {"line 2", "config example"}},
        {{.file = "port = 1\n"}, {"line 1", "outside a section"}},
        {{.file = "[server]\nport = \n"}, {"line 2"}},
        {{.file = "[server]\nport = 1\nport = 2\n"}, {"line 3"}},
        {{.file = "[server]\nport = 65536\n"}, {"line 2", "server.port", "between 0 and 65535"}},
        {{.file = "[server]\nport = -1\n"}, {"between 0 and 65535"}},
        {{.file = "[server]\nport = \"80\"\n"}, {"whole number"}},
        {{.file = "[server]\nport = 80.0\n"}, {"whole number"}},
        {{.file = "[server]\nport = true\n"}, {"whole number"}},
        {{.file = "[server]\nport = 9223372036854775808\n"}, {"line 2"}},
        {{.file = "[server]\nopen = \"true\"\n"}, {"true or false"}},
        {{.file = "[server]\nopen = 1\n"}, {"true or false"}},
        {{.file = "[server]\nhost = 1\n"}, {"text in quotes"}},
        {{.file = "[server]\nhost = \"\"\n"}, {"1 to 9 characters"}},
        {{.file = "[server]\nhost = \"0123456789\"\n"}, {"1 to 9 characters"}},
        {{.file = "[server]\nmood = \"Calm\"\n"}, {"\"calm\", \"wild\""}},
        {{.file = "[server]\nmodule_ports = [1, 65536]\n"}, {"up to 65535"}},
        {{.file = "[server]\nmodule_ports = [-1]\n"}, {"up to 65535"}},
        {{.file = "[server]\nmodule_ports = [1,2,3,4,5,6]\n"}, {"at most 5"}},
        {{.file = "[server]\nmodule_ports = 3\n"}, {"must be a list"}},
        {{.file = "[server]\nproxies = ['a','b','c']\n"}, {"at most 2"}},
        {{.file = "[server.port]\nx = 1\n"}, {"line 1", "server.port", "whole number"}},
        {{.file = "[server]\nhost = {a=1}\n"}, {"line 2", "server.host", "text in quotes"}},
        {{.file = "[server.host]\n"}, {"line 1", "server.host", "text in quotes"}},
        {{.file = "[server]\nhost = 2026-11-29\n"}, {"line 2", "server.host", "text in quotes"}},
        {{.file = "[server]\nhost = 10:00:00\n"}, {"line 2", "server.host", "text in quotes"}},
        {{.file = "[server]\nmood = {a=1}\n"}, {"line 2", "server.mood", "text in quotes"}},
        {{.file = "[server]\nproxies = {a=1}\n"}, {"line 2", "server.proxies", "must be a list"}},
        {{.file = "[server]\nproxies = [{a=1}]\n"}, {"line 2", "server.proxies", "must be a list"}},
        {{.file = "[server]\nproxies = [['a']]\n"}, {"line 2", "server.proxies", "must be a list"}},
        {{.file = "[server]\nproxies = [2026-11-29]\n"}, {"line 2", "server.proxies", "must be a list"}},
        {{.file = "[server]\nmodule_ports = [true]\n"}, {"line 2", "server.module_ports", "must be a list"}},
        {{.file = "[[server]]\nport = 1\n"}, {"line 1", "section"}},
        {{.environment = {"VIDEA_MOZI__SERVER__PORT=x"}}, {"the environment variable VIDEA_MOZI__SERVER__PORT", "whole number"}},
        {{.environment = {"VIDEA_MOZI__SERVER__PROT=1"}}, {"VIDEA_MOZI__SERVER__PROT", "Did you mean server.port?"}},
        {{.environment = {"VIDEA_MOZI__SERVER__PORT="}}, {"whole number"}},
        {{.sets = {"server.port=8o"}}, {"--set server.port", "whole number"}},
        {{.sets = {"server.port"}}, {"section.key=value"}},
        {{.sets = {"port=1"}}, {"section.key=value"}},
        {{.sets = {"server.open=yes"}}, {"true or false"}},
    };
    for (auto const& row : table) {
        CAPTURE(row.given.file);
        auto const loaded = load(row.given);
        REQUIRE(loaded.problems.size() == 1);
        for (auto const part : row.says) CHECK_MESSAGE(loaded.problems[0].find(part) != std::string::npos, loaded.problems[0]);
        CHECK(loaded.server.port == 3001);
        CHECK(loaded.server.module_ports == std::vector{3002, 3003});
    }
    CHECK(load({.file = "[server]\nprot = 1\nopen = 3\n[data]\nfloor = -1\n"}).problems.size() == 3); // all at once
}

TEST_CASE("what is no file of settings is refused, not read as an empty one") {
    auto const problem = [](std::filesystem::path const& file) {
        config::Source source;
        auto const problems = source.read_file(file);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].starts_with(file.string() + " cannot be read as configuration: "));
        CHECK(problems[0].find("line") == std::string::npos);
        return problems[0];
    };
    CHECK(problem(std::filesystem::temp_directory_path()).find("it is a folder") != std::string::npos);
    CHECK(problem("/dev/null").find("no regular file") != std::string::npos);
    CHECK(problem("/nowhere/videa-mozi.toml").find("No such file") != std::string::npos);
    CHECK(problem("/proc/self/mem").find("reading it fails") != std::string::npos);
}

TEST_CASE("module_ports takes false, [], a list, and the same as text") {
    using Ports = std::vector<int>;
    std::pair<std::string_view, Ports> const table[] = {
        {"false", {}}, {"[]", {}}, {"true", {3002, 3003}}, {"[7]", {7}}, {"[7, 8]", {7, 8}}, {"[0]", {0}}};
    for (auto const& [text, ports] : table) {
        CAPTURE(std::string(text));
        auto const from_file = load({.file = "[server]\nmodule_ports = " + std::string(text) + "\n"}),
                   from_set = load({.sets = {"server.module_ports=" + std::string(text)}});
        CHECK(from_file.problems.empty());
        CHECK(from_set.problems.empty());
        CHECK(from_file.server.module_ports == ports);
        CHECK(from_set.server.module_ports == ports);
    }
    CHECK(load({.sets = {"server.module_ports=7,8"}}).server.module_ports == Ports{7, 8});
}

TEST_CASE("what is printed can be read again") {
    Server server{.host = "a\"b\\c", .port = 9, .open = false, .mood = Mood::wild, .module_ports = {}, .proxies = {"x", "y\"z"}};
    auto const values = load({.file = config::print("server", "", server, config::Style::values)});
    CHECK(values.problems.empty());
    CHECK(values.server.host == server.host);
    CHECK(values.server.port == 9);
    CHECK_FALSE(values.server.open);
    CHECK(values.server.mood == Mood::wild);
    CHECK(values.server.module_ports.empty());
    CHECK(values.server.proxies == server.proxies);

    auto const example = config::print("server", "Addresses.", Server{}, config::Style::example);
    CHECK(load({.file = example}).problems.empty()); // as printed: nothing but comments
    std::string uncommented;
    int keys = 0;
    std::istringstream lines(example);
    for (std::string line; std::getline(lines, line);) {
        auto const is_key = line.starts_with('#') && !line.starts_with("# ");
        keys += is_key;
        uncommented += (is_key ? line.substr(1) : line) + "\n";
    }
    CHECK(keys == 6);
    auto const taken = load({.file = uncommented});
    CHECK(taken.problems.empty());
    CHECK(taken.server.module_ports == Server{}.module_ports);
}

TEST_CASE("a secret is printed with its shape at most, and what somebody typed obeys no terminal") {
    std::pair<char const*, char const*> const table[] = {{"", ""}, {"token", "***"},
        {"postgresql://u:pw@h:5432/d", "postgresql://u:***@h:5432/d"},
        {"postgresql://u@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"},
        {"postgresql://u@h/d?sslmode=require&PASSWORD=pw", "postgresql://u@h/d?***"}, {"postgresql://u:p/w@h/d", "postgresql://***"}};
    for (auto const& [secret, shape] : table) CHECK(config::masked(secret) == shape);
    CHECK(config::shown("The \x1b[31mOrpheum\n") == "The \\x1b[31mOrpheum\\x0a");
    CHECK(config::shown("\xC2\x9B") == "\\x9b");
    CHECK(config::shown("\xff") == "\\xff");
    CHECK(config::shown("Étoile") == "Étoile");
    CHECK(config::shown(std::string(200, 'x')) == std::string(80, 'x') + "…");
    CHECK(load({.sets = {std::string("server.host=a\x07")}}).problems.size() == 1);
    CHECK(load({.sets = {"server.host=\xff"}}).problems.size() == 1);
    CHECK(load({.sets = {"server.proxies=" + std::string(65, 'x')}}).problems.size() == 1);
}
