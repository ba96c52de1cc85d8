// Repeated POSTs: the first answer is stored in the transaction that made it true, sealed, and given again.
#pragma once

#include <mozi/http/route.hpp>

#include <mutex>
#include <set>

namespace mozi::http {

struct KeyedRequest {
    std::string person; // account id, or "visitor"
    std::string key;
    std::string request; // SHA-256 over method, path, body, cookie and upload headers, hex
};

Error reused_key();

// The key of this request: none given, or an error for one that is malformed.
Result<std::optional<KeyedRequest>> keyed(Call const& call);

// Runs `handle` once per key. Inside one unit of the route's database: a stored answer is returned instead, a new good one stored.
Result<Reply> run_keyed(
    db::Database& database, KeyedRequest const& keyed, std::string_view sealing_key, std::function<Result<Reply>()> const& handle);
// A stored answer, before the work of preparing (hashing a password) is done.
Result<std::optional<Reply>> find_keyed(db::Database& database, KeyedRequest const& keyed, std::string_view sealing_key);
// Whether this person has used the key in that database, for whatever.
Result<bool> is_used(db::Database& database, KeyedRequest const& keyed);
// Forgets answers that were given two lived days ago. For the maintenance tick.
void forget_old_keys(db::Database& database);

// Keys being worked on by this process.
class InFlight {
public:
    bool enter(std::string const& key);
    void leave(std::string const& key);

private:
    std::mutex mutex_;
    std::set<std::string> keys_;
};

} // namespace mozi::http
