// Whether the clock can be right: held against what was last seen.
#include "doctor/looks.hpp"

#include "health.hpp"
#include "looking.hpp"

#include <mozi/json/read.hpp>
#include <mozi/net/client.hpp>

#include <sys/stat.h>
#include <sys/timex.h>

namespace mozi::app::doctor {

namespace fs = std::filesystem;
using namespace std::chrono;

namespace {

constexpr auto tolerated = minutes(2);
constexpr auto this_program = "this program";
constexpr auto set_right =
    "Set it right and keep it so: timedatectl set-ntp true (systemd), or install chrony. Sign-ins, links and certificates depend on it.";

std::string length(microseconds time) {
    auto const s = duration_cast<seconds>(time).count();
    if (s < 7200) return std::to_string(s / 60) + " minutes";
    if (s < 2 * 86400) return std::to_string(s / 3600) + " hours";
    return std::to_string(s / 86400) + " days";
}

struct Seen {
    Time when{};
    std::string what;
    void later(Time time, std::string name) {
        if (time > when) when = time, what = std::move(name);
    }
};

// Of files that the server writes, of this program, and of rows.
Seen last_seen(Patient const& patient) {
    Seen out;
    auto const of_file = [&](fs::path const& path, std::string name) {
        struct stat info{};
        if (stat(path.c_str(), &info) == 0) out.later(Time{seconds{info.st_mtime}}, std::move(name));
    };
    of_file("/proc/self/exe", this_program);
    fs::path const dir = patient.settings.data.dir;
    for (auto const* name : {"lock", "secret", "installation", "audit-anchor"}) of_file(dir / name, "the file " + (dir / name).string());
    for (auto const name : {"user", "content", "media", "social", "moderation"})
        for (auto const* end : {".db", ".db-wal"})
            of_file(dir / (std::string(name) + end), "the file " + (dir / (std::string(name) + end)).string());
    if (!patient.database_answers) return out;
    auto const in_rows = [&](std::string const& name, db::Database& database) {
        (void)database.read([&](db::Connection& c) -> Result<> {
            if (auto const row = c.one<std::optional<Time>>("SELECT max(created_at) FROM outbox"); row && std::get<0>(*row))
                out.later(*std::get<0>(*row), "the latest event in the database of " + name);
            return {};
        });
    };
    for (auto const& [name, database] : look_at_databases(patient.settings, patient.address ? db::Access::beside : db::Access::look))
        in_rows(name, *database);
    return out;
}

// Steps of the clock while the server ran: the lock says when it began by the clock of then, its own steady clock how long ago that is.
void look_at_steps(Patient const& patient, Findings& say) {
    auto const answer = net::fetch(*patient.address + "/health/live", "GET", {}, {}, seconds(4));
    auto const health = answer ? json::from_json<Health>(answer->body) : internal("");
    struct stat lock{};
    if (!health || stat((fs::path(patient.settings.data.dir) / "lock").c_str(), &lock) != 0) return;
    auto const began = health->timestamp - duration_cast<microseconds>(duration<double>(health->uptime));
    auto const step = began - Time{seconds{lock.st_mtime}};
    if (step > tolerated)
        say.look("clock.stepped", "The clock went forward by " + length(step) + " while the server ran, or the machine slept",
            "Nothing ends because of that. If the machine did not sleep: what set the clock?");
    else if (step < -tolerated)
        say.fault("clock.stepped", "The clock was set back by " + length(-step) + " while the server ran", set_right);
}

} // namespace

void look_at_clock(Patient const& patient, Findings& say) {
    auto const now = system_clock().now();
    auto const seen = [&]() -> Seen {
        try {
            return last_seen(patient);
        } catch (std::exception const&) { return {}; } // what is wrong with a database is said where it is looked at
    }();
    auto const ahead = seen.when - now;
    if (ahead > tolerated)
        say.fault("clock.wrong",
            "The clock says " + to_iso(now) + ", and " + seen.what + " is from " + to_iso(seen.when) + ", " + length(ahead) +
                " later: it was set back, or was ahead then",
            set_right);
    else if (-ahead > days(180) && !patient.address && seen.what != this_program)
        say.look("clock.ahead",
            "The clock says " + to_iso(now) + ", and the latest that was seen is " + seen.what + ", " + length(-ahead) + " ago",
            "If the server was not off for that long, the clock is ahead. " + std::string(set_right));
    else say.well("clock.wrong", "the clock says " + to_iso(now));
    if (patient.address) look_at_steps(patient, say);
    timex state{};
    if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        say.look("clock.unsynchronised", "Nothing keeps the clock right (the kernel says it is not synchronised)",
            "timedatectl set-ntp true (systemd), or install chrony; in a container the machine around it has to.");
}

} // namespace mozi::app::doctor
