// The durable job queue of preparations: one row per job, a lease while it runs, parked at shutdown, resumed at start. Who goes first is
// for Turns to say.
#pragma once

#include "jail/trial.hpp"
#include "jobs/queue.hpp"
#include "jobs/turns.hpp"
#include "library/library.hpp"

#include <condition_variable>
#include <list>
#include <map>
#include <set>
#include <thread>

namespace mozi::media {

class Runner {
public:
    struct Parts {
        db::Database& database;
        events::Outbox& outbox;
        Places const& places;
        Library& library;
        LiveProgress& live;
        JailSettings jail;
        Trial& trial;
        std::int64_t free_floor_mib = 16;
        int jobs = 1; // long parts at once
        int encoder_threads = 0;
        metrics::Registry& metrics;
    };
    explicit Runner(Parts parts);
    ~Runner() { stop(); }

    // Frees what an earlier server left running, then works until stop().
    void start();
    // Parks running jobs: they begin again at the next start, and the interruption is not held against them. Blocks while
    // their programs end.
    void stop();
    void wake();
    // The medium is gone: its preparation stops and its folder is removed.
    void drop(MediaId id);
    // The job is gone and the medium stays: its preparation stops, and what that has made is removed.
    void cancel(MediaId id);
    void put(MediaId id, JobPriority priority);
    bool runs(MediaId id) const;
    // Since it last looked for a job; zero while it is not started.
    std::chrono::steady_clock::duration stands_still() const;
    std::size_t running() const;

private:
    void work();
    std::optional<Task> take();
    std::optional<Turns::Job> choose(std::vector<struct Job> const& firsts);
    void join_ended(); // with the mutex
    void carry_out(Task const& task);
    void release(Task const& task, Time when, queue::Forgiven forgiven);
    Prepared run(Task const& task);
    void settle(Task const& task, Prepared prepared);
    bool cancelled(MediaId id);
    void wait_for_turn(Task const& task, std::chrono::steady_clock::time_point& renewed);
    std::int64_t made_by(Task const& task) const; // bytes
    void store(Task const& task, Prepared const& prepared);
    void renew(Task const& task, std::chrono::steady_clock::time_point& renewed);

    Parts parts_;
    // How preparations end: for good, or for now.
    metrics::Counter &ready_, &again_, &waiting_;
    std::map<Reason, metrics::Counter*> failed_;
    mutable std::mutex mutex_;
    std::condition_variable condition_;
    bool stopping_ = true, woken_ = false;
    std::chrono::steady_clock::time_point looked_{};
    Turns turns_;
    std::set<MediaId> dropped_, cancelled_; // of those that run
    std::thread chooser_;
    struct Working {
        std::thread thread;
        bool ended = false;
    };
    std::list<Working> working_; // the jail dies with the thread that started it: each job has one
};

} // namespace mozi::media
