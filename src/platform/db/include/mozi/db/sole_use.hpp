// One server on one PostgreSQL database, wherever its data folder lies: a lock that the database itself holds.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace mozi::db {

// Another one has it; the sentence says from where, and what to do.
struct InUse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Holds the lock by a session of its own while it lives. A lost connection is made again and the lock taken again, every second.
class SoleUse {
public:
    // `who` is shown to whoever is refused, e.g. "videa-mozi 4711@host". Waits up to `patience` for one that is just ending. Throws InUse,
    // or Failure where PostgreSQL does not answer. on_lost is called once, from a thread of this object's own, when the lock was lost
    // with the connection and somebody else has it now: two servers must not go on.
    SoleUse(std::string url, std::string who, std::chrono::milliseconds patience, std::function<void(std::string const&)> on_lost);
    ~SoleUse();
    SoleUse(SoleUse const&) = delete;
    SoleUse& operator=(SoleUse const&) = delete;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace mozi::db
