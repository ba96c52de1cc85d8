// Room for what is on its way: on the disk for all streams together, and in each person's quota for what nobody has announced.
#pragma once

#include "library/places.hpp"

#include <mozi/db/database.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace mozi::media {

class Intake {
public:
    struct Limits {
        std::uint64_t min_free_bytes = 0; // the floor of the databases; uploads stop at twice that
        std::int64_t quota_bytes = 0; // 0: none
        int open_uploads = 0, unused_films = 0;
        std::chrono::milliseconds slow_after{60'000}; // who sent less than 4 MiB in that time keeps no more than a window free
    };
    // All outlive it and its streams.
    Intake(Places const& places, db::Database& database, Limits limits) : places_(places), database_(database), limits_(limits) {}

    // One body on its way. What was announced of it is kept free for it, as long as it comes.
    class Stream {
    public:
        ~Stream();
        Stream(Stream const&) = delete;
        Stream& operator=(Stream const&) = delete;
        // So many bytes more have come; any thread, one at a time. Errors: "media.no_space" (disk_full), "media.quota" (over_quota).
        Result<> take(std::int64_t bytes);

    private:
        friend class Intake;
        Stream(Intake& intake, std::uint64_t key) : intake_(intake), key_(key) {}
        Intake& intake_;
        std::uint64_t key_;
    };
    struct Order {
        MediaId id;
        UserId owner;
        std::int64_t offset = 0; // where the body begins: so much is in the row
        std::optional<std::int64_t> to_come = {}; // none: a chunked body of an upload without a length
        // by_size: the whole upload counts against the quota since it was announced. by_arrival: what comes, as it comes.
        enum class Counted { by_size, by_arrival } counted = Counted::by_size;
        bool creates = false; // there is no row yet
    };
    // Errors: "media.no_space" (disk_full), "media.quota" (over_quota).
    Result<std::unique_ptr<Stream>> enter(Order const& order);
    // Whether so many bytes could come now. Error: "media.no_space".
    Result<> check_room(std::int64_t bytes);
    // In a unit or read, before the row. Errors: "media.too_many_uploads", "media.too_many_unused" (conflict).
    Result<> check_open(db::Connection& c, UserId owner, MediaId creating);
    // Whether `more` fits besides what is kept and what has come of other uploads and is not counted yet. Error: "media.quota".
    Result<> check_quota(db::Connection& c, UserId owner, std::int64_t more, MediaId except = {});

    // After a commit: what that person keeps is another sum; the row of `id` counts what has come up to `received`.
    void counted(UserId owner, MediaId id, std::int64_t received);

private:
    struct Course {
        Order order;
        std::int64_t granted = 0; // kept free on the disk
        std::int64_t reached = 0, counted_to = 0; // what is between has come and is in no sum
        std::optional<std::int64_t> kept = {}; // by its owner, as far as known
        std::int64_t unchecked = 0; // since the disk was looked at
        std::chrono::steady_clock::time_point since{};
        std::int64_t lately = 0; // bytes since then
    };
    std::uint64_t floor() const { return limits_.min_free_bytes * 2; }
    Result<> grant(Course& course, std::int64_t bytes); // with the mutex
    std::int64_t kept_free(); // with the mutex; takes back what those keep who do not send
    std::int64_t uncounted(UserId owner, MediaId except) const; // with the mutex
    Result<> check_arrival(Course& course, std::int64_t bytes); // with the mutex

    Places const& places_;
    db::Database& database_;
    Limits limits_;
    std::mutex mutex_;
    std::uint64_t last_key_ = 0;
    std::unordered_map<std::uint64_t, Course> courses_; // as many as there are connections
};

} // namespace mozi::media
