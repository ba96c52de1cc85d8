// What an earlier release wrote is opened, migrated and shown as it showed it (tests/releases/make.mjs keeps it).
#include "support.hpp"

#include <fstream>
#include <sstream>

using namespace mozi::test;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// Whether all that was said then is said now; more may be. `where`: what is not.
bool says(json::value const& now, json::value const& then, std::string& where) {
    if (then.is_object() && now.is_object()) {
        for (auto const& [key, value] : then.get_object()) {
            if (key == "lastLoginAt" || key == "requestId") continue;
            if (key == "canEdit") continue; // what moderators may has changed since (ADR 22)
            auto const* found = now.get_object().if_contains(key);
            if (!found || !says(*found, value, where)) return where.insert(0, "/" + std::string(key)), false;
        }
        return true;
    }
    if (!then.is_array() || !now.is_array()) return now == then;
    if (then.get_array().size() != now.get_array().size()) return false;
    for (std::size_t i = 0; i < then.get_array().size(); ++i)
        if (!says(now.at(i), then.at(i), where)) return where.insert(0, "/" + std::to_string(i)), false;
    return true;
}

} // namespace

// proves S31
TEST_CASE("what every earlier release wrote is migrated and shown as it was") {
    int releases = 0;
    for (auto const& release : fs::directory_iterator(fs::path(MOZI_SOURCE_DIR) / "tests/releases")) {
        if (!release.is_directory()) continue;
        CAPTURE(release.path().filename().string());
        ++releases;
        Folder folder;
        restore(release.path(), folder.path / "data");
        for (auto const* start : {"first", "second"}) {
            CAPTURE(start);
            Server const server(folder.path / "data");
            std::map<std::string, Person> people;
            for (auto const* name : {"ben", "vera"}) people[name] = sign_in(server, name);
            std::istringstream lines(read_file(release.path() / "seen.json"));
            for (std::string line; std::getline(lines, line);) {
                auto const then = json::parse(line);
                auto const who = std::string(then.at("who").as_string()), path = std::string(then.at("path").as_string());
                auto const reply = server.get(path, people[who].access);
                CHECK_MESSAGE(reply.status == then.at("status").to_number<int>(), who << " " << path);
                std::string where;
                CHECK_MESSAGE(says(reply.json(), then.at("body"), where), who << " " << path << " at " << where << " says " << reply.body);
            }
        }
    }
    CHECK(releases >= 1);
}
