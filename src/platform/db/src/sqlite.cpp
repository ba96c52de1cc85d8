// SQLite: one writer whose commits are combined, a stack of readers, checkpoints away from the commit.
#include "reserve.hpp"
#include "shared.hpp"

#include <mozi/log/log.hpp>

#include <sys/statvfs.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace mozi::db {

namespace {

using Clock = std::chrono::steady_clock;

// A unit somebody waits for; whoever leads runs it.
struct Waiting {
    std::function<bool(Transaction&)> const* fn;
    Durable durable;
    Result<> outcome{};
    bool done = false;
};

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(Options options)
        : options_(std::move(options)), path_((options_.dir / (options_.name + ".db")).string()),
          reserve_((options_.dir / (options_.name + ".reserve")).string(), std::min<std::uint64_t>(options_.min_free_bytes / 8, 4u << 20)) {
        if (options_.access != Access::change) return;
        writer_ = Session::sqlite(path_, Session::Use::write);
        if (sqlite_checkpoints_safely()) checkpointer_ = Session::sqlite(path_, Session::Use::write);
    }

    ~SqliteDatabase() override {
        readers_.clear();
        for (auto& kept : kept_readers_) delete kept.exchange(nullptr);
        checkpointer_.reset();
    }

    int migrate(std::span<EmbeddedFile const> files, std::string const& ledger) override {
        if (!writer_) throw Failure(Failure::Kind::other, options_.name + " was opened for looking");
        return run_migrations(*writer_, options_.name, ledger, files, [&](std::string const& migration) {
            // One copy a start: what the second ledger finds is no longer what the earlier version wrote.
            if (!has_snapshot_) take_snapshot(ledger + "-" + std::filesystem::path(migration).stem().string());
            has_snapshot_ = true;
        });
    }

    Result<> batch(std::span<std::function<void()>> tasks) override {
        if (active().database) return internal("a batch inside a unit");
        if (!writer_) return looked_at();
        std::scoped_lock const held(writer_mutex_);
        return commit(Durable::now, [&](std::vector<std::function<void()>>&) {
            for (auto& task : tasks) task();
        });
    }

    void checkpoint() override {
        auto const size = wal_size();
        wal_bytes_ = size;
        if (!writer_) return;
        auto const roomy = has_space(options_.min_free_bytes);
        if (roomy) reserve_.keep(free_bytes_ - options_.min_free_bytes);
        if (size < (roomy ? 4u << 20 : 128u << 10)) return; // the log is written again from its beginning: the reserve lasts
        try {
            if (checkpointer_) {
                // Copying beside the writers never reaches the end of the log while they write; each round leaves less to do.
                auto left = copy_back(*checkpointer_);
                for (int round = 0; round < 8 && left > little; ++round) left = copy_back(*checkpointer_);
                // The rest with the writer at hand: the next commit finds nothing left in the log and starts it anew.
                if (size < 32u << 20 || (left > little && size < 512u << 20)) return;
            }
            // An SQLite that loses pages when another connection checkpoints: only the writer may.
            std::scoped_lock const held(writer_mutex_);
            copy_back(*writer_);
        } catch (Failure const& failure) {
            auto const told = std::exchange(told_of_, failure.text) == failure.text; // four times a second is no news
            if (failure.kind != Failure::Kind::busy && !told)
                log::warn("db.checkpoint", {{"database", options_.name}, {"why", failure.text}});
        }
    }

    Figures figures() const override { return {reads_, units_, commits_, failures_, reads_in_others_units_, wal_bytes_, reading_, 0, 0}; }
    Dialect dialect() const override { return Dialect::sqlite; }
    std::string const& name() const override { return options_.name; }

    Result<> probe() override {
        MOZI_CHECK(has_space());
        return run_read([](Connection& c) { c.one<std::int64_t>("SELECT count(*) FROM schema_migration"); });
    }

protected:
    Result<> run_read(std::function<void(Connection&)> const& fn) override {
        reads_.fetch_add(1, std::memory_order_relaxed);
        auto const& here = active();
        if (here.database && here.database != this) reads_in_others_units_.fetch_add(1, std::memory_order_relaxed);
        try {
            if (here.database == this) {
                fn(*here.session); // inside a unit: sees what the unit wrote
                return {};
            }
            auto session = take_reader();
            session->set_deadline(Clock::now() + options_.read_limit);
            struct Return {
                SqliteDatabase& db;
                std::unique_ptr<Session>& session;
                ~Return() {
                    db.reading_.fetch_sub(1, std::memory_order_relaxed);
                    db.give_reader(std::move(session));
                }
            } const give{*this, session};
            reading_.fetch_add(1, std::memory_order_relaxed);
            fn(*session);
            return {};
        } catch (Failure const& failure) {
            failures_.fetch_add(1, std::memory_order_relaxed);
            return to_error(failure, options_.name);
        } catch (std::exception const& cause) { return internal(options_.name + ": " + cause.what()); }
    }

    Result<> run_write(std::function<bool(Transaction&)> const& fn, Durable durable) override {
        if (!writer_) return looked_at();
        auto& here = active();
        units_.fetch_add(1, std::memory_order_relaxed);
        if (here.database == this) return nested_unit(*this, *writer_, *here.actions, fn);
        if (here.database)
            return Error{Code::internal, "storage.cross_write", "Something went wrong on this side. It has been noted.",
                {.detail = options_.name + " written inside a unit of " + here.database->name()}};
        Waiting mine{&fn, durable};
        {
            std::unique_lock queue(queue_mutex_);
            queue_.push_back(&mine);
            turn_.wait(queue, [&] { return mine.done || !leading_; });
            if (mine.done) return mine.outcome;
            leading_ = true;
        }
        lead();
        return mine.outcome;
    }

private:
    Result<> looked_at() const { return internal(options_.name + " was opened for looking"); }

    // All parts of its name are ours: the configured folder, the module's and the migration's name.
    void take_snapshot(std::string const& before) {
        auto const folder = options_.dir / "snapshots";
        auto const file = folder / (options_.name + ".before-" + before + ".db");
        auto const part = file.string() + ".part";
        try {
            std::filesystem::create_directories(folder);
            std::filesystem::remove(part); // of an attempt that was cut off
            writer_->run("VACUUM INTO ?", std::filesystem::absolute(part).string());
            std::filesystem::rename(part, file); // one copy, however often it is tried
        } catch (std::exception const& cause) {
            std::error_code ignored;
            std::filesystem::remove(part, ignored);
            throw Failure(Failure::Kind::full, "The database of " + options_.name + " was not changed: the copy before its upgrade, " +
                                                   file.string() + ", could not be made (" + cause.what() +
                                                   "). Make room or take what is in the way there, and start again.");
        }
        log::info("db.snapshot", {{"database", options_.name}, {"file", file.filename().string()}});
        tell_copied(options_.name, file);
    }

    // Everything that has queued up until the writer is free is one commit. Whoever is done leaves without asking for the
    // writer, so the next units gather while this commit is on its way.
    void lead() {
        std::scoped_lock const held(writer_mutex_);
        std::vector<Waiting*> group;
        {
            std::scoped_lock const queue(queue_mutex_);
            group.swap(queue_);
        }
        auto const all_later = std::ranges::all_of(group, [](Waiting const* waiting) { return waiting->durable == Durable::later; });
        auto const outcome = commit(all_later ? Durable::later : Durable::now, [&](std::vector<std::function<void()>>& actions) {
            for (auto* waiting : group) waiting->outcome = nested_unit(*this, *writer_, actions, *waiting->fn);
        });
        {
            std::scoped_lock const queue(queue_mutex_);
            for (auto* waiting : group) {
                if (!outcome && waiting->outcome) waiting->outcome = outcome;
                waiting->done = true;
            }
            leading_ = false;
        }
        turn_.notify_all();
    }

    // BEGIN IMMEDIATE, the work, COMMIT. Any failure outside a unit's own savepoint undoes everything.
    Result<> commit(Durable durable, std::function<void(std::vector<std::function<void()>>&)> const& work) {
        std::vector<std::function<void()>> actions;
        auto& here = active();
        auto committing = false;
        try {
            // Takes effect where it is prepared. NORMAL does not flush the log at a commit; the next that does flushes all before it.
            if (durable != committed_as_) writer_->plain(durable == Durable::now ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            committed_as_ = durable;
            writer_->control("BEGIN IMMEDIATE");
            here = {.database = this, .session = writer_.get(), .actions = &actions};
            if (!has_space(options_.min_free_bytes)) here.short_of_room = Failure{Failure::Kind::full, "free space is below the floor"};
            work(actions);
            auto const done = std::exchange(here, {});
            if (done.doomed) throw *done.doomed;
            if (done.short_of_room && !done.freed) { // pages that were written and taken back would still go into the log
                roll_back();
                return {};
            }
            // A disk that is nearly full may fill within the time that an answer about it is believed.
            if (done.makes_room && free_bytes_ < options_.min_free_bytes + nearly_full) space_asked_ = 0;
            if (done.short_of_room || (done.makes_room && !has_space(options_.min_free_bytes)))
                reserve_.spend_below(free_bytes_), space_asked_ = 0;
            committing = true;
            writer_->control("COMMIT");
        } catch (Failure const& failure) {
            here = {};
            failures_.fetch_add(1, std::memory_order_relaxed);
            roll_back();
            if (failure.kind == Failure::Kind::full) space_asked_ = 0; // it has filled since it was looked at
            if (failure.kind == Failure::Kind::io && has_space(64u << 10)) {
                log::error(
                    "db.unknown_outcome", {{"database", options_.name}, {"why", failure.text}, {"at", committing ? "commit" : "write"}});
                if (options_.on_fatal) options_.on_fatal(options_.name + ": " + failure.text);
            }
            if (failure.kind == Failure::Kind::io && !has_space(64u << 10))
                return to_error({Failure::Kind::full, failure.text}, options_.name);
            return to_error(failure, options_.name);
        }
        commits_.fetch_add(1, std::memory_order_relaxed);
        for (auto& action : actions) action();
        return {};
    }

    void roll_back() {
        try {
            writer_->control("ROLLBACK");
        } catch (Failure const&) {
            // SQLite has already rolled back by itself.
        }
    }

    Result<> has_space() {
        return has_space(options_.min_free_bytes)
                   ? Result<>{}
                   : Result<>{to_error({Failure::Kind::full, "free space is below the floor"}, options_.name)};
    }

    // Asked of the file system at most every 100 ms.
    bool has_space(std::uint64_t floor) {
        auto const now = Clock::now().time_since_epoch().count();
        if (now - space_asked_.load(std::memory_order_relaxed) > 100'000'000) {
            struct statvfs info{};
            if (statvfs(options_.dir.c_str(), &info) == 0) free_bytes_ = std::uint64_t(info.f_bavail) * info.f_frsize;
            space_asked_ = now;
        }
        return free_bytes_ >= floor;
    }

    // Waits for nobody. Pages left in the log.
    static std::int64_t copy_back(Session& session) {
        auto const [busy, pages, copied] = *session.one<std::int64_t, std::int64_t, std::int64_t>("PRAGMA wal_checkpoint(PASSIVE)");
        return pages - copied;
    }
    static constexpr std::int64_t little = 256; // pages
    static constexpr std::uint64_t nearly_full = 1u << 30; // bytes above the floor

    std::uint64_t wal_size() const {
        std::error_code failed;
        auto const size = std::filesystem::file_size(path_ + "-wal", failed);
        return failed ? 0 : size;
    }

    // Each thread finds the session it used last without asking for a lock; the stack serves whoever comes second.
    std::unique_ptr<Session> take_reader() {
        if (auto* const kept = my_reader().exchange(nullptr, std::memory_order_acq_rel)) return std::unique_ptr<Session>(kept);
        {
            std::scoped_lock const held(readers_mutex_);
            if (!readers_.empty()) {
                auto session = std::move(readers_.back());
                readers_.pop_back();
                return session;
            }
        }
        auto const use = options_.access == Access::change ? Session::Use::read
                         : options_.access == Access::look ? Session::Use::look
                                                           : Session::Use::beside;
        return Session::sqlite(path_, use); // at most one per thread that reads at once
    }

    void give_reader(std::unique_ptr<Session> session) {
        if (Session* none = nullptr; my_reader().compare_exchange_strong(none, session.get(), std::memory_order_acq_rel)) {
            session.release();
            return;
        }
        std::scoped_lock const held(readers_mutex_);
        readers_.push_back(std::move(session));
    }

    std::atomic<Session*>& my_reader() {
        static std::atomic<unsigned> threads{0};
        thread_local unsigned const mine = threads.fetch_add(1, std::memory_order_relaxed);
        return kept_readers_[mine % std::size(kept_readers_)];
    }

    Options options_;
    std::string path_;
    Reserve reserve_;
    std::string told_of_; // of the maintenance thread
    std::unique_ptr<Session> writer_, checkpointer_;
    std::mutex writer_mutex_, queue_mutex_, readers_mutex_;
    std::condition_variable turn_;
    std::vector<Waiting*> queue_; // one per waiting thread
    bool leading_ = false, has_snapshot_ = false;
    Durable committed_as_ = Durable::now; // how the writer commits
    std::atomic<Session*> kept_readers_[16]{};
    std::vector<std::unique_ptr<Session>> readers_;
    std::atomic<std::uint64_t> reads_{0}, reads_in_others_units_{0}, units_{0}, commits_{0}, failures_{0}, wal_bytes_{0}, reading_{0},
        free_bytes_{~0ull};
    std::atomic<std::int64_t> space_asked_{0};
};

} // namespace

std::unique_ptr<Database> open_sqlite(Options options) {
    if (options.access == Access::change) std::filesystem::create_directories(options.dir);
    return std::make_unique<SqliteDatabase>(std::move(options));
}

} // namespace mozi::db
