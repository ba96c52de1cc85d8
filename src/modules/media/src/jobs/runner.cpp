// Takes jobs as their turn comes. The jail dies with the thread that started it, and that thread waits for it here.
#include "jobs/runner.hpp"

#include "library/repository.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>
#include <mozi/media/events.hpp>

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

using namespace std::chrono_literals;
constexpr auto lease = 60s, renew_every = 20s, look_every = 2s, look_again = 30s;
constexpr int most_tries = 3;

// The file as it was announced: what a refused chunk left behind its end goes; less than announced is no source.
bool trim_source(std::string const& path, std::int64_t size) {
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < size) return false;
    return info.st_size == size || truncate(path.c_str(), size) == 0;
}

// What earlier runs made.
void remove_other_runs(Place const& place) {
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator(place.folder, ignored)) {
        auto const path = entry.path().string();
        if (entry.path().filename().string().starts_with("r") && path != place.target()) remove_tree(path);
    }
}

// What of it is done, each once in the log.
class Stages {
public:
    void tell(Prepared const& now) {
        if (!std::exchange(surveyed_, true))
            log::info("media.surveyed", {{"seconds", now.duration_s}, {"width", now.width}, {"height", now.height}});
        if (now.playable && !std::exchange(playable_, true)) log::info("media.playable");
        if (now.poster && !std::exchange(poster_, true)) log::info("media.poster");
        for (auto const& rung : now.rungs)
            if (rung.stage == Stage::ready && done_.insert(rung.rung.lines).second)
                log::info("media.rendition", {{"name", rung.rung.name()}});
    }

private:
    bool surveyed_ = false, playable_ = false, poster_ = false;
    std::set<int> done_;
};

metrics::Counter& preparations(metrics::Registry& metrics, std::string const& result) {
    return metrics.counter("videa_preparations_total", "Runs of preparations by how they ended; again and waits: it is tried later",
        "result=\"" + result + "\"");
}

} // namespace

Runner::Runner(Parts parts)
    : parts_(std::move(parts)), ready_(preparations(parts_.metrics, "ready")), again_(preparations(parts_.metrics, "again")),
      waiting_(preparations(parts_.metrics, "waits")), turns_({.rest = parts_.jobs}) {
    for (auto const& [reason, name] : names(Reason{})) {
        if (reason == Reason::none) continue;
        failed_[reason] = &parts_.metrics.counter("videa_preparations_failed_total", "Films that could not be prepared, by reason",
            "reason=\"" + std::string(name.substr(name.find('.') + 1)) + "\"");
    }
}

void Runner::start() {
    // One server per database and folder: whoever had them is no more.
    auto const freed = parts_.database.write([](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        queue::release_all(*tx);
        return {};
    });
    if (!freed) log::error("media.jobs_not_freed", {{"why", freed.error().detail}});
    {
        std::scoped_lock const held(mutex_);
        stopping_ = false;
        looked_ = std::chrono::steady_clock::now();
    }
    chooser_ = std::thread([this] { work(); });
}

void Runner::stop() {
    {
        std::scoped_lock const held(mutex_);
        stopping_ = true;
    }
    condition_.notify_all();
    if (chooser_.joinable()) chooser_.join();
    for (auto& working : working_) working.thread.join();
    working_.clear();
}

void Runner::wake() {
    {
        std::scoped_lock const held(mutex_);
        woken_ = true;
    }
    condition_.notify_all();
}

void Runner::drop(MediaId id) {
    std::scoped_lock const held(mutex_);
    if (turns_.runs(id)) dropped_.insert(id), condition_.notify_all();
}

void Runner::cancel(MediaId id) {
    std::scoped_lock const held(mutex_);
    if (turns_.runs(id)) cancelled_.insert(id), condition_.notify_all();
}

void Runner::put(MediaId id, JobPriority priority) {
    std::scoped_lock const held(mutex_);
    turns_.put(id, priority);
    woken_ = true;
    condition_.notify_all();
}

bool Runner::runs(MediaId id) const {
    std::scoped_lock const held(mutex_);
    return turns_.runs(id);
}

std::chrono::steady_clock::duration Runner::stands_still() const {
    std::scoped_lock const held(mutex_);
    return stopping_ ? std::chrono::steady_clock::duration{} : std::chrono::steady_clock::now() - looked_;
}

std::size_t Runner::running() const {
    std::scoped_lock const held(mutex_);
    return std::size_t(std::ranges::count(working_, false, &Working::ended));
}

bool Runner::cancelled(MediaId id) {
    std::scoped_lock const held(mutex_);
    return stopping_ || dropped_.contains(id) || cancelled_.contains(id);
}

void Runner::join_ended() {
    for (auto at = working_.begin(); at != working_.end();) {
        if (!at->ended) {
            ++at;
            continue;
        }
        at->thread.join(); // it has let go of the mutex as the last thing it did
        at = working_.erase(at);
    }
}

void Runner::work() {
    for (;;) {
        std::uint64_t seen = 0;
        {
            std::scoped_lock const held(mutex_);
            if (stopping_) return;
            join_ended();
            woken_ = false;
            looked_ = std::chrono::steady_clock::now();
            seen = turns_.version();
        }
        if (auto const task = take()) {
            std::scoped_lock const held(mutex_);
            auto& working = working_.emplace_back();
            working.thread = std::thread([this, task = *task, &working] {
                carry_out(task);
                std::scoped_lock const ending(mutex_);
                working.ended = woken_ = true;
                condition_.notify_all();
            });
            continue;
        }
        std::unique_lock held(mutex_);
        condition_.wait_for(held, look_every, [&] { return stopping_ || woken_ || turns_.version() != seen; });
    }
}

// Among the first of each owner the one whose turn it is; nothing where there is no place.
std::optional<Turns::Job> Runner::choose(std::vector<Job> const& firsts) {
    auto const now = std::chrono::steady_clock::now();
    auto const today = system_clock().now();
    std::optional<Turns::Job> best;
    std::scoped_lock const held(mutex_);
    for (auto const& job : firsts) {
        if (turns_.runs(job.id) || !turns_.has_place(job.owner)) continue;
        Turns::Job const each{job.id, job.owner, static_cast<JobPriority>(job.priority), job.bytes,
            std::clamp(std::chrono::duration<double>(today - job.queued_at).count(), 0.0, 86'400.0)};
        if (!best || turns_.goes_before(each, *best, now)) best = each;
    }
    if (best) turns_.begin(*best, now);
    return best;
}

std::optional<Task> Runner::take() {
    if (parts_.trial.fails()) return std::nullopt; // all wait
    {
        std::scoped_lock const held(mutex_);
        if (!turns_.has_place(std::chrono::steady_clock::now())) return std::nullopt;
    }
    auto const now = parts_.database.lived();
    auto const firsts = parts_.database.read([&](db::Connection& c) -> Result<std::vector<Job>> { return queue::firsts(c, now); });
    if (!firsts) log::error("media.job_not_taken", {{"why", firsts.error().detail}});
    auto const chosen = firsts ? choose(*firsts) : std::nullopt;
    if (!chosen) return std::nullopt;
    auto taken = parts_.database.write([&](db::Transaction& tx) -> Result<std::optional<Task>> {
        auto task = queue::claim(*tx, chosen->id, now, now + lease);
        if (task) parts_.library.changed(tx, task->id);
        return task;
    });
    if (!taken) log::error("media.job_not_taken", {{"why", taken.error().detail}});
    if (taken && *taken) return *taken;
    std::scoped_lock const held(mutex_);
    turns_.end(chosen->id, std::chrono::steady_clock::now());
    return std::nullopt;
}

void Runner::wait_for_turn(Task const& task, std::chrono::steady_clock::time_point& renewed) {
    for (;;) {
        {
            std::unique_lock held(mutex_);
            auto const stops = [&] { return stopping_ || dropped_.contains(task.id) || cancelled_.contains(task.id); };
            auto const before = turns_.version();
            auto const mine = turns_.may_go_on(task.id, std::chrono::steady_clock::now());
            auto const seen = turns_.version();
            if (seen != before) condition_.notify_all();
            if (mine || stops()) return;
            condition_.wait_for(held, 1s, [&] { return stops() || turns_.version() != seen; });
        }
        renew(task, renewed);
    }
}

void Runner::carry_out(Task const& task) {
    auto const id = task.id.text();
    log::Scope const scope("media", id);
    Prepared prepared;
    try {
        prepared = run(task);
    } catch (std::exception const& cause) {
        prepared.reason = Reason::internal;
        prepared.detail = cause.what();
    }
    bool gone = false, ended = false;
    {
        std::scoped_lock const held(mutex_);
        gone = dropped_.contains(task.id);
        ended = cancelled_.contains(task.id);
    }
    if (gone) {
        remove_tree(parts_.places.folder(task.id));
    } else if (ended) {
        remove_other_runs({parts_.places.folder(task.id), 0});
        failed_.at(Reason::cancelled)->add();
    } else if (prepared.cancelled) {
        release(task, Time{}, queue::Forgiven::the_try);
    } else {
        settle(task, std::move(prepared));
    }
    parts_.live.clear(task.id);
    std::scoped_lock const held(mutex_);
    turns_.end(task.id, std::chrono::steady_clock::now());
    dropped_.erase(task.id), cancelled_.erase(task.id);
}

// It is taken again from `when` on.
void Runner::release(Task const& task, Time when, queue::Forgiven forgiven) {
    auto const released = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        queue::release(*tx, task.id, when, forgiven);
        return {};
    });
    if (!released) log::warn("media.job_not_parked");
}

Prepared Runner::run(Task const& task) {
    auto const medium =
        parts_.database.read([&](db::Connection& c) -> Result<std::optional<Medium>> { return db::find<Medium>(c, task.id); });
    Prepared missing;
    missing.reason = task.tries > most_tries ? Reason::internal : Reason::source_missing;
    if (task.tries > most_tries || !medium || !*medium || !trim_source(parts_.places.source(task.id), (*medium)->size.value_or(0)))
        return missing;
    remove_other_runs(parts_.places.place(task.id, task.run)); // of starts that were killed; none of them is shown any more
    log::info("media.preparing", {{"run", task.run}, {"try", task.tries}});
    auto renewed = std::chrono::steady_clock::now();
    PrepareHooks hooks;
    Stages stages;
    hooks.changed = [&](Prepared const& prepared) {
        stages.tell(prepared);
        parts_.live.set(task.id, prepared.progress, renditions_of(prepared.rungs));
        store(task, prepared);
    };
    hooks.progressed = [&](Prepared const& prepared) {
        parts_.live.set(task.id, prepared.progress, renditions_of(prepared.rungs));
        renew(task, renewed);
    };
    hooks.cancelled = [&] { return cancelled(task.id); };
    hooks.turn = [&] { wait_for_turn(task, renewed); };
    PrepareLimits limits;
    limits.free_floor_mib = parts_.free_floor_mib;
    limits.threads = parts_.encoder_threads;
    return prepare(parts_.jail, parts_.places.place(task.id, task.run), limits, hooks);
}

std::int64_t Runner::made_by(Task const& task) const {
    return std::int64_t(Places::bytes_below(parts_.places.place(task.id, task.run).target()));
}

void Runner::store(Task const& task, Prepared const& prepared) {
    auto const made = made_by(task);
    auto const stored = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        repository::store(*tx, task, prepared);
        repository::set_made(*tx, task.id, made);
        parts_.library.changed(tx, task.id);
        return {};
    });
    if (!stored) log::warn("media.progress_not_stored", {{"why", stored.error().detail}});
}

void Runner::renew(Task const& task, std::chrono::steady_clock::time_point& renewed) {
    auto const now = std::chrono::steady_clock::now();
    if (now - renewed < renew_every) return;
    renewed = now;
    auto const made = made_by(task);
    auto const kept = parts_.database.write([&](db::Transaction& tx) -> Result<bool> {
        db::frees(tx);
        auto const mine = queue::renew(*tx, task.id, parts_.database.lived() + lease);
        if (mine) repository::set_made(*tx, task.id, made);
        return mine;
    });
    if (!kept) log::warn("media.lease_not_renewed");
}

void Runner::settle(Task const& task, Prepared prepared) {
    auto const good = prepared.reason == Reason::none;
    auto const by_program = !prepared.detail.empty(); // what it said; else the file was judged without one
    if (!good && by_program && !waits(prepared.reason) && !parts_.trial.works()) prepared.reason = Reason::program_missing;
    if (waits(prepared.reason) && task.tries <= most_tries) { // not the film's fault
        auto const room = prepared.reason == Reason::no_space;
        log::warn(room ? "media.waits_for_space" : "media.waits_for_program");
        waiting_.add();
        auto const worked = room && !prepared.rungs.empty(); // what fills the disk by itself does not do so for ever
        return release(task, parts_.database.lived() + look_again, worked ? queue::Forgiven::the_try : queue::Forgiven::all);
    }
    auto const again = !good && may_pass(prepared.reason) && task.tries < most_tries;
    bool mine = true;
    auto const made = good ? made_by(task) : 0; // of what failed nothing stays
    auto const done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        if (again) {
            queue::release(*tx, task.id, parts_.database.lived() + task.tries * 5s, queue::Forgiven::no);
        } else if (good) {
            mine = repository::finish(*tx, task, prepared);
            if (mine) parts_.outbox.emit(tx, MediaProcessed{task.id, task.owner, prepared.duration_s});
        } else {
            mine = repository::fail(*tx, task, prepared.reason);
            if (mine) parts_.outbox.emit(tx, MediaFailed{task.id, task.owner, std::string(to_text(prepared.reason))});
        }
        if (mine && !again) repository::set_made(*tx, task.id, made);
        parts_.library.changed(tx, task.id);
        return {};
    });
    auto const place = parts_.places.place(task.id, task.run);
    if (!mine) { // this one lost its lease; whoever has it now says how it ends
        log::warn("media.run_overtaken", {{"run", task.run}});
        return remove_tree(place.target());
    }
    if (done && good) remove_other_runs(place);
    else if (done && !again) remove_other_runs({place.folder, 0}); // nothing half made stays
    (good ? ready_ : again ? again_ : *failed_.at(prepared.reason)).add();
    if (good) log::info("media.ready", {{"bytes", prepared.bytes}});
    else
        log::warn(again ? "media.again" : "media.failed",
            {{"reason", to_text(prepared.reason)}, {"try", task.tries}, {"detail", prepared.detail.substr(0, 3500)}});
    if (!done) log::error("media.result_not_stored", {{"why", done.error().detail}});
}

} // namespace mozi::media
