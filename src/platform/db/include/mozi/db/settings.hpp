// The section [database] of the config file.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/json/describe.hpp>

namespace mozi::db {

struct Settings {
    std::string url, url_file;
    int sessions = 16;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("url", &Settings::url,
                              {.max = 1000,
                                  .format = json::Format::password,
                                  .help = "Empty: SQLite files in the data folder. Or PostgreSQL: "
                                          "postgresql://user:password@host/database; each module gets a schema of its own. Of the password "
                                          "write % as %25, / as %2F, @ as %40, : as %3A, # as %23 and ? as %3F."}),
            field("url_file", &Settings::url_file,
                {.max = 1000,
                    .help = "Instead of url: a file with nothing but the address in it, so that the password stands nowhere else."}),
            field("sessions", &Settings::sessions, {.min = 2, .max = 500, .help = "Most PostgreSQL sessions per module."})};
    }
};

// What is wrong with an address of PostgreSQL: the end of a sentence that begins with the setting's name, and repeats nothing of the
// address. Empty: nothing.
std::string fault_of_address(std::string const& url);
// The address that the file holds, in one line. Errors: "config", a sentence that repeats nothing of it.
Result<std::string> address_in_file(std::string const& path);
// libpq's words, unless they name the password or the whole address.
std::string without_address(std::string text, std::string const& url);

} // namespace mozi::db
