// Takes jobs one by one. The jail dies with the thread that started it, and that thread waits for it here.
#include "jobs/runner.hpp"

#include "library/repository.hpp"

#include <mozi/log/log.hpp>
#include <mozi/media/events.hpp>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

using namespace std::chrono_literals;
constexpr auto lease = 60s, renew_every = 20s, look_every = 2s;
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

} // namespace

void Runner::start() {
    // One server per database and folder: whoever had them is no more.
    auto const freed = parts_.database.write([](db::Transaction& tx) -> Result<> { return repository::release_all_jobs(*tx), Result<>{}; });
    if (!freed) log::error("media.jobs_not_freed", {{"why", freed.error().detail}});
    for (int i = 0; i < parts_.threads; ++i) threads_.emplace_back([this] { work(); });
}

void Runner::stop() {
    {
        std::scoped_lock const held(mutex_);
        stopping_ = true;
    }
    condition_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
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
    if (running_.contains(id)) dropped_.insert(id);
}

bool Runner::cancelled(MediaId id) {
    std::scoped_lock const held(mutex_);
    return stopping_ || dropped_.contains(id);
}

void Runner::work() {
    for (;;) {
        {
            std::unique_lock held(mutex_);
            if (stopping_) return;
        }
        if (auto const task = take()) {
            carry_out(*task);
            continue;
        }
        std::unique_lock held(mutex_);
        condition_.wait_for(held, look_every, [this] { return stopping_ || woken_; });
        woken_ = false;
    }
}

std::optional<Task> Runner::take() {
    auto taken = parts_.database.write([&](db::Transaction& tx) -> Result<std::optional<Task>> {
        auto const now = parts_.database.lived();
        auto task = repository::take_job(*tx, now, now + lease);
        if (!task) return task;
        parts_.library.changed(tx, task->id);
        std::scoped_lock const held(mutex_);
        running_.insert(task->id);
        return task;
    });
    if (!taken) log::error("media.job_not_taken", {{"why", taken.error().detail}});
    return taken ? *taken : std::nullopt;
}

void Runner::carry_out(Task const& task) {
    Prepared prepared;
    try {
        prepared = run(task);
    } catch (std::exception const& cause) {
        prepared.reason = Reason::internal;
        prepared.detail = cause.what();
    }
    bool gone = false, parked = false;
    {
        std::scoped_lock const held(mutex_);
        gone = dropped_.contains(task.id);
        parked = prepared.cancelled && !gone;
    }
    if (gone) {
        remove_tree(parts_.places.folder(task.id));
    } else if (parked) {
        auto const released = parts_.database.write([&](db::Transaction& tx) -> Result<> {
            return repository::release_job(*tx, task.id, Time{}, repository::Forgiven::yes), Result<>{};
        });
        if (!released) log::warn("media.job_not_parked", {{"media", task.id.text()}});
    } else {
        settle(task, prepared);
    }
    parts_.live.clear(task.id);
    std::scoped_lock const held(mutex_);
    running_.erase(task.id), dropped_.erase(task.id);
}

Prepared Runner::run(Task const& task) {
    auto const medium =
        parts_.database.read([&](db::Connection& c) -> Result<std::optional<Medium>> { return db::find<Medium>(c, task.id); });
    Prepared missing;
    missing.reason = task.tries > most_tries ? Reason::internal : Reason::source_missing;
    if (task.tries > most_tries || !medium || !*medium || !trim_source(parts_.places.source(task.id), (*medium)->size.value_or(0)))
        return missing;
    log::info("media.preparing", {{"media", task.id.text()}, {"run", task.run}, {"try", task.tries}});
    auto renewed = std::chrono::steady_clock::now();
    PrepareHooks hooks;
    hooks.changed = [&](Prepared const& prepared) {
        parts_.live.set(task.id, prepared.progress, renditions_of(prepared.rungs));
        store(task, prepared);
    };
    hooks.progressed = [&](Prepared const& prepared) {
        parts_.live.set(task.id, prepared.progress, renditions_of(prepared.rungs));
        renew(task, renewed);
    };
    hooks.cancelled = [&] { return cancelled(task.id); };
    PrepareLimits limits;
    limits.free_floor_mib = parts_.free_floor_mib;
    limits.threads = parts_.encoder_threads;
    return prepare(parts_.jail, parts_.places.place(task.id, task.run), limits, hooks);
}

void Runner::store(Task const& task, Prepared const& prepared) {
    auto const stored = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        repository::store(*tx, task, prepared);
        parts_.library.changed(tx, task.id);
        return {};
    });
    if (!stored) log::warn("media.progress_not_stored", {{"media", task.id.text()}, {"why", stored.error().detail}});
}

void Runner::renew(Task const& task, std::chrono::steady_clock::time_point& renewed) {
    auto const now = std::chrono::steady_clock::now();
    if (now - renewed < renew_every) return;
    renewed = now;
    auto const kept = parts_.database.write(
        [&](db::Transaction& tx) -> Result<bool> { return repository::renew_job(*tx, task.id, parts_.database.lived() + lease); });
    if (!kept) log::warn("media.lease_not_renewed", {{"media", task.id.text()}});
}

void Runner::settle(Task const& task, Prepared const& prepared) {
    auto const good = prepared.reason == Reason::none;
    auto const again = !good && may_pass(prepared.reason) && task.tries < most_tries;
    bool mine = true;
    auto const done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        if (again) {
            repository::release_job(*tx, task.id, parts_.database.lived() + task.tries * 5s, repository::Forgiven::no);
        } else if (good) {
            mine = repository::finish(*tx, task, prepared);
            if (mine) parts_.outbox.emit(tx, MediaProcessed{task.id, task.owner, prepared.duration_s});
        } else {
            mine = repository::fail(*tx, task, prepared.reason);
            if (mine) parts_.outbox.emit(tx, MediaFailed{task.id, task.owner, std::string(to_text(prepared.reason))});
        }
        parts_.library.changed(tx, task.id);
        return {};
    });
    auto const place = parts_.places.place(task.id, task.run);
    if (!mine) { // this one lost its lease; whoever has it now says how it ends
        log::warn("media.run_overtaken", {{"media", task.id.text()}, {"run", task.run}});
        return remove_tree(place.target());
    }
    if (done && good) remove_other_runs(place);
    else if (done && !again) remove_other_runs({place.folder, 0}); // nothing half made stays
    if (good) log::info("media.ready", {{"media", task.id.text()}, {"bytes", prepared.bytes}});
    else
        log::warn("media.failed", {{"media", task.id.text()}, {"reason", to_text(prepared.reason)}, {"try", task.tries},
                                      {"detail", prepared.detail.substr(0, 3500)}});
    if (!done) log::error("media.result_not_stored", {{"media", task.id.text()}, {"why", done.error().detail}});
}

} // namespace mozi::media
