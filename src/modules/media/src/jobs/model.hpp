// A job as a row and as administrators see it.
#pragma once

#include "jobs/turns.hpp"
#include "library/model.hpp"

namespace mozi::media {

constexpr auto names(JobPriority) {
    return std::array{
        std::pair{JobPriority::low, "LOW"sv}, std::pair{JobPriority::normal, "NORMAL"sv}, std::pair{JobPriority::high, "HIGH"sv}};
}

struct Job {
    MediaId id;
    UserId owner;
    std::int64_t bytes = 0;
    int priority = 0; // as a number, for the order of the queue
    int tries = 0;
    Time queued_at;
    std::string filename;
    double progress = 0;
    bool playable = false;

    static constexpr db::Table table{"job", "j", "JOIN medium m ON m.id = j.medium_id"};
    static constexpr auto columns() {
        using db::column;
        using db::computed;
        return std::tuple{column("medium_id", &Job::id), column("owner_id", &Job::owner), column("bytes", &Job::bytes),
            column("priority", &Job::priority), column("tries", &Job::tries), column("queued_at", &Job::queued_at),
            computed("m.filename", &Job::filename), computed("m.progress", &Job::progress), computed("m.playable", &Job::playable)};
    }
};

struct JobView {
    MediaId id;
    UserId owner_id;
    std::string filename;
    std::int64_t size = 0;
    JobPriority priority = JobPriority::normal;
    bool running = false, playable = false;
    double progress = 0;
    int tries = 0;
    Time queued_at;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &JobView::id, {.help = "Of the medium that is prepared."}), field("ownerId", &JobView::owner_id),
            field("filename", &JobView::filename), field("size", &JobView::size, {.help = "Bytes of the upload."}),
            field("priority", &JobView::priority), field("running", &JobView::running, {.help = "Begun; it may stand still for others."}),
            field("playable", &JobView::playable, {.help = "Its beginning can be watched already."}),
            field("progress", &JobView::progress, {.help = "0 to 1."}), field("tries", &JobView::tries),
            field("queuedAt", &JobView::queued_at)};
    }
};

} // namespace mozi::media
