// All SQL of the queue of preparations.
#pragma once

#include "jobs/model.hpp"

#include <mozi/db/database.hpp>

namespace mozi::media::queue {

// Of each owner the one to begin next, among those that are free now; at most 1,000 owners.
std::vector<Job> firsts(db::Connection& c, Time now);
// It becomes ours until `lease`; nothing when somebody else was first, or it is gone.
std::optional<Task> claim(db::Connection& c, MediaId id, Time now, Time lease);
bool renew(db::Connection& c, MediaId id, Time lease);
// Free again from `when`. Whether the try counts, and whether this was one of the starts after which it is given up.
enum class Forgiven { no, the_try, all };
void release(db::Connection& c, MediaId id, Time when, Forgiven forgiven);
void release_all(db::Connection& c); // of a server that is no more
void add(db::Connection& c, MediaId id, Time now);

// In the order they came.
std::vector<Job> list(db::Connection& c, std::optional<std::tuple<Time, MediaId>> after, std::int64_t limit, std::int64_t offset);
std::int64_t count(db::Connection& c);
std::optional<Job> find(db::Connection& c, MediaId id);
void put(db::Connection& c, MediaId id, JobPriority priority);
// The preparation has failed by decision, and a run of it says nothing any more. False: there is no job.
bool cancel(db::Connection& c, MediaId id);

} // namespace mozi::media::queue
