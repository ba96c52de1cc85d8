// The durable job queue of preparations: one row per job, a lease while it runs, parked at shutdown, resumed at start.
#pragma once

#include "library/library.hpp"

#include <condition_variable>
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
        std::int64_t free_floor_mib = 16;
        int threads = 1, encoder_threads = 0;
    };
    explicit Runner(Parts parts) : parts_(std::move(parts)) {}
    ~Runner() { stop(); }

    // Frees what an earlier server left running, then works until stop().
    void start();
    // Parks running jobs: they begin again at the next start, and the interruption is not held against them. Blocks while
    // their programs end.
    void stop();
    void wake();
    // The medium is gone: its preparation stops and its folder is removed.
    void drop(MediaId id);

private:
    void work();
    std::optional<Task> take();
    void carry_out(Task const& task);
    Prepared run(Task const& task);
    void settle(Task const& task, Prepared const& prepared);
    bool cancelled(MediaId id);
    void store(Task const& task, Prepared const& prepared);
    void renew(Task const& task, std::chrono::steady_clock::time_point& renewed);

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool stopping_ = false, woken_ = false;
    std::set<MediaId> running_, dropped_;
    std::vector<std::thread> threads_;
};

} // namespace mozi::media
