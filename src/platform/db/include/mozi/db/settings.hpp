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
                                  .format = json::Format::password,
                                  .help = "Empty: SQLite files in the data folder. Or PostgreSQL: "
                                          "postgresql://user:password@host/database; each module gets a schema of its own. Of the password "
                                          "write % as %25, / as %2F, @ as %40, : as %3A, # as %23 and ? as %3F."}),
            field("sessions", &Settings::sessions, {.min = 2, .max = 500, .help = "Most PostgreSQL sessions per module."})};
    }
};

// What is wrong with an address of PostgreSQL: the end of a sentence that begins with the setting's name, and repeats nothing of the
// address. Empty: nothing.
std::string fault_of_address(std::string const& url);
// libpq's words, unless they name the password or the whole address.
std::string without_address(std::string text, std::string const& url);

} // namespace mozi::db
