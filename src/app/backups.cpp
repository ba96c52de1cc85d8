// Making backups beside everything else, and saying how they ended.
#include "backups.hpp"

#include <mozi/log/log.hpp>

#include <algorithm>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <limits>

namespace mozi::app {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds looks_every = 30s, first_retry = 10min, last_retry = 2h;

// The server is stopping.
struct GivenUp : BackupFailed {
    GivenUp() : BackupFailed("The server was stopped while the backup was made. Nothing of it was left.") {}
};

std::string plural(std::int64_t count, std::string const& what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }

} // namespace

std::string told(BackupMade const& made, std::chrono::milliseconds took) {
    std::string out;
    for (auto const& half : made.halves) out += "Removed " + half.string() + ", which an earlier backup that was cut off had left.\n";
    return out + "Made " + made.path.string() + ": " + plural(made.manifest.files, "file") + ", " +
           std::to_string(made.manifest.bytes >> 20) + " MiB, of which " + std::to_string(made.added >> 20) + " MiB are new, in " +
           std::to_string((took.count() + 999) / 1000) + " s.";
}

void go_gently() {
    auto const thread = id_t(syscall(SYS_gettid));
    setpriority(PRIO_PROCESS, thread, 15);
    constexpr int of_a_process = 1, idle_class = 3 << 13; // ioprio_set(2)
    syscall(SYS_ioprio_set, of_a_process, 0, idle_class);
}

Backups::Backups(Needs needs)
    : needs_(std::move(needs)), failures_(needs_.metrics.counter("videa_backup_failures_total", "Backups that failed")),
      data_(needs_.settings.data.dir), status_(read_backup_status(data_)) {
    needs_.metrics.gauge("videa_backup_age_seconds", "Age of the last good backup; NaN while there is none", "", [this] {
        std::scoped_lock const held(mutex_);
        if (!status_.last_good) return std::numeric_limits<double>::quiet_NaN();
        return std::chrono::duration<double>(system_clock().now() - *status_.last_good).count();
    });
}

Backups::~Backups() { stop(); }

std::vector<http::Route> Backups::routes() {
    using http::Access, http::Lane, http::Limit, http::Method, http::route;
    http::Options const options{.lane = Lane::work, .limit = Limit::none, .body_limit = 4096, .repeats = false};
    return {
        route<&Backups::begin>(*this, Method::post, "/api/admin/backups", "beginBackup", "Begin a backup, from the server's command line",
            Access::admin, 202, {"auth.operator", "backup.running"}, options),
        route<&Backups::state>(*this, Method::get, "/api/admin/backups", "getBackupState", "How the last backup of this process stands",
            Access::admin, 200, {}, {.lane = Lane::work, .limit = Limit::none}),
    };
}

// It goes where whoever asks says, and holds the secret: for who has this machine, and for no administrator of the community alone.
Result<BackupProgress> Backups::begin(http::Call& call, AskedBackup const& in) {
    if (call.viewer.id) return error(Code::forbidden, "auth.operator", "Only the server's own command line may do this.");
    std::scoped_lock const held(mutex_);
    if (progress_.state == BackupStage::running || stopping_ || !thread_.joinable())
        return error(Code::conflict, "backup.running", "The server is making a backup already. Wait until it has ended.");
    asked_ = in.dir;
    progress_ = {BackupStage::running, {}};
    changed_.notify_all();
    return progress_;
}

Result<BackupProgress> Backups::state(http::Call& call, http::Empty const&) {
    call.header("Cache-Control", "no-store");
    std::scoped_lock const held(mutex_);
    return progress_;
}

void Backups::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "backup");
        work();
    });
}

void Backups::stop() {
    {
        std::scoped_lock const held(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// By the wall clock; one that was turned back says nothing about when the last was made.
bool Backups::due() const {
    if (needs_.settings.backup.dir.empty() || std::chrono::steady_clock::now() < not_before_) return false;
    if (!status_.last_good) return true;
    auto const age = system_clock().now() - *status_.last_good;
    return age < -1h || age >= std::chrono::hours(needs_.settings.backup.every_hours);
}

void Backups::work() {
    std::unique_lock held(mutex_);
    // The start itself comes first.
    for (changed_.wait_for(held, 5s, [this] { return stopping_ || asked_; }); !stopping_;
        changed_.wait_for(held, looks_every, [this] { return stopping_ || asked_; })) {
        auto const asked = std::exchange(asked_, std::nullopt);
        auto const scheduled = !asked && due();
        if (!asked && !scheduled) continue;
        progress_ = {BackupStage::running, {}};
        auto const dir = asked ? *asked : fs::absolute(needs_.settings.backup.dir);
        held.unlock();
        // A thread of its own for each: it begins as quick as any, for writers wait for it, and cannot take back that it steps behind.
        std::thread([&] { make(dir, scheduled); }).join();
        held.lock();
    }
}

void Backups::pause(std::chrono::steady_clock::duration longest) {
    std::unique_lock held(mutex_);
    if (changed_.wait_for(held, longest, [this] { return stopping_; })) throw GivenUp();
}

void Backups::make(fs::path const& dir, bool scheduled) {
    auto const began = std::chrono::steady_clock::now();
    auto since = began;
    // As long as it worked, up to the length of a breath.
    auto const between = [&] {
        pause(std::min<std::chrono::steady_clock::duration>(std::chrono::steady_clock::now() - since, 50ms));
        since = std::chrono::steady_clock::now();
    };
    BackupSource source{needs_.settings, {}, needs_.hold, &go_gently};
    for (auto const& [name, database] : needs_.databases) source.databases[name] = database.get();
    BackupProgress ended;
    BackupStatus status;
    try {
        if (!dir.is_absolute()) throw BackupFailed("The folder for backups has to be an absolute path.");
        auto const made = make_backup(source, dir, between);
        auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
        log::info("backup.made",
            {{"folder", made.path.string()}, {"files", made.manifest.files}, {"bytes", made.manifest.bytes}, {"new_bytes", made.added},
                {"ms", std::int64_t(took.count())}, {"writers_held_us", std::int64_t(made.held.count())}});
        status = {made.manifest.time, made.path.string(), std::nullopt};
        ended = {BackupStage::done, told(made, took)};
        if (scheduled) drop_old(made.path);
    } catch (GivenUp const& cause) { ended = {BackupStage::failed, cause.what()}; } catch (std::exception const& cause) {
        log::error("backup.failed", {{"folder", dir.string()}, {"why", cause.what()}});
        failures_.add();
        std::scoped_lock const held(mutex_);
        status = status_;
        status.last_failure = {system_clock().now(), cause.what()};
        ended = {BackupStage::failed, cause.what()};
    }
    std::scoped_lock const held(mutex_);
    progress_ = std::move(ended);
    failed_in_a_row_ = progress_.state == BackupStage::failed ? std::min(failed_in_a_row_ + 1, 10) : 0;
    if (failed_in_a_row_ > 0)
        not_before_ = std::chrono::steady_clock::now() +
                      std::min<std::chrono::steady_clock::duration>(first_retry * (1 << (failed_in_a_row_ - 1)), last_retry);
    if (!status.last_good && !status.last_failure) return; // given up
    status_ = std::move(status);
    write_backup_status(data_, status_);
}

// By their names; the one just made stays whatever the clock says.
void Backups::drop_old(fs::path const& made) const {
    auto const installation = read_manifest(made).installation;
    int kept = 1;
    for (auto const& path : backups_in(made.parent_path())) {
        if (path == made) continue;
        try {
            if (read_manifest(path).installation != installation) continue;
        } catch (BackupFailed const&) { continue; } // not one of ours to remove
        if (++kept <= needs_.settings.backup.keep) continue;
        // Its manifest first, and durably: what is left of it when this is cut off is taken for no backup.
        auto const leaving = path.string() + std::string(half_ending);
        std::error_code failed;
        fs::rename(path, leaving, failed);
        if (!failed) fs::remove_all(leaving, failed);
        failed ? log::warn("backup.not_removed", {{"folder", path.string()}, {"why", failed.message()}})
               : log::info("backup.removed", {{"folder", path.string()}});
    }
}

std::vector<Ailment> Backups::ailments() const {
    std::scoped_lock const held(mutex_);
    auto const& s = needs_.settings.backup;
    if (s.dir.empty()) return {};
    auto const good =
        status_.last_good ? "The last good backup is of " + to_iso(*status_.last_good) : std::string("There is no good backup yet");
    auto const retried = ". It is tried again by itself; `videa-mozi backup " + s.dir + "` tries it now.";
    if (status_.last_failure) return {{"backup.old", good + ", and the last try failed: " + status_.last_failure->sentence + retried}};
    if (status_.last_good && system_clock().now() - *status_.last_good > std::chrono::hours(s.every_hours) * 2)
        return {{"backup.old", good + retried}};
    return {};
}

} // namespace mozi::app
