// The rules of reactions.
#include "service.hpp"

#include "../counts/repository.hpp"
#include "repository.hpp"

#include <mozi/db/frees.hpp>

namespace mozi::social {

Likes::Likes(ModuleContext const& context, Needs const& needs, Totals& totals)
    : database_(context.database), clock_(context.clock), needs_(needs), totals_(totals) {}

Result<> Likes::check(Subject const& subject, Asking const& asking) {
    MOZI_TRY(auto const facts, needs_.directory.get_visible(subject, asking));
    if (facts.hidden) return needs_.directory.entry(subject.kind).missing;
    return {};
}

Result<> Likes::lock(db::Connection& c, Subject const& subject) {
    auto const there = subject.kind == SubjectKind::comment ? repository::hold_comment(c, subject.as<CommentId>())
                                                            : repository::hold_subject(c, subject.id);
    if (!there) return needs_.directory.entry(subject.kind).missing;
    return {};
}

Result<ReactionView> Likes::like(Subject const& subject, Reaction type, Asking const& asking) {
    MOZI_CHECK(check(subject, asking));
    return database_.write([&](db::Transaction& tx) -> Result<ReactionView> {
        MOZI_CHECK(lock(*tx, subject));
        if (repository::like(*tx, subject.id, asking.user, type, clock_.now())) totals_.changed(tx, subject.id);
        return ReactionView{type, repository::likes(*tx, subject.id)};
    });
}

Result<> Likes::unlike(Subject const& subject, Asking const& asking) {
    MOZI_CHECK(check(subject, asking));
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        MOZI_CHECK(lock(*tx, subject));
        if (repository::unlike(*tx, subject.id, asking.user)) totals_.changed(tx, subject.id);
        return {};
    });
}

Result<std::vector<Counts>> Likes::counts(std::span<SubjectId const> ids, UserId asking) {
    if (ids.empty()) return std::vector<Counts>{};
    MOZI_TRY(auto counts, totals_.find(ids));
    if (!asking) return counts;
    using Own = std::unordered_map<SubjectId, Reaction>;
    MOZI_TRY(auto const own, database_.read([&](db::Connection& c) -> Result<Own> { return repository::own_reactions(c, ids, asking); }));
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (auto const at = own.find(ids[i]); at != own.end()) counts[i].liked_by_me = std::string(to_text(at->second));
    return counts;
}

} // namespace mozi::social
