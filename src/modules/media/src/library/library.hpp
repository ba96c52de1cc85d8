// What may be done with media, and what others are told of them.
#pragma once

#include "library/keeping.hpp"
#include "playback/gate.hpp"

#include <mozi/media/module.hpp>

#include <mutex>

namespace mozi::media {

// How far running preparations are, second by second; what is worth keeping is in the database.
class LiveProgress {
public:
    void set(MediaId id, double progress, std::vector<Rendition> renditions);
    void clear(MediaId id);
    void apply(Medium& medium) const;

private:
    struct State {
        double progress = 0;
        std::vector<Rendition> renditions;
    };
    mutable std::mutex mutex_;
    std::unordered_map<MediaId, State> running_; // as many as there are jobs
};

struct NewText {
    std::string language, content;
    std::optional<std::string> name;
};

// What an administrator does to another's film, with words that are kept in the record.
struct OverAnother {
    MediaId id;
    std::optional<std::string> reason;
    static constexpr auto fields() {
        return std::tuple{json::field("id", &OverAnother::id, {.where = json::Where::path}),
            json::field("reason", &OverAnother::reason,
                {.min = 1,
                    .max = 1000,
                    .format = json::Format::text,
                    .where = json::Where::query,
                    .help = "Of an administrator, about another's: kept in the record."})};
    }
};
Error words_missing(std::string const& what); // "media.reason" (invalid)

class Library final : public content::Videos {
public:
    struct Parts {
        db::Database& database;
        events::Outbox& outbox;
        Clock const& clock;
        Places const& places;
        Gate& gate;
        LiveProgress& live;
        db::Topic& topic;
        Keeper& keeper;
        std::function<void()> wake_jobs;
        std::function<void(MediaId)> drop_job; // stops a running preparation; it removes its files itself
        // Whether so many bytes more fit into what that person may keep. Error: "media.quota".
        std::function<Result<>(db::Connection&, UserId, std::int64_t)> check_quota;
    };
    explicit Library(Parts parts) : parts_(std::move(parts)) {}

    // What titles show of video.
    Result<std::vector<std::optional<content::Video>>> find(std::span<MediaId const> ids, Asking const& asking) override;
    Result<> check_may_show(MediaId id, UserId owner) override;

    // Errors of all: "media.not_found".
    Result<MediaView> get(MediaId id, Asking const& asking);
    Result<Page<MediaView>> list(UserId owner, Asking const& asking, Paging const& paging);
    // One's own; an administrator, who makes room, also another's, with a reason that is kept. Also "media.hidden" (conflict),
    // "media.reason" (invalid).
    Result<> remove(MediaId id, std::optional<std::string> reason, Asking const& asking);
    // Error "media.hidden": what a decision stands on stays as it is.
    static Result<> check_untouched(Medium const& medium);
    // One's own; an administrator also another's. Also "media.hidden", "media.not_failed" (conflict) unless the last attempt failed,
    // "media.stopped" (forbidden) of what an administrator stopped.
    Result<MediaView> retry(MediaId id, Asking const& asking);

    // Subtitles of one's own for a film of one's own. Errors also: "media.hidden", "media.text_unreadable" (invalid),
    // "media.too_many_texts", "media.quota" (over_quota).
    Result<MediaView> add_text(MediaId id, Asking const& asking, NewText const& text);
    // Errors also: "media.hidden", "media.text_not_found".
    Result<MediaView> remove_text(MediaId id, Asking const& asking, std::int64_t number);

    // In the caller's unit: removes rows, tells, and removes the files after the commit.
    struct Removed { // by another than its owner or time; by nobody, but with a reason: by the operator
        std::optional<UserId> by;
        std::optional<std::string> reason;
    };
    void remove_in(db::Transaction& tx, Medium const& medium, Removed const& removed = {});
    // In the caller's unit: what lists and players know of it is out of date.
    void changed(db::Transaction& tx, MediaId id);

    Result<> title_changed(db::Transaction& tx, std::int64_t movie, std::optional<MediaId> media, bool released, bool hidden);
    Result<> title_removed(db::Transaction& tx, std::int64_t movie);
    // In the caller's unit: unfinished uploads of an account that is gone go as well. What is complete stays, also where no title is known
    // to show it: one may, and not have been heard of yet.
    Result<> owner_deleted(db::Transaction& tx, UserId owner);
    // Media as subjects.
    SubjectEntry subject();

private:
    MediaView view(Medium medium, Asking const& asking) const;
    Result<std::vector<Medium>> read(std::span<MediaId const> ids) const;
    // Theirs, and no decision stands on it. Errors: "media.not_found", "media.hidden".
    // Untouched by decisions; of an administrator also another's.
    static Result<Medium> find_own_or_ruled(db::Connection& c, MediaId id, Asking const& asking);
    static Result<Medium> find_own(db::Connection& c, MediaId id, Asking asking);

    Parts parts_;
};

} // namespace mozi::media
