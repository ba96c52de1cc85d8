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
struct DoctorOrders {
    bool only_ready = false, json = false, fix = false, yes = false;
};
int doctor_command(Given const& given, DoctorOrders const& orders);

// Film folders that the database does not know, listed or put aside; what lies in the trash, listed or gone. While no server runs.
enum class Strays { unknown, put_unknown_aside, trash, empty_trash };
int media_strays(Settings const& settings, Strays what);
int adopt_installation(Settings const& settings);
int events_dead(Settings const& settings); // while no server runs
// Into a folder, by the running server where one runs; empty: backup.dir.
int backup(Settings const& settings, std::string const& dir);
int backup_verify(std::string const& from);
int restore(Settings const& settings, std::string const& from);
int upgrade_check(Settings const& settings);
int accept_record(Settings const& settings, std::string const& reason);

} // namespace mozi::app
