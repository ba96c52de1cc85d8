// Whether what stands in the modules' databases is what the record of decisions says: no effect without its decision, none missing, and
// what is kept as hidden is what effects hide.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/subject/effects.hpp>

#include <functional>
#include <map>
#include <string>

namespace mozi::app {

struct EffectsCheck {
    std::map<std::string, db::Database*> databases; // of all modules, by name
    std::map<std::string, std::vector<effects::Place>> places; // module_places()
    std::function<bool()> go_on = [] { return true; }; // false ends it early, which is no fault
};

// In pages; reads only, also beside a server that goes on: what is on its way from one module to another is left out. Thread-safe.
// Errors: "moderation.effect_broken", "storage.*".
Result<> check_effects(EffectsCheck const& check);

} // namespace mozi::app
