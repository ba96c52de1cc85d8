// `events dead` where no server runs: what a listener gave up on, read without a change to anything.
#include "commands.hpp"
#include "complain.hpp"
#include "composition.hpp"
#include "hold.hpp"
#include "looking.hpp"

#include <mozi/log/log.hpp>

#include <sysexits.h>

namespace mozi::app {

int events_dead(Settings const& settings) {
    log::configure({"error", "text"});
    try {
        Look const look(settings);
        look.must_be_current();
        int count = 0;
        for (auto const& [name, database] : look.databases()) {
            auto const rows = database->read([&](db::Connection& c) -> Result<> {
                c.each<std::string, std::string, std::int64_t, std::string, std::string>(
                    "SELECT listener, source, seq, name, reason FROM dead_event ORDER BY listener, source, seq LIMIT 1000",
                    [&, &name = name](std::string listener, std::string source, std::int64_t seq, std::string event, std::string reason) {
                        std::cout << name << "." << source << "." << seq << "." << listener << "  " << event << "  " << reason << "\n";
                        ++count;
                    });
                return {};
            });
            if (!rows) return complain(rows.error().message, EX_UNAVAILABLE);
        }
        std::cout << count << " dead events.\n";
        return EX_OK;
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

} // namespace mozi::app
