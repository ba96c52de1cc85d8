// Round robin by what each owner has had lately: a clock per owner, as fair queueing has it.
#include "jobs/turns.hpp"

#include <algorithm>
#include <cmath>

namespace mozi::media {
namespace {

constexpr double half_life_s = 1800;
constexpr double waiting_weight = 0.25; // who has waited four times as long as they were served is as near as who came now
constexpr double forgotten_s = 0.5;

double seconds(Turns::Time::duration time) { return std::chrono::duration<double>(time).count(); }

} // namespace

int Turns::count(Stage stage) const {
    return static_cast<int>(std::ranges::count_if(active_, [&](auto const& each) { return each.second.stage == stage; }));
}

bool Turns::has_place(Time now) const {
    int quick = 0, all = 0;
    for (auto const& [id, state] : active_) {
        if (state.stage != Stage::beginning) continue;
        ++all;
        quick += now - state.since < limits_.slow;
    }
    return quick < limits_.beginnings && all < limits_.beginnings + limits_.slow_beginnings &&
           static_cast<int>(active_.size()) < limits_.begun;
}

bool Turns::has_place(UserId owner) const {
    int own = 0;
    for (auto const& [id, state] : active_) {
        if (state.job.owner != owner) continue;
        if (state.stage == Stage::beginning) return false;
        ++own;
    }
    return own < limits_.begun_of_one;
}

void Turns::account(Time now) {
    auto const passed = accounted_ == Time{} ? 0.0 : std::max(0.0, seconds(now - accounted_));
    accounted_ = now;
    auto const left = std::exp2(-passed / half_life_s);
    for (auto at = used_.begin(); at != used_.end();) {
        at->second *= left;
        at = at->second < forgotten_s ? used_.erase(at) : std::next(at);
    }
    for (auto const& [id, state] : active_)
        if (state.stage != Stage::waiting) used_[state.job.owner] += passed;
}

double Turns::used_s(UserId owner) const {
    auto const found = used_.find(owner);
    return found == used_.end() ? 0 : found->second;
}

double Turns::rank(State const& state, Time now) const {
    auto const waited = state.stage == Stage::waiting     ? seconds(now - state.since)
                        : state.stage == Stage::beginning ? state.job.waited_s
                                                          : 0;
    return used_s(state.job.owner) - waited * waiting_weight;
}

bool Turns::goes_before(State const& a, State const& b, Time now) const {
    if (a.job.priority != b.job.priority) return a.job.priority > b.job.priority;
    if (a.job.owner != b.job.owner) return rank(a, now) < rank(b, now);
    if (a.halted != b.halted) return a.halted; // what is begun is finished
    return a.job.bytes < b.job.bytes;
}

bool Turns::goes_before(Job const& a, Job const& b, Time now) {
    account(now);
    return goes_before(State{.job = a}, State{.job = b}, now);
}

void Turns::begin(Job const& job, Time now) {
    account(now);
    active_[job.id] = {.job = job, .since = now};
    ++version_;
}

void Turns::set(State& state, Stage stage, Time now) {
    state.stage = stage;
    state.since = now;
    ++version_;
}

Turns::State* Turns::next_waiting(Among among, Time now) {
    State* best = nullptr;
    for (auto& [id, state] : active_)
        if (state.stage == Stage::waiting && (among == Among::all || state.halted) && (!best || goes_before(state, *best, now)))
            best = &state;
    return best;
}

Turns::State* Turns::who_takes_over(State const& from, Time now) {
    auto const halted = std::ranges::count_if(active_, [](auto const& each) { return each.second.halted; });
    // With as many standing still as may, one of those goes on; who has not begun a run waits for the end of one.
    auto* const other = next_waiting(halted < limits_.halted ? Among::all : Among::halted, now);
    // Between films of one owner nothing is gained by turns.
    auto const wanted = other && (other->job.owner != from.job.owner || other->job.priority != from.job.priority);
    return wanted && goes_before(*other, from, now) ? other : nullptr;
}

bool Turns::may_go_on(MediaId id, Time now) {
    account(now);
    auto const found = active_.find(id);
    if (found == active_.end()) return true;
    auto& mine = found->second;
    if (mine.stage == Stage::beginning) set(mine, Stage::waiting, now);
    if (mine.stage == Stage::running && now - mine.since >= limits_.turn) {
        if (auto* const other = who_takes_over(mine, now)) {
            set(mine, Stage::waiting, now);
            mine.halted = true;
            other->halted = false;
            set(*other, Stage::running, now);
            return false;
        }
        mine.since = now;
    }
    while (count(Stage::running) < limits_.rest) {
        auto* const next = next_waiting(Among::all, now);
        if (!next) break;
        next->halted = false;
        set(*next, Stage::running, now);
    }
    return mine.stage == Stage::running;
}

void Turns::end(MediaId id, Time now) {
    account(now);
    if (active_.erase(id) > 0) ++version_;
}

void Turns::put(MediaId id, JobPriority priority) {
    if (auto const found = active_.find(id); found != active_.end()) {
        found->second.job.priority = priority;
        ++version_;
    }
}

} // namespace mozi::media
