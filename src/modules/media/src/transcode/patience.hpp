// How long a run may stand still. What it does is bounded by what it was given, so that only standing still is held against it.
#pragma once

#include <chrono>
#include <functional>

namespace mozi::media {

class Patience {
public:
    using Clock = std::chrono::steady_clock;
    Patience(std::chrono::milliseconds most, std::function<bool()> cancelled) : most_(most), cancelled_(std::move(cancelled)) {}
    // Something that only grows while the run does anything: packets, bytes.
    void moved(double mark) {
        if (mark <= mark_) return;
        mark_ = mark;
        since_ = Clock::now();
    }
    // It was others' turn meanwhile.
    void rested(Clock::duration time) { since_ += time; }
    // For JailedRun::cancelled.
    bool over() {
        exhausted_ = exhausted_ || Clock::now() - since_ > most_;
        return exhausted_ || (cancelled_ && cancelled_());
    }
    bool exhausted() const { return exhausted_; }

private:
    std::chrono::milliseconds most_;
    std::function<bool()> cancelled_;
    double mark_ = -1;
    Clock::time_point since_ = Clock::now();
    bool exhausted_ = false;
};

} // namespace mozi::media
