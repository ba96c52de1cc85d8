// Whether what is promised holds: tried now and then by a thread of its own and kept in memory, so that who asks waits for nothing.
#pragma once

#include "settings.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/db/database.hpp>
#include <mozi/events/events.hpp>
#include <mozi/jobs/pool.hpp>

#include <map>
#include <mutex>

namespace mozi::app {

// What does not hold.
struct Ailment {
    std::string id; // "database.social", "disk", "events.media.moderated"
    std::string sentence; // for the operator, with the way out
    bool away = false; // requests cannot be taken: not ready. Else: degraded
};

// Thread-safe.
class Vitals {
public:
    struct Needs {
        std::map<std::string, std::unique_ptr<db::Database>> const& databases;
        events::Dispatcher& dispatcher;
        blob::Folder const& dir;
        std::uint64_t min_free_bytes;
        std::function<std::vector<Ailment>()> of_media;
        metrics::Registry& metrics;
    };
    explicit Vitals(Needs needs);
    void start();
    void stop();
    // As of now, from memory: what was tried last, and what did not come back from it.
    std::vector<Ailment> ailments() const;
    // The database whose write does not come back; empty: none. What fails at once is no hanging.
    std::string hanging() const;
    // One round of what start() does again and again: a look at the disk and the programs, and a write in every database that has not had
    // one for 10 s, or failed.
    void look();

private:
    using Steady = std::chrono::steady_clock;
    struct Pulse {
        std::optional<Steady::time_point> since; // of the try under way
        Steady::time_point tried{}; // the last that ended
        std::optional<Error> fault;
        std::int64_t dead_events = 0;
    };
    static bool hangs(Pulse const& pulse);
    static bool is_away(Pulse const& pulse);
    void feel(std::string const& name, db::Database& database);
    void look_at_folder();

    Needs needs_;
    mutable std::mutex mutex_; // guards the next
    std::map<std::string, Pulse> pulses_;
    std::optional<Steady::time_point> looks_since_; // of the look at the folder under way
    std::vector<Ailment> of_folder_;
    std::unique_ptr<jobs::Ticker> ticker_; // last: it ends first
};

} // namespace mozi::app
