// One configuration in force: which file, which folder, where each value came from, and what is wrong with it before anything starts.
#include "certificate.hpp"
#include "support.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

// Nothing but what the test says: no --set of its own.
Ran plain(std::vector<std::string> const& words, fs::path const& in) {
    std::vector<std::string> argv{"/usr/bin/env", "-u", "VIDEA_MOZI__DATA__DIR", MOZI_BINARY};
    argv.insert(argv.end(), words.begin(), words.end());
    return run(argv, in.string());
}

void write(fs::path const& file, std::string const& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("config print --where says which file, folder, address and user, and behind each value where it came from") {
    Folder folder;
    auto const etc = folder.path / "etc", work = folder.path / "work";
    fs::create_directories(work);
    write(etc / "films.toml", "[data]\ndir = \"/srv/films\"\n[server]\nport = 4001\n");
    auto const ran = run({"/usr/bin/env", "VIDEA_MOZI__SERVER__HOST=127.0.0.1", MOZI_BINARY, "--config", "../etc/films.toml", "--set",
                             "community.name=The Orpheum", "config", "print", "--where"},
        work.string());
    CHECK(ran.status == 0);
    auto const file = (etc / "films.toml").string();
    for (auto const& line :
        {"# Configuration file  " + file + "\n", std::string("# Data folder         /srv/films, not there yet\n"),
            std::string("# Database            SQLite, in the data folder\n"), std::string("# Address             http://127.0.0.1:4001\n"),
            std::string("# User                "), "dir = \"/srv/films\" # " + file + " line 2\n", "port = 4001 # " + file + " line 4\n",
            std::string("host = \"127.0.0.1\" # the environment variable VIDEA_MOZI__SERVER__HOST\n"),
            std::string("name = \"The Orpheum\" # --set community.name\n"), std::string("hashers = 1 # default\n")})
        CHECK_MESSAGE(has(ran.out, line), line << " in " << ran.out);
    write(folder.path / "printed.toml", ran.out); // it is a configuration itself
    CHECK(plain({"--config", (folder.path / "printed.toml").string(), "config", "check"}, work).status == 0);
    CHECK(has(
        plain({"config", "print", "--where"}, work).out, "there is no configuration file: neither " + (work / "videa-mozi.toml").string()));
    CHECK(plain({"--config", "nowhere.toml", "doctor"}, work).status == 78);
}

TEST_CASE("passwords and tokens are printed only for who asks") {
    Folder folder;
    write(folder.path / "videa-mozi.toml", "[database]\nurl = \"postgresql://films:SE%40CRET@db.example.org:5432/films?sslmode=require\"\n"
                                           "[server]\nmetrics_token = \"TOKEN-0123456789abcdef\"\n");
    for (std::vector<std::string> const& words :
        std::vector<std::vector<std::string>>{{"config", "print"}, {"config", "print", "--where"}}) {
        auto const ran = plain(words, folder.path);
        CHECK(ran.status == 0);
        CHECK(has(ran.out, "url = \"postgresql://films:***@db.example.org:5432/films?sslmode=require\""));
        CHECK(has(ran.out, "metrics_token = \"***\""));
        CHECK_FALSE(has(ran.out, "CRET"));
        CHECK_FALSE(has(ran.out, "TOKEN-"));
    }
    auto const open = plain({"config", "print", "--secrets"}, folder.path);
    CHECK(has(open.out, "films:SE%40CRET@"));
    CHECK(has(open.out, "TOKEN-0123456789abcdef"));
    CHECK(plain({"config", "print", "--secrets", "--where"}, folder.path).status == 64);
}

TEST_CASE("a path in the file counts from the file's folder, and no installation is left behind because of it") {
    Folder folder;
    auto const etc = folder.path / "etc", work = folder.path / "work";
    fs::create_directories(work);
    auto const file = (etc / "films.toml").string();
    write(file, "[data]\ndir = \"data\"\n");
    auto const where = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"config", "print"});
        return plain(words, work).out;
    };
    CHECK(has(where({"--config", file}), "dir = \"" + (etc / "data").string() + "\""));
    CHECK(has(where({"--config", file, "--set", "data.dir=here"}), "dir = \"" + (work / "here").string() + "\""));
    CHECK(has(where({}), "dir = \"" + (work / "data").string() + "\"")); // as README has it
    write(work / "data/installation", "x\n"); // made before, when it counted from there
    auto const refused = plain({"--config", file, "serve"}, work);
    CHECK(refused.status == 78);
    CHECK_MESSAGE(has(refused.err, file + " line 2: data.dir is \"data\""), refused.err);
    CHECK_MESSAGE(has(refused.err, "there is one in " + (work / "data").string()), refused.err);
    write(etc / "data/installation", "x\n");
    CHECK(plain({"--config", file, "config", "check"}, work).status == 0);
}

TEST_CASE("a configuration that somebody else laid into a folder of everybody's is not taken unasked") {
    if (geteuid() != 0) return skip("only root can be handed another's file");
    Folder folder;
    fs::permissions(folder.path, fs::perms(01777));
    auto const file = folder.path / "videa-mozi.toml";
    write(file, "[media]\nffmpeg = \"/tmp/evil\"\n");
    REQUIRE(chown(file.c_str(), 12345, 12345) == 0);
    auto const refused = plain({"config", "check"}, folder.path);
    CHECK(refused.status == 78);
    CHECK_MESSAGE(has(refused.err, "belongs to user 12345 and lies in a folder that everybody writes to"), refused.err);
    CHECK(plain({"--config", file.string(), "config", "check"}, folder.path).status == 0);
    fs::permissions(folder.path, fs::perms(0755));
    CHECK(plain({"config", "check"}, folder.path).status == 0);
}

// proves S32
TEST_CASE("config check finds what would only show when people come, with its line and a way out") {
    Folder folder;
    auto const file = folder.path / "films.toml";
    struct {
        std::string text; // its last line is the faulty one
        std::vector<std::string> says;
    } const table[] = {
        {"[server]\nhost = \"127.0.0.1:3001\"", {"server.host", "which is no address", "server.port"}},
        {"[server]\nhost = \"http://localhost\"", {"server.host", "which is no address"}},
        {"[server]\nhost = \"256.0.0.1\"", {"server.host", "which is no address"}},
        {"[server]\nhost = \"[::1]\"", {"server.host", "which is no address"}},
        {"[server]\nhost = \"192.0.2.7\"", {"server.host", "no address of this machine", "ip address"}},
        {"[server]\nhost = \"no-such-name.invalid\"", {"server.host", "knows no address of"}},
        {"[server]\nport = 3004", {"server.port", "port of social", "module_ports = []"}},
        {"[server]\nmodule_ports = [4001, 4002, 4001]", {"server.module_ports", "4001 to user and to social"}},
        {"[server]\nbase_url = \"films.example.org\"", {"server.base_url", "neither https:// nor"}},
        {"[server]\nbase_url = \"https://\"", {"server.base_url", "names no host"}},
        {"[server]\nbase_url = \"https://films.example.org/films\"", {"server.base_url", "has a path"}},
        {"[server]\nbase_url = \"https://films.example.org?x\"", {"server.base_url", "has a path"}},
        {"[server]\nbase_url = \"https://ada:pw@films.example.org\"", {"server.base_url", "user name"}},
        {"[server]\nbase_url = \"https://films.example.org:99999\"", {"server.base_url", ":99999", "a port"}},
        {"[server]\nbase_url = \"https://films example.org\"", {"server.base_url", "films example.org"}},
        {"[server]\nbase_url = \"https://films.example.org\\r\\nX: y\"",
            {"server.base_url", "a line end or a control character", "\\x0d\\x0aX: y"}},
        {"[http]\nallowed_origins = [\"https://ok.example.org\", \"other.example.org\"]",
            {"http.allowed_origins", "\"other.example.org\"", "neither https"}},
        {"[http]\nallowed_origins = [\"https://other.example.org/\"]", {"http.allowed_origins", "behind the host"}},
        {"[http]\nallowed_origins = [\"*\"]", {"http.allowed_origins", "every page"}},
        {"[http]\nallowed_origins = [\"https://Other.example.org\"]", {"http.allowed_origins", "capital letters"}},
        {"[http]\nallowed_origins = [\"https://other.example.org:443\"]", {"http.allowed_origins", "port that browsers leave out"}},
        {"[server]\nmetrics_token = \"short\"", {"server.metrics_token", "at least 16", "openssl rand"}},
        {"[server]\nmetrics_token = \"with a space in it, and a ü\"", {"server.metrics_token", "no Authorization header carries"}},
        {"[server]\nmetrics_token = \"0123456789\\u0007abcdef\"", {"server.metrics_token", "control character"}},
        {"[server]\ntrusted_proxies = [\"10.0.0.0/33\"]", {"server.trusted_proxies", "10.0.0.0/33"}},
        {"[server]\nmetrics_from = [\"prometheus.example.org\"]", {"server.metrics_from", "neither an address nor a network"}},
        {"[community]\nname = \"The \\u001b[31mOrpheum\"", {"community.name", "control character", "\\x1b[31m"}},
        {"[data]\ndir = \"/srv/\\u0000films\"", {"data.dir", "control character"}},
        {"[server]\ntls_key = \"key.pem\"\ntls_certificate = \"cert.pem\"",
            {"tls_certificate names " + (folder.path / "cert.pem").string(), "no such file"}},
        {"[server]\ntls_key = \"/nowhere/key.pem\"\ntls_certificate = \"/\"", {"tls_certificate names /, which is no regular file"}},
    };
    for (auto const& row : table) {
        CAPTURE(row.text);
        write(file, row.text + "\n");
        auto const ran = plain({"--config", file.string(), "config", "check"}, "/");
        CHECK(ran.status == 78);
        auto const line = file.string() + " line " + std::to_string(std::count(row.text.begin(), row.text.end(), '\n') + 1) + ": ";
        CHECK_MESSAGE(has(ran.err, line), ran.err);
        for (auto const& part : row.says) CHECK_MESSAGE(has(ran.err, part), ran.err);
        for (char const c : ran.err) CHECK((c == '\n' || static_cast<unsigned char>(c) >= ' '));
        if (has(row.text, "metrics_token"))
            for (auto const* part : {"with a space", "abcdef"}) CHECK_FALSE(has(ran.err, part));
    }
    write(file, "[server]\nport = 3004\nbase_url = \"x\"\n[http]\nallowed_origins = [\"x\"]\n");
    auto const all = plain({"--config", file.string(), "config", "check"}, "/").err;
    CHECK(std::count(all.begin(), all.end(), '\n') == 3); // all at once
    auto const bad = run({"/usr/bin/env", "VIDEA_MOZI__COMMUNITY__NAME=\xff\xfe", MOZI_BINARY, "config", "check"}, "/");
    CHECK(bad.status == 78);
    CHECK_MESSAGE(has(bad.err, "the environment variable VIDEA_MOZI__COMMUNITY__NAME: community.name is not UTF-8"), bad.err);
    write(file, "[server]\nhost = \"::1\"\nbase_url = \"https://[2001:db8::1]:8443/\"\nport = 4000\nmodule_ports = [0, 0]\n"
                "metrics_token = \"dGhpcyBpcyBmaW5l~._-+/==\"\n[http]\nallowed_origins = [\"http://other.example.org:8080\"]\n");
    auto const fine = plain({"--config", file.string(), "config", "check"}, "/");
    CHECK_MESSAGE(fine.status == 0, fine.err);
    CHECK(has(fine.out, "fine: the configuration file is " + file.string() + ", the data folder "));
}

TEST_CASE("config check tries certificate and key together, and a start with such ends as a faulty configuration does") {
    Folder folder;
    Certificate const certificate, other;
    auto const sets = [](std::string const& chain, std::string const& key) {
        return std::vector<std::string>{"server.tls_certificate=" + chain, "server.tls_key=" + key};
    };
    auto const ran = [&](char const* word, std::vector<std::string> const& with) {
        return run(command(folder.path / "data",
                       word == std::string("check") ? std::vector<std::string>{"config", "check"} : std::vector<std::string>{word}, with),
            "/");
    };
    auto const& files = certificate.files();
    CHECK(ran("check", sets(files.certificate_chain, files.private_key)).status == 0);
    auto const text = folder.path / "text.pem";
    write(text, "no PEM\n");
    for (auto const& [with, says] : {std::pair{sets(files.certificate_chain, other.files().private_key), "cannot be used"},
             {sets(text.string(), files.private_key), "cannot be used"},
             {sets(files.certificate_chain, "/nowhere/key.pem"), "no such file"}})
        for (auto const* word : {"check", "serve"}) {
            auto const refused = ran(word, with);
            CHECK(refused.status == 78);
            CHECK_MESSAGE(has(refused.err, says), refused.err);
            CHECK_FALSE(fs::exists(folder.path / "data"));
        }
}
