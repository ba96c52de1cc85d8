// The queue in SQL.
#include "jobs/queue.hpp"

namespace mozi::media::queue {

std::vector<Job> firsts(db::Connection& c, Time now) {
    // One step of the index per owner, however many jobs each has.
    static auto const sql = "WITH RECURSIVE o (id) AS (SELECT min(owner_id) FROM job UNION ALL "
                            "SELECT (SELECT min(owner_id) FROM job WHERE owner_id > o.id) FROM o WHERE o.id IS NOT NULL) " +
                            db::select<Job>("JOIN o ON j.medium_id = (SELECT f.medium_id FROM job f WHERE f.owner_id = o.id AND "
                                            "f.lease_until <= ? ORDER BY f.priority DESC, f.bytes, f.queued_at LIMIT 1) LIMIT 1000");
    return db::rows<Job>(c, sql, now);
}

std::optional<Task> claim(db::Connection& c, MediaId id, Time now, Time lease) {
    if (c.run("UPDATE job SET lease_until = ?, tries = tries + 1, starts = starts + 1 WHERE medium_id = ? AND lease_until <= ?", lease, id,
            now) != 1)
        return std::nullopt;
    c.run("UPDATE medium SET run = run + 1, playable = 0, poster = 0, progress = 0, reason = '' WHERE id = ?", id);
    auto const row = c.one<UserId, int, int, int>(
        "SELECT m.owner_id, m.run, j.tries, j.starts FROM medium m JOIN job j ON j.medium_id = m.id WHERE m.id = ?", id);
    auto const& [owner, run, tries, starts] = row.value();
    // One that never comes to an end, however often the server is started again, is given up as well.
    return Task{id, owner, run, starts > 25 ? 99 : tries};
}

bool renew(db::Connection& c, MediaId id, Time lease) {
    return c.run("UPDATE job SET lease_until = ? WHERE medium_id = ?", lease, id) == 1;
}

void release(db::Connection& c, MediaId id, Time when, Forgiven forgiven) {
    c.run("UPDATE job SET lease_until = ?, tries = tries - ?, starts = starts - ? WHERE medium_id = ?", when,
        forgiven == Forgiven::no ? 0 : 1, forgiven == Forgiven::all ? 1 : 0, id);
}

void release_all(db::Connection& c) {
    c.run("UPDATE job SET lease_until = 0, tries = CASE WHEN tries > 0 THEN tries - 1 ELSE 0 END WHERE lease_until > 0");
}

void add(db::Connection& c, MediaId id, Time now) {
    // Of a parameter in a list of selected columns PostgreSQL does not know what it is.
    c.run("INSERT INTO job (medium_id, owner_id, bytes, queued_at) "
          "SELECT id, owner_id, coalesce(size, received), CAST(?1 AS BIGINT) FROM medium WHERE id = ?2",
        now, id);
}

std::vector<Job> list(db::Connection& c, std::optional<std::tuple<Time, MediaId>> after, std::int64_t limit, std::int64_t offset) {
    static auto const sql = db::select<Job>("WHERE (j.queued_at, j.medium_id) > (?, ?) ORDER BY j.queued_at, j.medium_id LIMIT ? OFFSET ?");
    auto const [at, id] = after ? *after : before_first<Time, MediaId>(SortOrder::asc);
    return db::rows<Job>(c, sql, at, id, limit, offset);
}

std::int64_t count(db::Connection& c) { return std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM job").value()); }

std::optional<Job> find(db::Connection& c, MediaId id) {
    static auto const sql = db::select<Job>("WHERE j.medium_id = ?");
    auto found = db::rows<Job>(c, sql, id);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void put(db::Connection& c, MediaId id, JobPriority priority) {
    c.run("UPDATE job SET priority = ? WHERE medium_id = ?", static_cast<int>(priority), id);
}

bool cancel(db::Connection& c, MediaId id) {
    if (c.run("DELETE FROM job WHERE medium_id = ?", id) != 1) return false;
    c.run("UPDATE medium SET status = 'FAILED', run = run + 1, playable = 0, poster = 0, renditions = '[]', reason = ? WHERE id = ?",
        Reason::cancelled, id);
    return true;
}

} // namespace mozi::media::queue
