// The rules of comments. Thread-safe; every function may answer "storage.*" besides the errors named.
#pragma once

#include "../counts/totals.hpp"
#include "repository.hpp"

#include <mozi/social/module.hpp>

namespace mozi::social {

class Comments {
public:
    Comments(ModuleContext const& context, Needs const& needs, Totals& totals);

    struct Asked {
        Subject subject;
        std::optional<CommentId> parent; // nothing: top level
        Paging paging;
        SortOrder order = SortOrder::asc;
    };
    // Errors: that of the subject, "comment.not_found" (the parent), "request.cursor".
    Result<Page<CommentView>> list(Asked const& asked, Asking const& asking);
    // Errors: "comment.not_found".
    Result<CommentView> get(CommentId id, Asking const& asking);
    // Whether who asks may comment on it. create() asks again; whoever calls it in a unit asks here before, so that another module's
    // answer is in memory then. Error: that of the subject.
    Result<> check(Subject const& subject, Asking const& asking);
    // Errors: that of the subject, "comment.parent_not_found", "comment.parent_deleted", "comment.too_many".
    Result<CommentView> create(Subject const& subject, std::string content, std::optional<CommentId> parent, Asking const& asking);
    // Errors: "comment.not_found", "comment.not_author", "comment.hidden", the precondition's.
    Result<CommentView> edit(CommentId id, std::string content, Precondition const& fits, Asking const& asking);
    // Errors: "comment.not_found", "comment.not_author", "comment.hidden".
    Result<> remove(CommentId id, Asking const& asking);

    // Comments as subjects.
    SubjectEntry subject();
    // What comments are about is gone; idempotent.
    Result<> subject_gone(db::Transaction& tx, SubjectId id);

private:
    using Reactions = std::unordered_map<SubjectId, Reaction>;
    Result<Reactions> own_reactions(std::vector<Comment> const& comments, Asking const& asking);
    Result<std::vector<CommentView>> to_views(std::vector<Comment> const& comments, Reactions const& own, Asking const& asking);
    Result<CommentView> to_view(Comment const& comment, Asking const& asking);
    Result<Comment> find_row(CommentId id);
    Result<> check_subject(Comment const& comment, Asking const& asking);
    // The comment, when it is shown to everybody under something that who asks may see. Errors: "comment.not_found", "comment.hidden" where
    // it is theirs.
    Result<Comment> get_shown(CommentId id, Asking const& asking);
    Result<std::vector<SubjectFacts>> find_facts(std::span<SubjectId const> ids, Asking const& asking);
    Result<> check_day(db::Connection& c, UserId author);
    Result<bool> settle_hidden(db::Transaction& tx, CommentId id);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    Needs needs_;
    Totals& totals_;
};

} // namespace mozi::social
