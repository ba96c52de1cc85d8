// PostgreSQL: does it answer, is it fit, and does nobody else work in this database?
#include "doctor/looks.hpp"

#include "doctor/proc.hpp"
#include "installation.hpp"

#include <mozi/db/look_at_server.hpp>

#include <algorithm>

namespace mozi::app::doctor {

namespace {

using Trouble = db::ServerSeen::Trouble;

std::string way_out_of(Trouble trouble) {
    switch (trouble) {
    case Trouble::silent:
        return "Is it stopped, overloaded, or behind a firewall that drops packets? Start it again, or correct the host in database.url.";
    case Trouble::unreachable:
        return "Start it (systemctl start postgresql), or correct host and port in database.url; it listens where listen_addresses in "
               "postgresql.conf says.";
    case Trouble::password:
        return "Correct user and password in database.url (of the password % is written %25, / %2F, @ %40, : %3A), and the line for it in "
               "pg_hba.conf.";
    case Trouble::no_database:
        return "Make it: createdb --encoding=UTF8 --template=template0 --owner=USER NAME, or correct the name in database.url.";
    case Trouble::full:
        return "Raise max_connections in postgresql.conf, or find out who holds the sessions: SELECT * FROM pg_stat_activity.";
    case Trouble::none:
    case Trouble::other: break;
    }
    return "PostgreSQL's own log says more.";
}

std::string_view id_of(Trouble trouble) {
    switch (trouble) {
    case Trouble::silent: return "postgres.silent";
    case Trouble::unreachable: return "postgres.unreachable";
    case Trouble::password: return "postgres.password";
    case Trouble::no_database: return "postgres.no_database";
    case Trouble::full: return "postgres.sessions";
    case Trouble::none:
    case Trouble::other: break;
    }
    return "postgres.other";
}

// Another server's session: from another machine than this, or of a process here that is not the running server.
bool is_anothers(
    Patient const& patient, db::ServerSeen const& seen, db::ServerSeen::Session const& session, std::vector<Socket> const& sockets) {
    if (!patient.address) return true;
    if (session.address != seen.own_address) return true;
    if (session.port == 0 || patient.pid <= 0) return false;
    auto const socket =
        std::ranges::find_if(sockets, [&](Socket const& one) { return !one.listens && one.port == session.port && one.inode != 0; });
    auto const owner = socket == sockets.end() ? std::nullopt : owner_of_socket(socket->inode);
    return owner && owner->pid != patient.pid;
}

void look_at_fitness(Patient const& patient, db::ServerSeen const& seen, Findings& say) {
    auto const wanted = int(module_names().size()) * patient.settings.database.sessions;
    if (seen.sessions < wanted + 1)
        say.fault("postgres.sessions",
            "PostgreSQL has " + std::to_string(std::max(0, seen.sessions)) + " of " + std::to_string(seen.limit) +
                " sessions for this server (others and what is reserved taken off), and it may use " + std::to_string(wanted) +
                " (five modules, database.sessions each)",
            "Raise max_connections in postgresql.conf (or the limit of the user or database), or lower database.sessions.");
    if (seen.read_only)
        say.fault("postgres.read_only", "PostgreSQL takes no writes: it is a standby, or default_transaction_read_only is on",
            "Name the primary in database.url.");
    else if (!seen.may_create)
        say.fault("postgres.rights", "The user of database.url may not make schemas in that database",
            "GRANT CREATE ON DATABASE name TO user, or make that user its owner.");
    auto const sockets = tcp_sockets();
    auto const other = std::ranges::find_if(seen.ours, [&](auto const& session) { return is_anothers(patient, seen, session, sockets); });
    if (other != seen.ours.end())
        say.fault("database.shared",
            "Another videa-mozi" + (other->address.empty() ? std::string(" of this machine") : " at " + other->address) +
                " works in the same database",
            "Two servers on one database lose what they remember of each other's changes. Stop one, or give it a database of its own.");
}

} // namespace

void look_at_postgres(Patient const& patient, Findings& say) {
    auto const& url = patient.settings.database.url;
    if (url.empty()) return;
    auto const seen = db::look_at_server(url, std::chrono::seconds(8));
    if (seen.trouble != Trouble::none)
        return say.fault(std::string(id_of(seen.trouble)),
            "PostgreSQL at database.url " +
                (seen.trouble == Trouble::silent ? std::string("does not answer within 8 s") : "refuses: " + seen.text),
            way_out_of(seen.trouble));
    auto const version = std::to_string(seen.version / 10000);
    if (seen.version < db::oldest_server)
        return say.fault("postgres.old",
            "PostgreSQL " +
                (seen.version < 100000 ? std::to_string(seen.version / 10000) + "." + std::to_string(seen.version / 100 % 100) : version) +
                " is too old: 13 is the oldest that is known to work",
            "Upgrade it (pg_upgradecluster on Debian).");
    if (seen.encoding != "UTF8")
        return say.fault("postgres.encoding",
            "The database is in " + seen.encoding + ", and has to be in UTF8: what people write would not fit or not be found",
            "Make one in UTF8 and move into it: createdb --encoding=UTF8 --template=template0 NAME, then pg_dump and pg_restore.");
    say.well("postgres.fit", "PostgreSQL " + version + " answers");
    look_at_fitness(patient, seen, say);
}

} // namespace mozi::app::doctor
