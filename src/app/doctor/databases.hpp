// What doctor asks databases, beside a server and without one.
#pragma once

#include "doctor/looks.hpp"
#include "looking.hpp"

namespace mozi::app::doctor {

// Its pages, its tables, its rows.
void look_into(std::string const& name, db::Database& database, Findings& say);
// Events that were given up, and listeners that have missed some.
void look_at_events(Databases const& databases, Findings& say);
enum class Server { runs, rests };
// Films without files, files without films, preparations that do not come to their end.
void look_at_films(db::Database& media, Settings const& settings, Server server, Findings& say);
// What does not fit; empty: all does, or there is nothing to look at. The databases are those of this executable's schema.
std::string look_at_record(Databases const& databases, Settings const& settings, Findings& say);

} // namespace mozi::app::doctor
