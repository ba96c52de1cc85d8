// How often things were liked and commented on, kept in memory: every page with titles asks. Thread-safe.
#pragma once

#include "repository.hpp"

#include <mozi/db/remembered.hpp>

namespace mozi::social {

class Totals {
public:
    Totals(db::Database& database, db::Topic& engagement) : engagement_(engagement), known_(database, most) {}

    // One entry per subject, in order; without liked_by_me.
    Result<std::vector<Counts>> find(std::span<SubjectId const> ids) {
        MOZI_TRY(auto known, known_.find(ids, repository::counts));
        std::vector<Counts> out;
        out.reserve(known.size());
        for (auto& counts : known) out.push_back(std::move(*counts)); // there is one for every id
        return out;
    }

    // The unit changed a subject's counts.
    void changed(db::Transaction& tx, SubjectId id) {
        known_.forget(tx, id);
        tx.touch(engagement_);
    }

private:
    static constexpr std::size_t most = 50'000;
    db::Topic& engagement_;
    db::Remembered<SubjectId, Counts> known_;
};

} // namespace mozi::social
