// Repeated POSTs: the first answer is stored in the transaction that made it true, sealed, and given again.
#pragma once

#include <mozi/http/route.hpp>

#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace mozi::http {

struct KeyedRequest {
    std::string person; // account id, or "visitor" and the network: at most 32 characters, as its column says
    std::string key;
    std::string request; // HMAC-SHA-256 over all that is asked, hex; a streamed body only by its upload headers
};

// Every key of the last two lived days: the answers stand in the databases of what they made true, and memory knows in which. So a key is
// looked up once, and a statement is asked only about one that was used. Thread-safe.
class Keys {
public:
    explicit Keys(std::string sealing_key) : sealing_key_(std::move(sealing_key)) {}
    // Before the first request.
    void add(db::Database& database) { databases_.push_back(&database); }

    // The key of this request: none given, or an error for one that is malformed.
    Result<std::optional<KeyedRequest>> keyed(Call const& call) const;
    // Outside any unit. The stored answer, or nothing. Errors: "request.idempotency_reuse", "request.idempotency_lost", "storage.*".
    Result<std::optional<Reply>> find(KeyedRequest const& keyed, db::Database& own);
    // After find(): runs `handle` and stores a good answer, in one unit of that database. Of one person's the latest stay, by number and
    // bytes; of older ones it is still known that they were given, so a repetition does nothing twice and is answered
    // "request.idempotency_lost". Error besides those of find(): "request.rate", with more keys in two days than anybody needs.
    Result<Reply> run(KeyedRequest const& keyed, db::Database& own, std::function<Result<Reply>()> const& handle);
    // Forgets what was answered two lived days ago. For the maintenance tick.
    void forget_old();

    // One request per key at a time in this process.
    bool enter(KeyedRequest const& keyed);
    void leave(KeyedRequest const& keyed);

private:
    struct Used {
        db::Database* where;
        Time when; // lived
    };
    // One person's in one database.
    struct Share {
        struct Kept {
            std::string key;
            std::size_t bytes;
            Time when;
        };
        std::deque<Kept> kept; // oldest first
        std::size_t bytes = 0, keys = 0;
        void drop_first() { bytes -= kept.front().bytes, kept.pop_front(); }
    };
    static std::vector<std::string> surplus(Share const& share, std::size_t with_bytes);
    static std::string name_of(std::string_view person, std::string_view key);
    Result<> load();

    std::string sealing_key_;
    std::vector<db::Database*> databases_;
    std::mutex mutex_;
    bool loaded_ = false;
    std::unordered_map<std::string, Used> used_;
    std::map<std::pair<db::Database*, std::string>, Share> shares_;
    std::set<std::string> running_;
};

} // namespace mozi::http
