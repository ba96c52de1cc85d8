// The rules of the library.
#include "library/library.hpp"

#include "library/repository.hpp"
#include "texts/webvtt.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/media/events.hpp>

namespace mozi::media {

void LiveProgress::set(MediaId id, double progress, std::vector<Rendition> renditions) {
    std::scoped_lock const held(mutex_);
    running_[id] = {progress, std::move(renditions)};
}

void LiveProgress::clear(MediaId id) {
    std::scoped_lock const held(mutex_);
    running_.erase(id);
}

void LiveProgress::apply(Medium& medium) const {
    if (medium.status != Status::processing) return;
    std::scoped_lock const held(mutex_);
    auto const found = running_.find(medium.id);
    if (found == running_.end()) return;
    medium.progress = found->second.progress;
    medium.renditions = found->second.renditions;
}

Result<std::vector<Medium>> Library::read(std::span<MediaId const> ids) const {
    return parts_.database.read([&](db::Connection& c) -> Result<std::vector<Medium>> { return db::find_many<Medium>(c, ids); });
}

Result<std::vector<std::optional<content::Video>>> Library::find(std::span<MediaId const> ids, Asking const& asking) {
    MOZI_TRY(auto const rows, read(ids));
    std::vector<std::optional<content::Video>> out(ids.size());
    for (auto const& medium : rows) {
        if (medium.hidden && !asking.moderates) continue;
        auto const several = medium.tracks.sounds.size() > 1;
        content::Video const video{medium.id, medium.status, medium.playable && Gate::visible(medium, asking),
            several ? parts_.gate.tracks_url(medium, asking) : parts_.gate.hls_url(medium, asking), parts_.gate.poster_url(medium, asking),
            medium.duration_s, medium.playable ? std::optional(!medium.tracks.sounds.empty()) : std::nullopt};
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (ids[i] == medium.id) out[i] = video;
    }
    return out;
}

Result<> Library::check_may_show(MediaId id, UserId owner) {
    MOZI_TRY(auto const found, read({&id, 1}));
    if (found.empty() || found.front().owner != owner) return not_found("media.not_found");
    if (found.front().taken_away())
        return Error{Code::conflict, "media.hidden", "A moderator hid this film. Until that is taken back, no title can show it."};
    return {};
}

Result<> Library::check_untouched(Medium const& medium) {
    if (!medium.taken_away()) return {};
    Error refused{Code::conflict, "media.hidden", "A moderator hid this film. Until that is taken back, it stays as it is."};
    refused.reason = "What was decided on is kept, so that the decision can be looked at and undone.";
    refused.next = "Write to a moderator if the decision is wrong, or if the film is to go for good.";
    return refused;
}

Error words_missing(std::string const& what) {
    auto refused = invalid({{"?reason", "media.reason", "Say in a sentence why; it is kept with your name."}});
    refused.id = "media.reason";
    refused.message = what + " Say why (?reason=); it is kept with your name.";
    return refused;
}

Result<Medium> Library::find_own_or_ruled(db::Connection& c, MediaId id, Asking const& asking) {
    auto medium = db::find<Medium>(c, id);
    if (!medium || (medium->owner != asking.user && !asking.administers)) return not_found("media.not_found");
    MOZI_CHECK(check_untouched(*medium));
    return std::move(*medium);
}

Result<Medium> Library::find_own(db::Connection& c, MediaId id, Asking asking) {
    asking.administers = false;
    return find_own_or_ruled(c, id, asking);
}

MediaView Library::view(Medium medium, Asking const& asking) const {
    parts_.live.apply(medium);
    auto const inside = asking.moderates || asking.user == medium.owner;
    MediaView out;
    out.id = medium.id;
    if (inside) {
        out.filename = medium.filename;
        out.bytes_on_disk = medium.on_disk;
        out.hidden = medium.taken_away();
    }
    out.size = medium.size;
    out.status = medium.status;
    out.progress = medium.status == Status::uploading ? (medium.size.value_or(0) > 0 ? double(medium.received) / double(*medium.size) : 0.0)
                                                      : medium.progress;
    out.playable = medium.playable && Gate::visible(medium, asking);
    out.hls_url = parts_.gate.hls_url(medium, asking);
    out.tracks_url = parts_.gate.tracks_url(medium, asking);
    out.poster_url = parts_.gate.poster_url(medium, asking);
    out.duration_seconds = medium.duration_s;
    out.width = medium.width;
    out.height = medium.height;
    out.renditions = std::move(medium.renditions);
    out.sounds = sounds_for_people(medium.tracks);
    out.texts = texts_for_people(medium.tracks, medium.added);
    if (inside) out.warnings = warnings_for_people(medium.tracks);
    if (medium.status == Status::failed) out.error = FailureView{std::string(to_text(medium.reason)), std::string(sentence(medium.reason))};
    return out;
}

Result<MediaView> Library::get(MediaId id, Asking const& asking) {
    MOZI_TRY(
        auto medium, parts_.database.read([&](db::Connection& c) -> Result<std::optional<Medium>> { return db::find<Medium>(c, id); }));
    auto const inside = medium && (asking.moderates || (asking.user && asking.user == medium->owner));
    if (!medium || (!inside && !medium->is_public())) return not_found("media.not_found");
    return view(std::move(*medium), asking);
}

Result<Page<MediaView>> Library::list(UserId owner, Asking const& asking, Paging const& paging) {
    static Pager<MediaId> const pager("media");
    MOZI_TRY(auto const after, pager.after(paging.after));
    repository::Totals totals;
    MOZI_TRY(auto rows, parts_.database.read([&](db::Connection& c) -> Result<std::vector<Medium>> {
        totals = repository::totals(c, owner);
        return repository::list(c, owner, after ? std::optional(std::get<0>(*after)) : std::nullopt, paging.limit + 1, paging.offset());
    }));
    auto next = pager.cut(rows, paging.limit, [](Medium const& medium) { return std::tuple{medium.id}; });
    Page<MediaView> page;
    for (auto& row : rows) page.data.push_back(view(std::move(row), asking));
    page.pagination = Pagination::of(paging, totals.media, std::move(next));
    return page;
}

void Library::changed(db::Transaction& tx, MediaId id) {
    tx.touch(parts_.topic);
    tx.after_commit([this, id] { parts_.gate.forget(id); });
}

void Library::remove_in(db::Transaction& tx, Medium const& medium, Removed const& removed) {
    db::frees(tx);
    repository::remove(*tx, medium);
    parts_.outbox.emit(tx, MediaDeleted{medium.id, medium.owner, removed.by, removed.reason});
    changed(tx, medium.id);
    tx.after_commit([this, id = medium.id] { parts_.drop_job(id); });
    parts_.keeper.remove_in(tx, medium.id);
}

Result<> Library::remove(MediaId id, std::optional<std::string> reason, Asking const& asking) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<> {
        MOZI_TRY(auto const medium, find_own_or_ruled(*tx, id, asking));
        if (medium.owner != asking.user && !reason) return words_missing("This is another's film, and deleting it cannot be undone.");
        Removed removed;
        if (medium.owner != asking.user) removed = {asking.user ? std::optional(asking.user) : std::nullopt, reason};
        remove_in(tx, medium, removed);
        return {};
    });
}

Result<MediaView> Library::retry(MediaId id, Asking const& asking) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<MediaView> {
        MOZI_TRY(auto medium, find_own_or_ruled(*tx, id, asking)); // who stops begins again
        if (medium.status != Status::failed)
            return error(Code::conflict, "media.not_failed", "Only a failed preparation can be started again.");
        if (medium.reason == Reason::cancelled && !asking.administers)
            return error(Code::forbidden, "media.stopped",
                "Somebody who runs this server stopped the preparation of this video. Only they begin it again: ask them.");
        repository::queue_again(*tx, id, parts_.clock.now());
        changed(tx, id);
        tx.after_commit(parts_.wake_jobs);
        medium.status = Status::processing;
        medium.progress = 0;
        return view(std::move(medium), asking);
    });
}

Result<MediaView> Library::add_text(MediaId id, Asking const& asking, NewText const& text) {
    MOZI_CHECK(parts_.database.read([&](db::Connection& c) { return find_own(c, id, asking); })); // before its text costs anything
    auto read = read_subtitles(text.content);
    if (read.webvtt.empty()) {
        auto refused = error(Code::invalid, "media.text_unreadable",
            "There are no subtitles in this file. SRT, WebVTT and ASS are read; the first line that is none of them is line " +
                std::to_string(read.bad_line) + ".");
        auto said = "Line " + std::to_string(read.bad_line) + " is not understood.";
        if (read.bad_line == 0) {
            said = "Nothing in this file is shown for any time.";
            refused.message = "There are no subtitles in this file: nothing in it is shown for any time.";
        }
        refused.fields.push_back({"/content", "media.text_unreadable", std::move(said)});
        return refused;
    }
    return parts_.database.write([&](db::Transaction& tx) -> Result<MediaView> {
        MOZI_TRY(auto medium, find_own(*tx, id, asking));
        auto& list = medium.added.list;
        if (list.size() >= most_added_texts)
            return error(Code::conflict, "media.too_many_texts", "A film takes at most 32 added subtitles. Take one away first.");
        auto const playlist = text_playlist("text.vtt", medium.duration_s.value_or(most_duration_s));
        auto const bytes = std::int64_t(read.webvtt.size() + playlist.size());
        MOZI_CHECK(parts_.check_quota(*tx, medium.owner, bytes));
        auto const number = medium.added.last = std::max(medium.added.last, list.empty() ? 0 : list.back().number) + 1;
        MOZI_CHECK(parts_.places.write_text(id, number, read.webvtt, playlist));
        list.push_back({number, language_tag(text.language), text.name.value_or(""), bytes});
        repository::set_added(*tx, medium);
        changed(tx, id);
        return view(std::move(medium), asking);
    });
}

Result<MediaView> Library::remove_text(MediaId id, Asking const& asking, std::int64_t number) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<MediaView> {
        MOZI_TRY(auto medium, find_own(*tx, id, asking));
        if (std::erase_if(medium.added.list, [&](AddedText const& text) { return text.number == number; }) == 0)
            return not_found("media.text_not_found");
        repository::set_added(*tx, medium);
        changed(tx, id);
        tx.after_commit([this, id, number] { parts_.places.remove_text(id, static_cast<int>(number)); });
        return view(std::move(medium), asking);
    });
}

Result<> Library::title_changed(db::Transaction& tx, std::int64_t movie, std::optional<MediaId> media, bool released, bool hidden) {
    for (auto const id : repository::set_title(*tx, {movie, media, released, hidden})) changed(tx, id);
    return {};
}

Result<> Library::title_removed(db::Transaction& tx, std::int64_t movie) {
    for (auto const id : repository::remove_title(*tx, movie)) changed(tx, id);
    return {};
}

Result<> Library::owner_deleted(db::Transaction& tx, UserId owner) {
    for (auto const& medium : repository::unfinished(*tx, owner)) remove_in(tx, medium);
    return {};
}

SubjectEntry Library::subject() {
    return {
        .kind = SubjectKind::media,
        .missing = not_found("media.not_found"),
        .path = "/api/media",
        .find = [this](std::span<SubjectId const> ids, Asking const& asking) -> Result<std::vector<SubjectFacts>> {
            MOZI_TRY(auto const rows, read(ids_as<MediaId>(ids)));
            std::vector<SubjectFacts> out;
            for (auto const& medium : rows) {
                // Who may watch gets an address.
                auto url = parts_.gate.hls_url(medium, asking);
                auto const inside = medium.owner == asking.user || asking.moderates;
                auto const visible = inside || (!medium.hidden && (url || parts_.gate.poster_url(medium, asking)));
                out.push_back({{SubjectKind::media, subject_id(medium.id)}, medium.owner,
                    inside ? std::optional(medium.filename) : std::nullopt, std::nullopt, std::move(url), medium.hidden, visible});
            }
            return out;
        },
        .settle = [this](db::Transaction& tx, SubjectId id) -> Result<bool> {
            changed(tx, {id.value});
            return db::find<Medium>(*tx, id).has_value();
        },
        .gone = gone<MediaDeleted>(&MediaDeleted::media_id),
        .takes = {.comments = false, .reactions = false},
    };
}

} // namespace mozi::media
