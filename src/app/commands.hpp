// What the executable can do, one function per command. Each returns the exit status: 0, or one of sysexits.h.
#pragma once

#include "settings.hpp"

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
int accept_record(Settings const& settings, std::string const& reason);
struct LogChange {
    std::string level, lasting; // "10m"; empty: until the next start
};
int change_log_level(Settings const& settings, LogChange const& change); // of the running server
int events_dead(Settings const& settings);
int events_retry(Settings const& settings);

} // namespace mozi::app
