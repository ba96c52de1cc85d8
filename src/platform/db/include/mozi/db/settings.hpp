// The section [database] of the config file.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::db {

struct Settings {
    std::string url;
    int sessions = 16;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("url", &Settings::url,
                              {.max = 1000,
                                  .help = "Empty: SQLite files in the data folder. Or PostgreSQL: "
                                          "postgresql://user:password@host/database; each module gets a schema of its own."}),
            field("sessions", &Settings::sessions, {.min = 2, .max = 500, .help = "Most PostgreSQL sessions per module."})};
    }
};

} // namespace mozi::db
