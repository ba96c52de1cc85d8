// The rules and routes of the queue for administrators.
#include "jobs/jobs.hpp"

#include "library/repository.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/media/events.hpp>

namespace mozi::media {
namespace {

Error no_job() { return error(Code::not_found, "media.job_not_found", "This video is not being prepared: it is done, failed or deleted."); }

} // namespace

JobView Jobs::view(Job job) const {
    Medium seen;
    seen.id = job.id;
    seen.status = Status::processing;
    seen.progress = job.progress;
    parts_.live.apply(seen);
    return {job.id, job.owner, std::move(job.filename), job.bytes, static_cast<JobPriority>(job.priority), parts_.runner.runs(job.id),
        job.playable, seen.progress, job.tries, job.queued_at};
}

Result<Page<JobView>> Jobs::list(Paging const& paging) const {
    static Pager<Time, MediaId> const pager("jobs");
    MOZI_TRY(auto const after, pager.after(paging.after));
    std::int64_t total = 0;
    MOZI_TRY(auto rows, parts_.database.read([&](db::Connection& c) -> Result<std::vector<Job>> {
        total = queue::count(c);
        return queue::list(c, after, paging.limit + 1, paging.offset());
    }));
    auto next = pager.cut(rows, paging.limit, [](Job const& job) { return std::tuple{job.queued_at, job.id}; });
    Page<JobView> page;
    for (auto& row : rows) page.data.push_back(view(std::move(row)));
    page.pagination = Pagination::of(paging, total, std::move(next));
    return page;
}

Result<JobView> Jobs::put(MediaId id, JobPriority priority) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<JobView> {
        queue::put(*tx, id, priority);
        auto job = queue::find(*tx, id);
        if (!job) return no_job();
        tx.after_commit([this, id, priority] { parts_.runner.put(id, priority); });
        return view(std::move(*job));
    });
}

Result<Queue> Jobs::queue() {
    auto const running = std::int64_t(parts_.runner.running());
    return parts_.database.read([&](db::Connection& c) -> Result<Queue> {
        auto const row = c.one<std::int64_t, std::optional<Time>>("SELECT count(*), min(queued_at) FROM job").value();
        return Queue{std::max<std::int64_t>(0, std::get<0>(row) - running), running, std::get<1>(row)};
    });
}

Result<> Jobs::cancel(MediaId id, std::optional<std::string> const& words, UserId by) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        auto const job = queue::find(*tx, id);
        if (!job) return no_job();
        auto const another = job->owner != by;
        if (another && !words) return words_missing("This is another's film.");
        if (!queue::cancel(*tx, id)) return no_job();
        repository::set_made(*tx, id, 0); // its runner takes it away
        parts_.outbox.emit(tx, MediaFailed{id, job->owner, std::string(to_text(Reason::cancelled)),
                                   another && by ? std::optional(by) : std::nullopt, another ? words : std::nullopt});
        parts_.library.changed(tx, id);
        tx.after_commit([this, id] { parts_.runner.cancel(id); });
        return {};
    });
}

std::vector<http::Route> JobsHttp::routes() {
    using http::Access, http::Method, http::route;
    return {
        route<&JobsHttp::list>(
            *this, Method::get, "/api/jobs", "listJobs", "Videos that are prepared or wait for it", Access::admin, 200, {"request.cursor"}),
        route<&JobsHttp::put>(*this, Method::put, "/api/jobs/{id}", "updateJob", "Let a preparation go before or behind others",
            Access::admin, 200, {"media.job_not_found"}),
        route<&JobsHttp::cancel>(*this, Method::delete_, "/api/jobs/{id}", "cancelJob",
            "Stop a preparation; only administrators begin it again", Access::admin, 204, {"media.job_not_found", "media.reason"}),
    };
}

} // namespace mozi::media
