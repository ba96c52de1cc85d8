// PostgreSQL: a schema per module, a bounded pool of sessions, each unit its own transaction.
#include "shared.hpp"

#include <condition_variable>
#include <mutex>
#include <set>

namespace mozi::db {

namespace {

class PostgresDatabase final : public Database {
public:
    explicit PostgresDatabase(Options options) : options_(std::move(options)), schema_("videa_" + options_.name) {
        give(open_session()); // says at once when nobody answers
        ++open_;
    }

    int migrate(std::span<EmbeddedFile const> files, std::string const& ledger) override {
        if (options_.access != Access::change) throw Failure(Failure::Kind::other, options_.name + " was opened for looking");
        // A session of its own: a step may take as long as it takes, and what it holds is let go however this ends.
        auto const session = Session::postgres(options_.url, schema_, std::chrono::milliseconds(0));
        session->plain("SET lock_timeout TO '10min'");
        // One instance migrates at a time.
        session->plain("SELECT pg_advisory_lock(hashtext('" + schema_ + "'))");
        session->plain("CREATE SCHEMA IF NOT EXISTS " + schema_);
        return run_migrations(*session, options_.name, ledger, files, [](auto const&) {});
    }

    Result<> batch(std::span<std::function<void()>> tasks) override {
        for (auto& task : tasks) task();
        return {};
    }

    // Whoever waits for a server that says nothing is let go.
    void checkpoint() override {
        std::scoped_lock const held(mutex_);
        for (auto* session : leased_) session->end_hung(statement_limit() + std::chrono::seconds(2));
    }
    Figures figures() const override {
        return {reads_, units_, commits_, failures_, reads_in_others_units_, 0, used_, std::uint64_t(options_.readers), waits_};
    }
    Dialect dialect() const override { return Dialect::postgres; }
    std::string const& name() const override { return options_.name; }
    Result<> probe() override {
        return run_read([](Connection& c) { c.one<std::int64_t>("SELECT count(*) FROM schema_migration"); });
    }

protected:
    Result<> run_read(std::function<void(Connection&)> const& fn) override {
        reads_.fetch_add(1, std::memory_order_relaxed);
        auto const& here = active();
        if (here.database && here.database != this) reads_in_others_units_.fetch_add(1, std::memory_order_relaxed);
        if (here.database == this) {
            fn(*here.session);
            return {};
        }
        auto const began = std::chrono::steady_clock::now();
        for (int attempt = 0;; ++attempt) {
            try {
                Lease session(*this);
                try {
                    auto const most = most_of_a_read();
                    session.get().limit_statements(most.count() > 0 ? most : statement_limit());
                    fn(session.get());
                    return {};
                } catch (Failure const& failure) {
                    if (failure.kind == Failure::Kind::gone) session.lose();
                    throw;
                }
            } catch (Failure const& failure) {
                failures_.fetch_add(1, std::memory_order_relaxed);
                // Once more where a connection had gone while nobody used it; not where nothing answers.
                auto const waited = std::chrono::steady_clock::now() - began > std::chrono::seconds(1);
                if (failure.kind != Failure::Kind::gone || attempt == 1 || waited) return to_error(failure, options_.name);
            } catch (std::exception const& cause) { return internal(options_.name + ": " + cause.what()); }
        }
    }

    Result<> run_write(std::function<bool(Transaction&)> const& fn, Durable durable) override {
        auto& here = active();
        units_.fetch_add(1, std::memory_order_relaxed);
        if (here.database == this) return nested_unit(*this, *here.session, *here.actions, fn);
        if (here.database)
            return Error{Code::internal, "storage.cross_write", "Something went wrong on this side. It has been noted.",
                {.detail = options_.name + " written inside a unit of " + here.database->name()}};
        for (int attempt = 0;; ++attempt) {
            try {
                return one_unit(fn, durable);
            } catch (Failure const& failure) {
                failures_.fetch_add(1, std::memory_order_relaxed);
                if (failure.kind != Failure::Kind::serialization || attempt == 4) return to_error(failure, options_.name);
            }
        }
    }

private:
    Result<> one_unit(std::function<bool(Transaction&)> const& fn, Durable durable) {
        std::vector<std::function<void()>> actions;
        auto& here = active();
        Lease session(*this);
        auto committing = false;
        try {
            session.get().limit_statements(statement_limit());
            durable == Durable::now ? session.get().plain("BEGIN") : session.get().script("BEGIN; SET LOCAL synchronous_commit TO off");
            here = {this, &session.get(), nullptr, 0, &actions, {}};
            auto outcome = nested_unit(*this, session.get(), actions, fn);
            auto const doomed = std::exchange(here, {}).doomed;
            if (doomed) throw *doomed;
            committing = true;
            session.get().plain(outcome ? "COMMIT" : "ROLLBACK");
            if (!outcome) return outcome;
        } catch (Failure const& failure) {
            here = {};
            if (failure.kind == Failure::Kind::gone) session.lose();
            else session.get().plain("ROLLBACK");
            // A COMMIT that was sent and not answered: the outcome is unknown, the caller repeats it under its key.
            if (committing && failure.kind == Failure::Kind::gone) return to_error({Failure::Kind::io, failure.text}, options_.name);
            throw;
        }
        commits_.fetch_add(1, std::memory_order_relaxed);
        for (auto& action : actions) action();
        return {};
    }

    std::chrono::milliseconds statement_limit() const { return options_.read_limit * 5; }

    std::unique_ptr<Session> open_session() const {
        return Session::postgres(
            options_.url, schema_, statement_limit(), options_.access == Access::change ? Session::Use::write : Session::Use::look);
    }

    class Lease {
    public:
        explicit Lease(PostgresDatabase& db) : db_(db), session_(db.take()) { db_.lend(*session_); }
        ~Lease() {
            if (session_) {
                db_.take_back(*session_);
                db_.give(std::move(session_));
            } else {
                db_.forget();
            }
        }
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;
        Session& get() { return *session_; }
        void lose() {
            db_.take_back(*session_);
            session_.reset();
        }

    private:
        PostgresDatabase& db_;
        std::unique_ptr<Session> session_;
    };

    std::unique_ptr<Session> take() {
        std::unique_lock held(mutex_);
        auto const free = [&] { return !idle_.empty() || open_ < options_.readers; };
        if (!free()) waits_.fetch_add(1, std::memory_order_relaxed);
        if (!freed_.wait_for(held, std::chrono::seconds(10), free)) throw Failure(Failure::Kind::gone, "no session became free in 10 s");
        if (!idle_.empty()) {
            auto session = std::move(idle_.back());
            idle_.pop_back();
            return session;
        }
        if (std::chrono::steady_clock::now() < not_before_) throw Failure(Failure::Kind::gone, "PostgreSQL did not answer a moment ago");
        ++open_;
        held.unlock();
        try {
            return open_session();
        } catch (...) {
            forget();
            std::scoped_lock const again(mutex_);
            not_before_ = std::chrono::steady_clock::now() + std::chrono::seconds(1); // not everybody has to wait for the same
            throw;
        }
    }

    void lend(Session& session) {
        std::scoped_lock const held(mutex_);
        leased_.insert(&session);
        used_ = leased_.size();
    }
    void take_back(Session& session) {
        std::scoped_lock const held(mutex_);
        leased_.erase(&session);
        used_ = leased_.size();
    }

    void give(std::unique_ptr<Session> session) {
        std::scoped_lock const held(mutex_);
        idle_.push_back(std::move(session));
        freed_.notify_one();
    }

    void forget() {
        std::scoped_lock const held(mutex_);
        --open_;
        freed_.notify_one();
    }

    Options options_;
    std::string schema_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Session>> idle_;
    std::set<Session*> leased_;
    std::chrono::steady_clock::time_point not_before_{}; // of the next try to connect
    int open_ = 0;
    std::atomic<std::uint64_t> reads_{0}, reads_in_others_units_{0}, units_{0}, commits_{0}, failures_{0}, used_{0}, waits_{0};
};

} // namespace

std::unique_ptr<Database> open_postgres(Options options) { return std::make_unique<PostgresDatabase>(std::move(options)); }

} // namespace mozi::db
