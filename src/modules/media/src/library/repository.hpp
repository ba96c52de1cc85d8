// All SQL of media, their jobs and the titles that show them.
#pragma once

#include "library/model.hpp"

#include <mozi/db/database.hpp>
#include <mozi/media/module.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::media::repository {

struct Totals {
    std::int64_t media = 0, bytes = 0;
};
Totals totals(db::Connection& c, UserId owner);
// Latest first, below `after` when there is one.
std::vector<Medium> list(db::Connection& c, UserId owner, std::optional<MediaId> after, std::int64_t limit, std::int64_t offset);

std::int64_t open_uploads(db::Connection& c, UserId owner);
std::int64_t unused_films(db::Connection& c, UserId owner); // complete, prepared or not, and no title shows them
void insert(db::Connection& c, Medium const& medium);
void set_added(db::Connection& c, Medium const& medium);
// Bytes up to `received` are durable. Never goes back; false when the upload is gone or complete.
bool record(db::Connection& c, MediaId id, std::int64_t received, Time expires_at);
void set_size(db::Connection& c, Medium const& medium, std::int64_t size);
// So many bytes of what was made from it lie there now.
void set_made(db::Connection& c, MediaId id, std::int64_t bytes);
std::vector<MediaId> unmeasured(db::Connection& c, std::int64_t limit);
void complete(db::Connection& c, MediaId id, Time now); // PROCESSING, with a job
void remove(db::Connection& c, Medium const& medium);

std::vector<Medium> expired(db::Connection& c, Time now); // at most 100
void remember_expired(db::Connection& c, Medium const& medium, Time now);
bool has_expired(db::Connection& c, MediaId id, UserId owner);
void forget_expired(db::Connection& c, Time before);

std::vector<Medium> unfinished(db::Connection& c, UserId owner); // uploads; at most 10,000

// What a preparation has found and made so far.
void store(db::Connection& c, Task const& task, Prepared const& prepared);
// False, and nothing done: the medium is gone, or another run has taken over.
bool finish(db::Connection& c, Task const& task, Prepared const& prepared);
bool fail(db::Connection& c, Task const& task, Reason reason);

void queue_again(db::Connection& c, MediaId id, Time now);

// Of these ids, those that have a medium or whose removal was ordered; in rising order.
std::vector<MediaId> known(db::Connection& c, std::span<MediaId const> ids);
void note_removal(db::Connection& c, MediaId id);
void forget_removal(db::Connection& c, MediaId id);
std::vector<MediaId> removals(db::Connection& c); // at most 1,000
struct Trashed {
    MediaId id;
    Time since; // lived
};
std::vector<Trashed> trashed(db::Connection& c);
void note_trashed(db::Connection& c, MediaId id, Time since);
void forget_trashed(db::Connection& c, MediaId id);

// What title shows which medium; the media whose standing may have changed.
struct TitleFacts {
    std::int64_t movie = 0;
    std::optional<MediaId> media;
    bool released = false, hidden = false;
};
std::vector<MediaId> set_title(db::Connection& c, TitleFacts const& facts);
std::vector<MediaId> remove_title(db::Connection& c, std::int64_t movie);

// What each medium has on the disk, by its id written out. All of them.
std::vector<Holding> holdings(db::Connection& c);

// Where they lie, and what is kept of effects.
std::vector<effects::Place> places();

} // namespace mozi::media::repository
