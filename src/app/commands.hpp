// What the executable can do, one function per command. Each returns the exit status: 0, or one of sysexits.h.
#pragma once

#include "settings.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mozi::app {

int serve(Settings const& settings);
int migrate(Settings const& settings);
int config_check(Given const& given);
int print_openapi(Settings const& settings);
enum class Asks { everything, ready };
int doctor(Settings const& settings, Asks asks);

struct NewUser {
    std::string username, email, role = "USER";
};
int create_user(Settings const& settings, NewUser const& user); // the password is the first line of standard input
// Film folders that the database does not know, listed or put aside; what lies in the trash, listed or gone. While no server runs.
enum class Strays { unknown, put_unknown_aside, trash, empty_trash };
int media_strays(Settings const& settings, Strays what);
int adopt_installation(Settings const& settings);
// Into a folder, by the running server where one runs; empty: backup.dir.
int backup(Settings const& settings, std::string const& dir);
int backup_verify(std::string const& from);
int restore(Settings const& settings, std::string const& from);
int upgrade_check(Settings const& settings);
int accept_record(Settings const& settings, std::string const& reason);
int events_dead(Settings const& settings);
int events_retry(Settings const& settings);

// The sentence of a problem document.
std::string sentence_of(std::string const& body);
// The record of decisions held against everything; says, and answers what does not fit. The databases are those of this executable's schema.
std::string look_at_record(std::map<std::string, std::unique_ptr<db::Database>> const& databases, Settings const& settings,
    std::function<void(bool, std::string const&)> const& say);

} // namespace mozi::app
