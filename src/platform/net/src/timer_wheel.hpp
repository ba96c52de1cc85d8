// Deadlines of many connections with one coarse timer: moving a deadline later is one store.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace mozi::net {

using Clock = std::chrono::steady_clock;

// Base of what can wait in a wheel. Leaves by itself when destroyed. One thread only.
class Timed {
public:
    Timed() = default;
    Timed(Timed const&) = delete;
    Timed& operator=(Timed const&) = delete;
    ~Timed() { unlink(); }

protected:
    virtual void on_deadline() = 0; // may set a new deadline, may destroy other entries

private:
    friend class TimerWheel;
    bool linked() const { return next_ != nullptr; }
    void unlink() {
        if (!linked()) return;
        previous_->next_ = next_;
        next_->previous_ = previous_;
        next_ = previous_ = nullptr;
    }
    Timed* next_ = nullptr;
    Timed* previous_ = nullptr;
    Clock::time_point deadline_ = Clock::time_point::max();
    std::uint64_t tick_ = 0; // when the slot it sits in is looked at
};

class TimerWheel {
public:
    static constexpr std::chrono::milliseconds tick{100};

    explicit TimerWheel(Clock::time_point start) : start_(start) {
        for (auto& slot : slots_) slot.next_ = slot.previous_ = &slot;
    }
    ~TimerWheel() {
        for (auto& slot : slots_) {
            while (slot.next_ != &slot) slot.next_->unlink();
            slot.next_ = slot.previous_ = nullptr;
        }
    }
    TimerWheel(TimerWheel const&) = delete;
    TimerWheel& operator=(TimerWheel const&) = delete;

    void set(Timed& entry, Clock::time_point deadline) {
        entry.deadline_ = deadline;
        if (entry.linked() && entry.tick_ <= tick_of(deadline)) return; // looked at early enough
        place(entry);
    }
    void clear(Timed& entry) { entry.deadline_ = Clock::time_point::max(); } // stays linked until its slot comes round

    void advance(Clock::time_point now) {
        auto const target = static_cast<std::uint64_t>((now - start_) / tick);
        while (current_ < target) {
            ++current_;
            Head due;
            take(slots_[current_ % slots], due);
            while (due.next_ != &due) {
                Timed& entry = *due.next_;
                entry.unlink();
                if (entry.deadline_ == Clock::time_point::max()) continue;
                if (entry.deadline_ > now) {
                    place(entry);
                    continue;
                }
                entry.deadline_ = Clock::time_point::max();
                entry.on_deadline();
            }
            due.next_ = due.previous_ = nullptr;
        }
    }

private:
    static constexpr std::size_t slots = 512;
    struct Head final : Timed {
        Head() { next_ = previous_ = this; }
        void on_deadline() override {}
    };

    std::uint64_t tick_of(Clock::time_point when) const { return static_cast<std::uint64_t>((when - start_) / tick) + 1; }
    void place(Timed& entry) {
        entry.unlink();
        auto at = tick_of(entry.deadline_);
        if (at <= current_) at = current_ + 1;
        if (at > current_ + slots - 1) at = current_ + slots - 1;
        entry.tick_ = at;
        Head& slot = slots_[at % slots];
        entry.previous_ = slot.previous_;
        entry.next_ = &slot;
        slot.previous_->next_ = &entry;
        slot.previous_ = &entry;
    }
    static void take(Head& from, Head& to) {
        if (from.next_ == &from) return;
        to.next_ = from.next_;
        to.previous_ = from.previous_;
        to.next_->previous_ = &to;
        to.previous_->next_ = &to;
        from.next_ = from.previous_ = &from;
    }

    Clock::time_point start_;
    std::uint64_t current_ = 0;
    std::array<Head, slots> slots_;
};

} // namespace mozi::net
