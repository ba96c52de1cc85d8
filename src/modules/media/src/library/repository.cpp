// Media in SQL.
#include "library/repository.hpp"

#include "jobs/queue.hpp"

#include <algorithm>

namespace mozi::media {

std::vector<Rendition> renditions_of(std::vector<RungState> const& rungs) {
    std::vector<Rendition> out;
    for (auto const& state : rungs) out.push_back({state.rung.name(), state.rung.height, state.stage, state.progress});
    return out;
}

} // namespace mozi::media

namespace mozi::media::repository {

namespace {

void add_to_totals(db::Connection& c, UserId owner, std::int64_t media, std::int64_t bytes) {
    if (c.run("UPDATE owner_total SET media = media + ?, bytes = bytes + ? WHERE owner_id = ?", media, bytes, owner) == 0)
        c.run("INSERT INTO owner_total (owner_id, media, bytes) VALUES (?, ?, ?)", owner, media, bytes);
}

} // namespace

Totals totals(db::Connection& c, UserId owner) {
    auto const row = c.one<std::int64_t, std::int64_t>("SELECT media, bytes FROM owner_total WHERE owner_id = ?", owner);
    return row ? Totals{std::get<0>(*row), std::get<1>(*row)} : Totals{};
}

std::vector<Medium> list(db::Connection& c, UserId owner, std::optional<MediaId> after, std::int64_t limit, std::int64_t offset) {
    static auto const sql = db::select<Medium>("WHERE m.owner_id = ? AND m.id < ? ORDER BY m.id DESC LIMIT ? OFFSET ?");
    auto const below = after ? *after : std::get<0>(before_first<MediaId>(SortOrder::desc));
    return db::rows<Medium>(c, sql, owner, below, limit, offset);
}

std::int64_t open_uploads(db::Connection& c, UserId owner) {
    return std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM medium WHERE owner_id = ? AND expires_at IS NOT NULL", owner).value());
}

std::int64_t unused_films(db::Connection& c, UserId owner) {
    return std::get<0>(
        c.one<std::int64_t>("SELECT count(*) FROM medium m WHERE m.owner_id = ? AND m.expires_at IS NULL AND NOT EXISTS "
                            "(SELECT 1 FROM title t WHERE t.media_id = m.id)",
             owner)
            .value());
}

namespace {

// The row and its owner's total say what lies there, after anything of it changed.
void settle_bytes(db::Connection& c, MediaId id) {
    auto const medium = db::hold<Medium>(c, id);
    if (!medium || medium->counted_bytes() == medium->on_disk) return;
    c.run("UPDATE medium SET on_disk = ? WHERE id = ?", medium->counted_bytes(), id);
    add_to_totals(c, medium->owner, 0, medium->counted_bytes() - medium->on_disk);
}

} // namespace

void insert(db::Connection& c, Medium const& medium) {
    auto row = medium;
    row.on_disk = row.counted_bytes();
    db::insert(c, row);
    add_to_totals(c, row.owner, 1, row.on_disk);
}

void set_added(db::Connection& c, Medium const& medium) {
    db::update<&Medium::added>(c, medium);
    settle_bytes(c, medium.id);
}

bool record(db::Connection& c, MediaId id, std::int64_t received, Time expires_at) {
    if (c.run("UPDATE medium SET received = CASE WHEN received < ?1 THEN ?1 ELSE received END, expires_at = ?2 WHERE id = ?3 AND status "
              "= 'UPLOADING'",
            received, expires_at, id) != 1)
        return false;
    settle_bytes(c, id);
    return true;
}

void set_size(db::Connection& c, Medium const& m, std::int64_t size) {
    c.run("UPDATE medium SET size = ? WHERE id = ? AND size IS NULL", size, m.id);
    settle_bytes(c, m.id);
}

void set_made(db::Connection& c, MediaId id, std::int64_t bytes) {
    c.run("UPDATE medium SET made = ? WHERE id = ?", bytes, id);
    settle_bytes(c, id);
}

std::vector<MediaId> unmeasured(db::Connection& c, std::int64_t limit) {
    std::vector<MediaId> out;
    c.each<MediaId>("SELECT id FROM medium WHERE made IS NULL LIMIT ?", [&](MediaId id) { out.push_back(id); }, limit);
    return out;
}

void complete(db::Connection& c, MediaId id, Time now) {
    c.run("UPDATE medium SET status = 'PROCESSING', progress = 0, expires_at = NULL WHERE id = ?", id);
    queue::add(c, id, now);
}

void remove(db::Connection& c, Medium const& m) {
    c.run("DELETE FROM job WHERE medium_id = ?", m.id);
    effects::forget(c, subject_id(m.id));
    if (c.run("DELETE FROM medium WHERE id = ?", m.id) == 1) add_to_totals(c, m.owner, -1, -m.on_disk);
}

std::vector<Medium> expired(db::Connection& c, Time now) {
    static auto const sql = db::select<Medium>("WHERE m.expires_at IS NOT NULL AND m.expires_at <= ? ORDER BY m.expires_at LIMIT 100");
    return db::rows<Medium>(c, sql, now);
}

void remember_expired(db::Connection& c, Medium const& m, Time now) {
    c.run("INSERT INTO expired_upload (id, owner_id, expired_at) VALUES (?, ?, ?)", m.id, m.owner, now);
}
bool has_expired(db::Connection& c, MediaId id, UserId owner) {
    return c.one<std::int64_t>("SELECT id FROM expired_upload WHERE id = ? AND owner_id = ?", id, owner).has_value();
}
void forget_expired(db::Connection& c, Time before) { c.run("DELETE FROM expired_upload WHERE expired_at < ?", before); }

std::vector<Medium> unfinished(db::Connection& c, UserId owner) {
    static auto const sql = db::select<Medium>("WHERE m.owner_id = ? AND m.expires_at IS NOT NULL LIMIT 10000");
    return db::rows<Medium>(c, sql, owner);
}

void store(db::Connection& c, Task const& task, Prepared const& p) {
    auto const known = [](auto value) { return value > 0 ? std::optional(value) : std::nullopt; };
    c.run("UPDATE medium SET playable = ?, poster = ?, progress = ?, duration_s = ?, width = ?, height = ?, renditions = ?, tracks = ? "
          "WHERE id = ? AND run = ? AND status = 'PROCESSING'",
        p.playable, p.poster, p.progress, known(p.duration_s), known(p.width), known(p.height), json::to_json(renditions_of(p.rungs)),
        json::to_json(tracks_of(p)), task.id, task.run);
}

bool finish(db::Connection& c, Task const& task, Prepared const& prepared) {
    store(c, task, prepared);
    if (c.run("UPDATE medium SET status = 'READY', progress = 1, reason = '' WHERE id = ? AND run = ?", task.id, task.run) != 1)
        return false;
    c.run("DELETE FROM job WHERE medium_id = ?", task.id);
    return true;
}

bool fail(db::Connection& c, Task const& task, Reason reason) {
    if (c.run("UPDATE medium SET status = 'FAILED', playable = 0, poster = 0, renditions = '[]', reason = ? WHERE id = ? AND run = ?",
            reason, task.id, task.run) != 1)
        return false;
    c.run("DELETE FROM job WHERE medium_id = ?", task.id);
    return true;
}

void queue_again(db::Connection& c, MediaId id, Time now) {
    c.run("UPDATE medium SET status = 'PROCESSING', progress = 0, reason = '' WHERE id = ?", id);
    queue::add(c, id, now);
}

std::vector<MediaId> known(db::Connection& c, std::span<MediaId const> ids) {
    std::vector<MediaId> out;
    auto const list = db::id_list(ids);
    c.each<MediaId>(
        "SELECT id FROM medium WHERE id IN {list} UNION SELECT id FROM removal WHERE id IN {list} ORDER BY id",
        [&](MediaId id) { out.push_back(id); }, list, list);
    return out;
}

void note_removal(db::Connection& c, MediaId id) { c.run("INSERT INTO removal (id) VALUES (?) ON CONFLICT DO NOTHING", id); }
void forget_removal(db::Connection& c, MediaId id) { c.run("DELETE FROM removal WHERE id = ?", id); }

std::vector<MediaId> removals(db::Connection& c) {
    std::vector<MediaId> out;
    c.each<MediaId>("SELECT id FROM removal ORDER BY id LIMIT 1000", [&](MediaId id) { out.push_back(id); });
    return out;
}

std::vector<Trashed> trashed(db::Connection& c) {
    std::vector<Trashed> out;
    c.each<MediaId, Time>("SELECT id, since FROM trashed", [&](MediaId id, Time since) { out.push_back({id, since}); });
    return out;
}

void note_trashed(db::Connection& c, MediaId id, Time since) {
    c.run("INSERT INTO trashed (id, since) VALUES (?, ?) ON CONFLICT DO NOTHING", id, since);
}
void forget_trashed(db::Connection& c, MediaId id) { c.run("DELETE FROM trashed WHERE id = ?", id); }

std::vector<MediaId> remove_title(db::Connection& c, std::int64_t movie) {
    auto const before = c.one<MediaId>("SELECT media_id FROM title WHERE movie_id = ?", movie);
    if (!before) return {};
    c.run("DELETE FROM title WHERE movie_id = ?", movie);
    return {std::get<0>(*before)};
}

std::vector<MediaId> set_title(db::Connection& c, TitleFacts const& facts) {
    auto changed = remove_title(c, facts.movie);
    if (!facts.media) return changed;
    c.run("INSERT INTO title (movie_id, media_id, released, hidden) VALUES (?, ?, ?, ?)", facts.movie, *facts.media, facts.released,
        facts.hidden);
    changed.push_back(*facts.media);
    return changed;
}

std::vector<effects::Place> places() {
    return {{.kind = SubjectKind::media, .table = "medium", .id = "id"},
        {.kind = SubjectKind::movie, .table = "title", .id = "movie_id", .state = "hidden", .listener = "media.titles"}};
}

std::vector<Holding> holdings(db::Connection& c) {
    std::vector<Holding> out;
    c.each<MediaId, Status, std::optional<std::int64_t>, int, bool, std::int64_t>(
        "SELECT m.id, m.status, m.size, m.run, m.playable, (SELECT count(*) FROM job j WHERE j.medium_id = m.id) FROM medium m",
        [&](MediaId id, Status status, std::optional<std::int64_t> size, int run, bool playable, std::int64_t jobs) {
            out.push_back({id, status == Status::uploading ? std::nullopt : size, playable ? run : 0,
                jobs == 0 ? Holding::State::settled : Holding::State::in_work});
        });
    std::ranges::sort(out, {}, [](Holding const& each) { return each.id.text(); });
    return out;
}

} // namespace mozi::media::repository
