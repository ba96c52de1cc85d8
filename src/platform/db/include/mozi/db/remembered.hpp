// Rows kept in memory by key until a commit changes them.
#pragma once

#include <mozi/db/database.hpp>

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace mozi::db {

// Thread-safe. Holds values of at most `most` together, each weighing 1 or what `weigh` says; when full it starts anew. Whoever
// changes a row calls forget(tx, key). Inside a unit of the same database nothing is taken from memory or kept there, for what is read
// may still be undone.
// On PostgreSQL others write too: there a value is believed for half a second.
template <class Key, class Value>
class Remembered {
public:
    using Weigh = std::size_t (*)(Value const&);
    Remembered(
        Database& database, std::size_t most, Weigh weigh = [](Value const&) -> std::size_t { return 1; })
        : database_(database), most_(most), weigh_(weigh) {}

    // The values of the keys, in their order. load(Connection&, std::span<Key const>) -> std::unordered_map<Key, Value> reads what is
    // not in memory; what it does not find is nothing. Errors: "storage.*".
    template <class Load>
    Result<std::vector<std::optional<Value>>> find(std::span<Key const> keys, Load&& load) {
        std::vector<std::optional<Value>> out(keys.size());
        std::vector<Key> missing;
        std::uint64_t before = 0;
        auto const in_unit = database_.in_unit();
        if (in_unit) {
            missing.assign(keys.begin(), keys.end());
        } else {
            auto const now = others_write() ? Clock::now() : Clock::time_point{};
            std::shared_lock const held(mutex_);
            before = forgotten_;
            for (std::size_t i = 0; i < keys.size(); ++i) {
                auto const at = entries_.find(keys[i]);
                if (at != entries_.end() && is_believed(at->second, now)) out[i] = at->second.value;
                else missing.push_back(keys[i]);
            }
        }
        if (missing.empty()) return out;
        auto const loaded = Clock::now();
        MOZI_TRY(auto const found, database_.read([&](Connection& c) -> Result<std::unordered_map<Key, Value>> {
            return load(c, std::span<Key const>(missing));
        }));
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (auto const at = found.find(keys[i]); !out[i] && at != found.end()) out[i] = at->second;
        if (in_unit) return out;
        std::scoped_lock const held(mutex_);
        if (forgotten_ != before) return out; // something changed meanwhile, perhaps one of these
        for (auto const& [key, value] : found) {
            drop(key);
            auto const weight = weigh_(value);
            if (weight > most_) continue;
            if (held_ + weight > most_) {
                entries_.clear();
                held_ = 0;
            }
            entries_.emplace(key, Entry{value, loaded});
            held_ += weight;
        }
        return out;
    }

    // What memory has, without a question to the database; never inside a unit.
    std::optional<Value> recall(Key key) {
        std::shared_lock const held(mutex_);
        auto const at = entries_.find(key);
        if (at == entries_.end() || !is_believed(at->second, Clock::now())) return std::nullopt;
        return at->second.value;
    }

    void forget(Transaction& tx, Key key) {
        tx.after_commit([this, key] { forget(key); });
    }
    void forget(Key key) {
        std::scoped_lock const held(mutex_);
        ++forgotten_;
        drop(key);
    }
    template <class Test>
    void forget_if(Test&& test) {
        std::scoped_lock const held(mutex_);
        ++forgotten_;
        std::erase_if(entries_, [&](auto const& entry) { return test(entry.second.value) && (held_ -= weigh_(entry.second.value), true); });
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds believed{500};
    struct Entry {
        Value value;
        Clock::time_point loaded;
    };

    bool others_write() const { return database_.dialect() == Dialect::postgres; }
    bool is_believed(Entry const& entry, Clock::time_point now) const { return !others_write() || now - entry.loaded < believed; }

    void drop(Key key) {
        auto const at = entries_.find(key);
        if (at == entries_.end()) return;
        held_ -= weigh_(at->second.value);
        entries_.erase(at);
    }

    Database& database_;
    std::size_t most_;
    Weigh weigh_;
    std::shared_mutex mutex_;
    std::size_t held_ = 0;
    std::uint64_t forgotten_ = 0; // moves with every forget: what was read before it is not kept
    std::unordered_map<Key, Entry> entries_;
};

} // namespace mozi::db
