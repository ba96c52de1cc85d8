// Who prepares when. Beginnings (until something plays) have places of their own; the rest of a film is made in turns between owners.
// Pure: it is told what time it is. One thread at a time.
#pragma once

#include <mozi/media/api.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <unordered_map>

namespace mozi::media {

enum class JobPriority : int { low = -1, normal = 0, high = 1 };

class Turns {
public:
    using Time = std::chrono::steady_clock::time_point;
    struct Limits {
        int rest = 1; // films whose rest is made at once
        int beginnings = 3; // at once, of different owners
        int slow_beginnings = 9; // beside them: what has gone on for `slow` keeps nobody's place
        int begun = 64, begun_of_one = 4; // all that have begun and are not done
        int halted = 2; // programs that stand still in the middle of a run, with their memory
        std::chrono::seconds slow{5}, turn{15};
    };
    struct Job {
        MediaId id;
        UserId owner;
        JobPriority priority = JobPriority::normal;
        std::int64_t bytes = 0; // of the source
        double waited_s = 0; // in the queue
    };
    explicit Turns(Limits limits) : limits_(limits) {}

    // Whether there is a place for a beginning, and one for this owner.
    bool has_place(Time now) const;
    bool has_place(UserId owner) const;
    // Of two that wait in the queue, which begins first.
    bool goes_before(Job const& a, Job const& b, Time now);

    void begin(Job const& job, Time now);
    // The beginning is made, or this much more of the rest: whether it goes on. Otherwise it is asked again when version() has moved
    // or some time has passed.
    bool may_go_on(MediaId id, Time now);
    void end(MediaId id, Time now);
    void put(MediaId id, JobPriority priority);
    bool runs(MediaId id) const { return active_.contains(id); }
    // Moves when somebody else may go on or begin.
    std::uint64_t version() const { return version_; }

private:
    enum class Stage { beginning, waiting, running };
    struct State {
        Job job;
        Stage stage = Stage::beginning;
        bool halted = false; // in the middle of a run
        Time since{}; // of this stage
    };
    void account(Time now);
    double used_s(UserId owner) const;
    double rank(State const& state, Time now) const; // the lower the sooner
    bool goes_before(State const& a, State const& b, Time now) const;
    enum class Among { all, halted };
    State* next_waiting(Among among, Time now);
    State* who_takes_over(State const& from, Time now);
    void set(State& state, Stage stage, Time now);
    int count(Stage stage) const;

    Limits limits_;
    std::unordered_map<MediaId, State> active_;
    // Seconds that an owner's films were worked on, halved every half hour.
    std::map<UserId, double> used_;
    Time accounted_{};
    std::uint64_t version_ = 0;
};

} // namespace mozi::media
