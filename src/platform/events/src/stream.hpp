// All events one named listener, or relay, takes from one source's log, in order.
#pragma once

#include <mozi/events/events.hpp>

#include <atomic>
#include <map>
#include <optional>

namespace mozi::events {

class Stream {
public:
    // A listener's, or a relay's: one of both.
    Stream(std::string name, std::string source, db::Database& to) : name_(std::move(name)), source_(std::move(source)), to_(&to) {}
    void add(Listener listener);
    void carry_with(Relay relay);

    std::string const& name() const { return name_; }
    std::string const& source() const { return source_; }
    db::Database& to() const { return *to_; }
    db::Database& from() const { return *from_; } // once open
    bool is_relay() const { return relay_.has_value(); }
    bool can_rebuild() const { return bool(rebuild_); }
    // Its place as it is kept, for those who trim: whoever starts again begins there.
    std::int64_t kept() const { return kept_.load(); }

    // Finds its place in `from`'s log: where it was, where a restored log ends, or where it begins. Errors: "storage.*".
    Result<> open(db::Database& from);
    // The next time, everything there is is read again. Error: "storage.*".
    Result<> forget();

    enum class Standing { settled, waiting, more };
    Standing advance(DispatcherOptions const& options, metrics::Registry& metrics);
    std::optional<std::chrono::steady_clock::time_point> next_try() const;
    int retry_dead();
    void count_from_zero(metrics::Registry& metrics) const; // what may happen to it

private:
    using Steady = std::chrono::steady_clock;
    struct Look {
        std::vector<Told> events;
        std::int64_t reached = 0; // everything up to there has been looked at
    };
    Result<Look> look() const;
    Result<> rebuild_page();
    // Handles events in one unit, or carries them. The error of the first that failed; those before it are done.
    Result<> handle(std::vector<Told> const& events);
    Result<> carry(std::vector<Told> const& events);
    // Whether an earlier event about the same waits among the dead.
    Result<bool> is_behind(Told const& event) const;
    std::string id_of(std::int64_t seq) const { return source_ + "/" + std::to_string(seq); } // of an event, in the log
    metrics::Counter& dead(metrics::Registry& metrics) const;
    metrics::Counter& failed(metrics::Registry& metrics) const;
    Result<> give_up(Told const& event, Error const& why, metrics::Registry& metrics);
    // Takes the cursor for this unit. False: another instance has moved it; what we have read is its business.
    bool claim(db::Transaction& tx) const;
    bool move(db::Transaction& tx, std::int64_t seq) const;
    Result<> keep(std::int64_t seq);
    void moved(std::int64_t seq);
    Result<bool> reload(); // the kept cursor, if there is one
    Result<> follow(); // who has moved it
    Standing wait(DispatcherOptions const& options);
    Result<std::int64_t> end_of_log() const;

    std::string name_, source_;
    db::Database* from_ = nullptr;
    db::Database* to_;
    std::map<std::string, Listener, std::less<>> by_event_;
    std::optional<Relay> relay_;
    Begin begin_ = Begin::kept;
    Rebuild rebuild_;
    std::vector<std::string> names_; // of the events it takes
    std::string sql_; // of look()
    std::int64_t cursor_ = 0; // as it is kept
    std::atomic<std::int64_t> kept_{0}; // the same, for other threads
    bool has_dead_ = false; // of this listener and source
    std::optional<std::string> rebuilding_; // so far
    std::int64_t reached_ = 0; // at or behind the cursor: what lies between concerns nobody here
    int tries_ = 0; // in vain since it last moved
    int faults_ = 0; // of those, the ones the event itself is to blame for
    Steady::time_point not_before_{};
};

} // namespace mozi::events
