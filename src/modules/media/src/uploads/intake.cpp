// What is granted is never more than the disk and the quota have.
#include "uploads/intake.hpp"

#include "library/repository.hpp"

#include <algorithm>

namespace mozi::media {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::int64_t window = 16 << 20; // at a time, where nobody says how much is to come
constexpr std::int64_t least_lately = 4 << 20;

Error no_space() {
    return error(Code::disk_full, "media.no_space", "There is no room for this upload now. What has arrived is kept; continue later.");
}

Error over_quota() {
    return error(Code::over_quota, "media.quota",
        "This would be more than you may keep here. Delete something first, or ask somebody who runs this server.");
}

} // namespace

Intake::Stream::~Stream() {
    std::scoped_lock const held(intake_.mutex_);
    intake_.courses_.erase(key_);
}

std::int64_t Intake::kept_free() {
    auto const now = Steady::now();
    std::int64_t out = 0;
    for (auto& [key, course] : courses_) {
        if (now - course.since >= limits_.slow_after) {
            if (course.lately < least_lately) course.granted = std::min(course.granted, window);
            course.since = now;
            course.lately = 0;
        }
        out += course.granted;
    }
    return out;
}

Result<> Intake::grant(Course& course, std::int64_t bytes) {
    auto const free = static_cast<std::int64_t>(places_.free_bytes());
    if (free - kept_free() - bytes < static_cast<std::int64_t>(floor())) return no_space();
    course.granted += bytes;
    return {};
}

std::int64_t Intake::uncounted(UserId owner, MediaId except) const {
    std::int64_t out = 0;
    for (auto const& [key, course] : courses_)
        if (course.order.owner == owner && course.order.id != except && course.order.counted == Order::Counted::by_arrival)
            out += std::max<std::int64_t>(0, course.reached - course.counted_to);
    return out;
}

Result<> Intake::check_quota(db::Connection& c, UserId owner, std::int64_t more, MediaId except) {
    if (limits_.quota_bytes == 0) return {};
    auto const kept = repository::totals(c, owner).bytes;
    std::scoped_lock const held(mutex_);
    return kept + uncounted(owner, except) + more > limits_.quota_bytes ? Result<>{over_quota()} : Result<>{};
}

Result<> Intake::check_arrival(Course& course, std::int64_t bytes) {
    if (limits_.quota_bytes == 0 || course.order.counted == Order::Counted::by_size) return {};
    auto const fits = [&] { return *course.kept + uncounted(course.order.owner, {}) + bytes <= limits_.quota_bytes; };
    if (course.kept && fits()) return {};
    MOZI_TRY(course.kept, database_.read([&](db::Connection& c) -> Result<std::int64_t> { // something may have been deleted meanwhile
        return repository::totals(c, course.order.owner).bytes;
    }));
    return fits() ? Result<>{} : Result<>{over_quota()};
}

Result<> Intake::check_room(std::int64_t bytes) {
    std::scoped_lock const held(mutex_);
    Course none;
    return grant(none, bytes);
}

Result<> Intake::check_open(db::Connection& c, UserId owner, MediaId creating) {
    auto open = repository::open_uploads(c, owner);
    auto const unused = repository::unused_films(c, owner);
    std::scoped_lock const held(mutex_);
    for (auto const& [key, course] : courses_) open += course.order.creates && course.order.owner == owner && course.order.id != creating;
    if (open >= limits_.open_uploads)
        return error(Code::conflict, "media.too_many_uploads",
            "You have " + std::to_string(open) + " unfinished uploads. Finish one of them or give it up, then begin the next.");
    if (unused >= limits_.unused_films)
        return error(Code::conflict, "media.too_many_unused",
            "You have " + std::to_string(limits_.unused_films) +
                " films that no title shows. Show some or delete some, then upload the next.");
    return {};
}

Result<std::unique_ptr<Intake::Stream>> Intake::enter(Order const& order) {
    std::scoped_lock const held(mutex_);
    Course course;
    course.order = order;
    course.reached = course.counted_to = order.offset;
    course.since = Steady::now();
    MOZI_CHECK(grant(course, std::min(order.to_come.value_or(window), std::int64_t{1} << 50)));
    MOZI_CHECK(check_arrival(course, 0));
    auto const key = ++last_key_;
    courses_.emplace(key, course);
    return std::unique_ptr<Stream>(new Stream(*this, key));
}

Result<> Intake::Stream::take(std::int64_t bytes) {
    std::scoped_lock const held(intake_.mutex_);
    auto& course = intake_.courses_.at(key_);
    MOZI_CHECK(intake_.check_arrival(course, bytes));
    if ((course.unchecked += bytes) >= window) { // others write to this disk as well
        course.unchecked = 0;
        if (intake_.places_.free_bytes() < intake_.floor()) return no_space();
    }
    if (course.granted < bytes) MOZI_CHECK(intake_.grant(course, std::max(window, bytes)));
    course.granted -= bytes;
    course.lately += bytes;
    course.reached += bytes;
    return {};
}

void Intake::counted(UserId owner, MediaId id, std::int64_t received) {
    std::scoped_lock const held(mutex_);
    for (auto& [key, course] : courses_) {
        if (course.order.owner == owner) course.kept.reset();
        if (course.order.id == id) course.counted_to = std::max(course.counted_to, received);
    }
}

} // namespace mozi::media
