// Whether what stands in the modules' databases is what the record of decisions says: no effect without its decision, none missing.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/subject/subject.hpp>

#include <functional>
#include <map>
#include <string>

namespace mozi::app {

struct EffectsCheck {
    std::map<std::string, db::Database*> databases; // of all modules, by name
    Directory const* directory = nullptr; // nullptr, where no server runs: what is missing may be gone for good, and is let pass
    std::function<bool()> settle = {}; // waits a moment for what was decided and has not arrived; empty: that is left out instead
    std::function<bool()> go_on = [] { return true; };
};

// In pages; reads only. Errors: "moderation.effect_broken", "storage.*".
Result<> check_effects(EffectsCheck const& check);

} // namespace mozi::app
