// Whether films can be prepared on this server: a made one is prepared in the jail at the start, after a program changed, and after a film
// failed, so that no film is blamed for what is the server's fault.
#pragma once

#include "jail/run.hpp"

#include <atomic>
#include <mutex>
#include <sys/types.h>
#include <vector>

namespace mozi::media {

// Thread-safe.
class Trial {
public:
    // `folder` is made and removed by each try.
    Trial(JailSettings jail, std::string folder) : jail_(std::move(jail)), folder_(std::move(folder)) {}

    // Why films cannot be prepared, as sentences: what is missing as of now, else what the last try found.
    std::vector<std::string> faults() const;
    // The programs are there, and the last try found a fault: another is of no use.
    bool fails() const;
    // Tries where nothing was tried yet, where a program is another than was tried, and after a fault from time to time. Blocks for about
    // a second; true when films can be prepared again.
    bool keep();
    // For after a film failed: tries unless that was done just now. Blocks likewise.
    bool works();
    // Ends a try that is under way; the last of its kind.
    void stop() { stopping_ = true; }

private:
    using Steady = std::chrono::steady_clock;
    // What a program file was when it was tried.
    struct Stamp {
        dev_t device = 0;
        ino_t number = 0;
        off_t size = 0;
        std::int64_t changed_ns = 0;
        bool operator==(Stamp const&) const = default;
    };
    std::vector<std::string> missing() const;
    std::vector<Stamp> stamps() const;
    bool is_due(Steady::duration good_for, Steady::duration bad_for) const;
    void try_where_due(Steady::duration good, Steady::duration bad);

    JailSettings jail_;
    std::string folder_;
    std::atomic<bool> stopping_ = false;
    std::mutex trying_; // one try at a time
    mutable std::mutex mutex_; // guards the next
    std::vector<Stamp> tried_; // empty: nothing was
    Steady::time_point when_{};
    std::string fault_;
};

} // namespace mozi::media
