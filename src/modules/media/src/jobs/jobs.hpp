// What administrators see of preparations, and what they may do about one.
#pragma once

#include "jobs/queue.hpp"
#include "jobs/runner.hpp"

#include <mozi/media/module.hpp>

namespace mozi::media {

class Jobs {
public:
    struct Parts {
        db::Database& database;
        events::Outbox& outbox;
        Library& library;
        LiveProgress& live;
        Runner& runner;
    };
    explicit Jobs(Parts parts) : parts_(parts) {}

    // In the order they came. Error: "request.cursor".
    Result<Page<JobView>> list(Paging const& paging) const;
    // Of several that wait a higher one goes first, before every rule of fairness. Error: "media.job_not_found".
    Result<JobView> put(MediaId id, JobPriority priority);
    // The preparation ends, and its medium FAILED with "media.cancelled"; the upload stays. Of another's with words that are kept.
    // Errors: "media.job_not_found", "media.reason" (invalid).
    Result<> cancel(MediaId id, std::optional<std::string> const& words, UserId by);
    Result<Queue> queue(); // how long it is

private:
    JobView view(Job job) const;
    Parts parts_;
};

class JobsHttp {
public:
    explicit JobsHttp(Jobs& jobs) : jobs_(jobs) {}
    std::vector<http::Route> routes();

private:
    struct ListJobs : Paging {
        static constexpr auto fields() { return paging_fields<ListJobs>(); }
    };
    struct PutJob {
        MediaId id;
        JobPriority priority = JobPriority::normal;
        static constexpr auto fields() {
            return std::tuple{json::field("id", &PutJob::id, {.where = json::Where::path}),
                json::field("priority", &PutJob::priority, {.help = "HIGH goes before all that is not, LOW after it."})};
        }
    };
    Result<Page<JobView>> list(http::Call&, ListJobs const& in) { return jobs_.list(in); }
    Result<JobView> put(http::Call&, PutJob const& in) { return jobs_.put(in.id, in.priority); }
    Result<http::Empty> cancel(http::Call& call, OverAnother const& in) {
        MOZI_CHECK(jobs_.cancel(in.id, in.reason, call.viewer.id));
        return http::Empty{};
    }

    Jobs& jobs_;
};

} // namespace mozi::media
