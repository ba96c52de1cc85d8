// Versions of libraries with holes that are known.
#include "doctor/looks.hpp"

#include <mozi/db/database.hpp>

namespace mozi::app::doctor {

void look_at_libraries(Patient const&, Findings& say) {
    if (db::sqlite_checkpoints_safely()) say.well("libraries.sqlite", "SQLite " + db::sqlite_version());
    else
        say.fault("libraries.sqlite",
            "SQLite " + db::sqlite_version() + ": releases before 3.51.3 can lose pages in a race; the writer checkpoints alone",
            "Build with scripts/fetch-sqlite.sh, which brings one without it.");
}

} // namespace mozi::app::doctor
