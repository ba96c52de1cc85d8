// Commands that act through the routes of administrators, with or without a running server: user, media, jobs, events, audit, maintenance;
// and log, which needs one.
#pragma once

#include "settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace mozi::app {

// The command that was given, to be run with the settings; empty: none of these. Returns the exit status.
using Chosen = std::function<int(Settings const&)>;

// Adds them; those of `media` and `audit` beside what stands there already. `chosen` outlives the parsing.
void add_commands_of_operators(CLI::App& cli, CLI::App& media, CLI::App& audit, Chosen& chosen);

} // namespace mozi::app
