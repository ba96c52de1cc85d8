// Asking doctor, and finding in its answer what was planted.
#pragma once

#include "tree.hpp"

#include <algorithm>
#include <fstream>
#include <sqlite3.h>

namespace mozi::test {

struct Told {
    std::string id, verdict, sentence, way_out;
};

struct Doctored {
    int status = -1;
    std::vector<Told> told;
    std::string raw; // for messages
    // What is said under that id other than that all is well.
    std::vector<Told> of(std::string const& id) const {
        std::vector<Told> out;
        for (auto const& one : told)
            if (one.id == id && one.verdict != "well") out.push_back(one);
        return out;
    }
};

// `before` stands in front of the command: "prlimit", "unshare" …
inline Doctored doctor(std::filesystem::path const& data, std::vector<std::string> const& sets = {}, std::vector<std::string> before = {}) {
    auto const words = command(data, {"doctor", "--json"}, sets);
    before.insert(before.end(), words.begin(), words.end());
    auto const ran = run(before, "/");
    Doctored out{ran.status, {}, ran.out + ran.err};
    boost::system::error_code failed;
    auto const json = boost::json::parse(ran.out, failed);
    REQUIRE_MESSAGE(!failed, out.raw);
    auto const text = [](boost::json::value const& value) { return std::string(value.as_string()); };
    for (auto const& one : json.at("findings").as_array())
        out.told.push_back({text(one.at("id")), text(one.at("verdict")), text(one.at("sentence")), text(one.at("wayOut"))});
    return out;
}

// The finding is there, with cause and way out, and the status says so.
inline void check_told(
    Doctored const& ran, std::string const& id, std::string const& verdict, std::string const& says, std::string const& way_out) {
    CAPTURE(id);
    CAPTURE(says);
    auto const found = ran.of(id);
    CHECK_MESSAGE(!found.empty(), ran.raw);
    if (found.empty()) return;
    auto const fits = [&](Told const& one) {
        return one.verdict == verdict && one.sentence.find(says) != std::string::npos && one.way_out.find(way_out) != std::string::npos;
    };
    CHECK_MESSAGE(std::any_of(found.begin(), found.end(), fits), ran.raw);
    if (verdict == "fault") CHECK((ran.status == 69 || ran.status == 78));
}

inline void run_sql(std::filesystem::path const& file, std::string const& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    CHECK_MESSAGE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
    sqlite3_close(database);
}

inline void write_program(std::filesystem::path const& file, std::string const& text) {
    std::ofstream(file) << "#!/bin/sh\n" << text;
    std::filesystem::permissions(file, std::filesystem::perms(0755));
}

// Listens on a free port of 127.0.0.1 and never says a word.
struct Mute {
    int fd;
    std::uint16_t port;
    Mute();
    ~Mute();
    Mute(Mute const&) = delete;
    Mute& operator=(Mute const&) = delete;
};

} // namespace mozi::test
