// What this machine cannot run is said, and counted: scripts/lib/counts.awk knows these lines.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>

namespace mozi::test {

// A whole case counts as skipped and not as passed. A part of one counts beside the case, which has run without it.
enum class Skipped { whole, part };

// Once for each case and reason. Thread-safe. `return skip("why");` leaves a case, at its beginning and outside of subcases.
inline void skip(std::string const& why, Skipped what = Skipped::whole) {
    static std::mutex mutex;
    static std::set<std::string> said;
    auto const* running = doctest::getContextOptions()->currentTest;
    auto const line =
        (what == Skipped::whole ? "skipped: " : "skipped in part: ") + std::string(running ? running->m_name : "?") + ": " + why;
    std::scoped_lock const held(mutex);
    if (!said.insert(line).second) return;
    std::printf("%s\n", line.c_str());
    std::fflush(stdout); // before what doctest writes next
}

// The address of a PostgreSQL for tests; where there is none that is said, and null.
inline char const* postgres(Skipped without = Skipped::part) {
    auto const* address = std::getenv("MOZI_TEST_POSTGRES");
    if (!address) skip("MOZI_TEST_POSTGRES names no PostgreSQL", without);
    return address;
}

} // namespace mozi::test
