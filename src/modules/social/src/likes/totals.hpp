// How often titles were liked and commented on, kept in memory: every page with titles asks. Thread-safe.
#pragma once

#include "repository.hpp"

#include <mozi/db/remembered.hpp>

namespace mozi::social {

class Totals {
public:
    Totals(db::Database& database, db::Topic& engagement) : engagement_(engagement), known_(database, most) {}

    // One entry per title, in order; without liked_by_me.
    Result<std::vector<TitleCounts>> find(std::span<MovieId const> ids) {
        MOZI_TRY(auto known, known_.find(ids, repository::title_counts));
        std::vector<TitleCounts> out;
        out.reserve(known.size());
        for (auto& counts : known) out.push_back(std::move(*counts)); // there is one for every id
        return out;
    }

    // The unit changed a title's counts.
    void changed(db::Transaction& tx, MovieId id) {
        known_.forget(tx, id);
        tx.touch(engagement_);
    }

private:
    static constexpr std::size_t most = 50'000;
    db::Topic& engagement_;
    db::Remembered<MovieId, TitleCounts> known_;
};

} // namespace mozi::social
