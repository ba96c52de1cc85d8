// The lock of PostgreSQL that one server holds, and the thread that keeps it.
#include <mozi/db/sole_use.hpp>

#include "session.hpp"

#include <mozi/base/random.hpp>
#include <mozi/log/log.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mozi::db {

namespace {

constexpr auto every = std::chrono::seconds(1);
constexpr std::size_t longest_name = 63; // bytes that PostgreSQL keeps of a session's name

struct Holder {
    std::int64_t session = 0;
    std::string name, address;
};

std::optional<Holder> holder(Session& session) {
    auto const row = session.one<std::int64_t, std::string, std::string>(
        "SELECT CAST(a.pid AS bigint), CAST(coalesce(a.application_name, '') AS text), "
        "CAST(coalesce(host(a.client_addr), 'a socket of its machine') AS text) "
        "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
        "JOIN pg_database d ON d.oid = l.database AND d.datname = current_database() "
        "WHERE l.locktype = 'advisory' AND l.classid = 1447644751 AND l.objid = 1 AND l.objsubid = 2 AND l.granted");
    return row ? std::optional(Holder{std::get<0>(*row), std::get<1>(*row), std::get<2>(*row)}) : std::nullopt;
}

std::string sentence_of(std::optional<Holder> const& other) {
    auto const who = other ? " It is \"" + other->name.substr(0, other->name.rfind(' ')) + "\", connected from " + other->address +
                                 " (session " + std::to_string(other->session) + " of PostgreSQL)."
                           : std::string();
    return "Another videa-mozi uses the database at database.url." + who +
           " Two would spoil each other's data. Stop that one first, or give this one a database of its own.";
}

} // namespace

struct SoleUse::Inside {
    std::string url, name; // as PostgreSQL lists it, with a word that nobody else has
    std::function<void(std::string const&)> on_lost;
    std::mutex mutex; // of what follows; not held while PostgreSQL is asked
    std::condition_variable changed;
    bool ending = false, ended = false;
    std::shared_ptr<Session> session;
    std::thread keeper;

    std::shared_ptr<Session> connect() const {
        std::shared_ptr<Session> made = Session::postgres(url, "public", std::chrono::milliseconds(5000));
        made->one<std::string>("SELECT set_config('application_name', ?, false)", name);
        // A machine that went away without a word is let go of within half a minute, not after hours; older releases lack some of these.
        for (auto const* const set : {"SET tcp_keepalives_idle TO 15", "SET tcp_keepalives_interval TO 5", "SET tcp_keepalives_count TO 3",
                 "SET idle_session_timeout TO 0"}) {
            try {
                made->plain(set);
            } catch (Failure const& failure) {
                if (failure.kind == Failure::Kind::gone) throw;
            }
        }
        return made;
    }

    static bool take(Session& session) {
        auto const row =
            session.one<std::int64_t>("SELECT CAST(CASE WHEN pg_try_advisory_lock(1447644751, 1) THEN 1 ELSE 0 END AS bigint)");
        return row && std::get<0>(*row) == 1;
    }

    static bool holds(Session& session) {
        auto const row = session.one<std::int64_t>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1447644751 "
                                                   "AND objid = 1 AND objsubid = 2 AND granted AND pid = pg_backend_pid()");
        return row && std::get<0>(*row) > 0;
    }

    // True when the object ends.
    bool rest(std::chrono::milliseconds time) {
        std::unique_lock held(mutex);
        return changed.wait_for(held, time, [&] { return ending; });
    }

    // The sentence when somebody else has it; empty: it is held, or the connection is to be tried again.
    std::string look() {
        try {
            if (auto const kept = session) {
                if (holds(*kept)) return {};
                std::scoped_lock const held(mutex);
                session.reset(); // it is another session by now: whoever stands between changes them
            }
            auto const fresh = connect();
            if (take(*fresh)) {
                std::scoped_lock const held(mutex);
                session = fresh;
                log::info("db.lock_taken_again", {});
                return {};
            }
            auto const other = holder(*fresh);
            if (!other) return {}; // it was let go between the two questions
            if (other->name != name) return sentence_of(other);
            // Our own session of before, whose end PostgreSQL has not noticed.
            fresh->one<std::int64_t>(
                "SELECT CAST(CASE WHEN pg_terminate_backend(CAST(? AS integer)) THEN 1 ELSE 0 END AS bigint)", other->session);
        } catch (Failure const& failure) {
            std::scoped_lock const held(mutex);
            if (session) log::warn("db.lock_connection_lost", {{"why", failure.text}});
            session.reset();
        }
        return {};
    }

    void keep() {
        while (!rest(every)) {
            auto const sentence = look();
            if (sentence.empty()) continue;
            if (on_lost) on_lost(sentence);
            break;
        }
        std::scoped_lock const held(mutex);
        ended = true;
        changed.notify_all();
    }
};

SoleUse::SoleUse(std::string url, std::string who, std::chrono::milliseconds patience, std::function<void(std::string const&)> on_lost)
    : inside_(std::make_unique<Inside>()) {
    auto& in = *inside_;
    in.url = std::move(url);
    auto const word = " " + random_token(6);
    in.name = who.substr(0, longest_name - word.size()) + word;
    in.on_lost = std::move(on_lost);
    in.session = in.connect();
    for (auto const until = std::chrono::steady_clock::now() + patience; !Inside::take(*in.session);) {
        if (std::chrono::steady_clock::now() > until) throw InUse(sentence_of(holder(*in.session)));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (!Inside::holds(*in.session))
        throw Failure(Failure::Kind::other,
            "database.url leads to a pool that gives each transaction another session (PgBouncer's pool_mode = transaction): a lock does "
            "not last there. Name PostgreSQL itself, or let the pool keep sessions (pool_mode = session).");
    in.keeper = std::thread([&in] { in.keep(); });
}

SoleUse::~SoleUse() {
    auto& in = *inside_;
    {
        std::scoped_lock const held(in.mutex);
        in.ending = true;
        in.changed.notify_all();
    }
    {
        std::unique_lock held(in.mutex);
        while (!in.changed.wait_for(held, std::chrono::milliseconds(100), [&] { return in.ended; }))
            if (in.session) in.session->end_hung(std::chrono::milliseconds(500)); // a question that PostgreSQL does not answer
    }
    in.keeper.join();
}

} // namespace mozi::db
