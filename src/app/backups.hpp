// Backups of the running server: on a thread of its own, when the command line asks and when the settings say.
#pragma once

#include "backup.hpp"
#include "vitals.hpp"

#include <mozi/http/gateway.hpp>

#include <condition_variable>
#include <thread>

namespace mozi::app {

enum class BackupStage { none, running, done, failed };
constexpr auto names(BackupStage) {
    return std::array{std::pair{BackupStage::none, "NONE"sv}, std::pair{BackupStage::running, "RUNNING"sv},
        std::pair{BackupStage::done, "DONE"sv}, std::pair{BackupStage::failed, "FAILED"sv}};
}

struct AskedBackup {
    std::string dir;
    static constexpr auto fields() {
        return std::tuple{field("dir", &AskedBackup::dir, {.min = 1, .max = 1000, .help = "Absolute path of the folder that gets it."})};
    }
};

// How the last one of this process stands.
struct BackupProgress {
    BackupStage state = BackupStage::none;
    std::string message; // what to tell whoever asked
    static constexpr auto fields() {
        return std::tuple{field("state", &BackupProgress::state),
            field("message", &BackupProgress::message, {.max = 4000, .help = "What came of it, in sentences."})};
    }
};

// What was made, in sentences.
std::string told(BackupMade const& made, std::chrono::milliseconds took);
// How gently the calling thread goes on: it steps behind everything else, and pauses.
void go_gently();

// Thread-safe.
class Backups {
public:
    struct Needs {
        Settings const& settings;
        std::map<std::string, std::unique_ptr<db::Database>> const& databases;
        std::function<std::shared_ptr<void>()> hold;
        metrics::Registry& metrics;
    };
    explicit Backups(Needs needs);
    ~Backups(); // stops
    std::vector<http::Route> routes();
    void start();
    void stop(); // one that is under way is given up
    std::vector<Ailment> ailments() const; // "backup.old"; memory only

private:
    Result<BackupProgress> begin(http::Call& call, AskedBackup const& in);
    Result<BackupProgress> state(http::Call& call, http::Empty const& in);
    void work();
    bool due() const;
    void make(std::filesystem::path const& dir, bool scheduled);
    void drop_old(std::filesystem::path const& made) const;
    void pause(std::chrono::steady_clock::duration longest); // ends at once when stopping

    Needs needs_;
    metrics::Counter& failures_;
    std::filesystem::path data_;
    mutable std::mutex mutex_; // guards the next
    std::condition_variable changed_;
    BackupStatus status_;
    BackupProgress progress_;
    std::optional<std::filesystem::path> asked_;
    std::chrono::steady_clock::time_point not_before_{}; // of the next scheduled try
    int failed_in_a_row_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace mozi::app
