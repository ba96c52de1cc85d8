// What doctor may mend by itself: only what loses nothing and opens nothing to anybody.
#pragma once

#include "doctor/looks.hpp"

namespace mozi::app::doctor {

struct Mend {
    std::string would; // "take from others what they may do with /srv/data/user.db"
    std::string did;
    std::function<std::string()> now; // why it failed; empty: done
};
// In the order in which they are done. Looks only.
std::vector<Mend> mends_for(Patient const& patient);

enum class Agreed { ask, yes };
// While no server runs: says what it would do, asks on a terminal, does it, tells. False: not all of it was done.
bool mend(Patient const& patient, Agreed agreed);

} // namespace mozi::app::doctor
