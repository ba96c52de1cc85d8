// The rules of comments.
#include "service.hpp"

#include "../counts/repository.hpp"
#include "../likes/repository.hpp"
#include "thread_counts.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/social/events.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::social {

namespace {

Error not_author(std::string sentence) {
    Error refused{Code::forbidden, "comment.not_author", std::move(sentence)};
    refused.reason = "Words belong to who wrote them.";
    refused.next = "If it breaks the rules, report it.";
    return refused;
}

Error hidden_comment() {
    Error refused{Code::conflict, "comment.hidden", "A moderator hid this comment. Until that is taken back, it stays as it is."};
    refused.reason = "What was decided on is kept, so that the decision can be looked at and undone.";
    refused.next = "Write to a moderator if the decision is wrong, or if the comment is to go for good.";
    return refused;
}

// Where a reply to `parent` hangs: below the deepest level replies stay beside each other.
Comment place_below(db::Connection& c, Comment parent) {
    if (parent.depth < deepest) return parent;
    auto above = db::find<Comment>(c, parent.parent);
    return above && above->depth == deepest ? std::move(*above) : std::move(parent);
}

} // namespace

Comments::Comments(ModuleContext const& context, Needs const& needs, Totals& totals)
    : database_(context.database), outbox_(context.outbox), clock_(context.clock), needs_(needs), totals_(totals) {}

Result<Comment> Comments::find_row(CommentId id) {
    return database_.read([&](db::Connection& c) -> Result<Comment> {
        auto found = db::find<Comment>(c, id);
        if (!found) return not_found("comment.not_found");
        return std::move(*found);
    });
}

Result<> Comments::check_subject(Comment const& comment, Asking const& asking) {
    auto about = needs_.directory.get_visible(comment.subject, asking);
    if (about) return {};
    if (about.error().code == Code::not_found) return not_found("comment.not_found");
    return std::move(about).error();
}

Result<Comments::Reactions> Comments::own_reactions(std::vector<Comment> const& comments, Asking const& asking) {
    if (!asking.user || comments.empty()) return Reactions{};
    std::vector<SubjectId> ids;
    for (auto const& comment : comments) ids.push_back(subject_id(comment.id));
    return database_.read([&](db::Connection& c) -> Result<Reactions> { return repository::own_reactions(c, ids, asking.user); });
}

Result<std::vector<CommentView>> Comments::to_views(std::vector<Comment> const& comments, Reactions const& own, Asking const& asking) {
    std::vector<UserId> authors;
    for (auto const& comment : comments) authors.push_back(comment.author);
    MOZI_TRY(auto people, needs_.users.find_people(authors));
    std::vector<CommentView> views;
    views.reserve(comments.size());
    for (std::size_t i = 0; i < comments.size(); ++i) {
        auto const& m = comments[i];
        auto& view = views.emplace_back();
        view.id = m.id;
        view.version = m.version;
        view.kind = m.subject.kind;
        view.subject_id = m.subject.id;
        view.depth = m.depth;
        view.created_at = m.created_at;
        view.updated_at = m.updated_at;
        if (m.subject.kind == SubjectKind::movie) view.movie_id = m.subject.as<Id<"movie">>();
        if (m.parent) view.parent_id = m.parent;
        auto const whole = asking.moderates;
        view.replies_count = m.replies;
        view.has_replies = (whole ? m.kept_replies : m.listed_replies) > 0;
        view.is_deleted = m.deleted;
        view.hidden = m.hidden && whole;
        if (m.deleted) view.tombstone = Tombstone::deleted;
        else if (m.hidden && !whole) {
            view.tombstone = Tombstone::hidden;
            view.content = "Hidden by moderation.";
        }
        if (view.tombstone) continue;
        view.content = m.content;
        view.is_edited = m.edited;
        view.likes_count = m.likes;
        view.author = people[i];
        view.can_edit = asking.active && asking.user == m.author && m.shown();
        if (auto const at = own.find(subject_id(m.id)); at != own.end()) view.liked_by_me = at->second;
    }
    return views;
}

Result<CommentView> Comments::to_view(Comment const& comment, Asking const& asking) {
    MOZI_TRY(auto const own, own_reactions({comment}, asking));
    MOZI_TRY(auto views, to_views({comment}, own, asking));
    return std::move(views.front());
}

Result<Page<CommentView>> Comments::list(Asked const& asked, Asking const& asking) {
    MOZI_CHECK(needs_.directory.get_visible(asked.subject, asking));
    auto const scope = asking.moderates ? repository::Scope::all : repository::Scope::listed;
    auto const& paging = asked.paging;
    repository::ListQuery query{
        asked.subject.id, asked.parent.value_or(CommentId{}), scope, asked.order, std::nullopt, paging.limit + 1, paging.offset()};
    static Pager<Time, CommentId> const pager("comments");
    MOZI_TRY(query.after, pager.after(paging.after));
    std::int64_t total = 0;
    MOZI_TRY(auto comments, database_.read([&](db::Connection& c) -> Result<std::vector<Comment>> {
        if (asked.parent) {
            auto const parent = db::find<Comment>(c, *asked.parent);
            if (!parent || parent->subject != asked.subject || !(parent->listed || asking.moderates)) return not_found("comment.not_found");
            total = scope == repository::Scope::all ? parent->kept_replies : parent->listed_replies;
        } else {
            total = repository::count_top(c, asked.subject.id, scope);
        }
        if (query.offset >= total) return std::vector<Comment>{};
        return repository::list(c, query);
    }));
    auto next = pager.cut(comments, paging.limit, [](Comment const& m) { return std::tuple{m.created_at, m.id}; });
    MOZI_TRY(auto const own, own_reactions(comments, asking));
    MOZI_TRY(auto views, to_views(comments, own, asking));
    return Page<CommentView>{std::move(views), Pagination::of(paging, total, std::move(next))};
}

Result<CommentView> Comments::get(CommentId id, Asking const& asking) {
    MOZI_TRY(auto const comment, find_row(id));
    if (!comment.listed && !asking.moderates) return not_found("comment.not_found");
    MOZI_CHECK(check_subject(comment, asking));
    return to_view(comment, asking);
}

Result<Comment> Comments::get_shown(CommentId id, Asking const& asking) {
    MOZI_TRY(auto comment, find_row(id));
    auto const own = asking.user && comment.author == asking.user;
    if (comment.deleted || (comment.hidden && !own)) return not_found("comment.not_found");
    MOZI_CHECK(check_subject(comment, asking));
    if (comment.hidden) return hidden_comment();
    return comment;
}

Result<> Comments::check(Subject const& subject, Asking const& asking) {
    MOZI_CHECK(needs_.directory.get_visible(subject, asking));
    return {};
}

// What one person can fill the disk with.
Result<> Comments::check_day(db::Connection& c, UserId author) {
    auto const now = clock_.now();
    auto const day = std::chrono::floor<std::chrono::days>(now);
    if (repository::count_written(c, author, day.time_since_epoch().count()) <= needs_.comments_a_day) return {};
    Error many{Code::rate_limited, "comment.too_many",
        "You have written " + std::to_string(needs_.comments_a_day) + " comments today. What you wrote is not kept yet."};
    many.reason = "The setting [community] comments_per_day.";
    many.next = "Send this one tomorrow.";
    many.retry_after_s = std::max(1, int((day + std::chrono::days(1) - now) / std::chrono::seconds(1)));
    return many;
}

Result<CommentView> Comments::create(Subject const& subject, std::string content, std::optional<CommentId> parent, Asking const& asking) {
    MOZI_CHECK(check(subject, asking));
    MOZI_TRY(auto const made, database_.write([&](db::Transaction& tx) -> Result<Comment> {
        auto& c = *tx;
        if (!repository::hold_subject(c, subject.id)) return needs_.directory.entry(subject.kind).missing;
        MOZI_CHECK(check_day(c, asking.user));
        Comment comment;
        comment.id = next<CommentId>();
        comment.subject = subject;
        comment.author = asking.user;
        comment.content = content;
        comment.created_at = comment.updated_at = clock_.now();
        CommentCreated event{comment.id, subject.kind, subject.id, asking.user, std::nullopt, std::nullopt, content};
        if (parent) {
            auto answered = db::find<Comment>(c, *parent);
            if (!answered || answered->subject != subject || answered->hidden)
                return Error{Code::not_found, "comment.parent_not_found",
                    "The comment you answer is not here any more. Write below the title instead."};
            if (answered->deleted)
                return Error{
                    Code::conflict, "comment.parent_deleted", "The comment you answer was deleted. Write below the title instead."};
            event.parent_author_id = answered->author;
            auto const above = place_below(c, std::move(*answered));
            comment.parent = above.id;
            comment.depth = std::min(above.depth + 1, deepest);
            event.parent_id = above.id;
        }
        tree::add(c, comment);
        totals_.changed(tx, subject.id);
        outbox_.emit(tx, event);
        return comment;
    }));
    MOZI_TRY(auto views, to_views({made}, {}, asking)); // nobody can have reacted yet
    return std::move(views.front());
}

Result<CommentView> Comments::edit(CommentId id, std::string content, Precondition const& fits, Asking const& asking) {
    MOZI_CHECK(get_shown(id, asking));
    MOZI_TRY(auto const edited, database_.write([&](db::Transaction& tx) -> Result<Comment> {
        auto& c = *tx;
        if (!repository::hold_comment(c, id)) return not_found("comment.not_found");
        auto comment = db::find<Comment>(c, id);
        if (!comment || comment->deleted) return not_found("comment.not_found");
        if (comment->author != asking.user) return not_author("Only who wrote a comment may change it.");
        if (comment->hidden) return hidden_comment();
        MOZI_CHECK(fits(comment->version));
        if (comment->content == content) return std::move(*comment);
        comment->content = content;
        comment->edited = true;
        ++comment->version;
        comment->updated_at = clock_.now();
        db::update<&Comment::content, &Comment::edited, &Comment::version, &Comment::updated_at>(c, *comment);
        outbox_.emit(tx, CommentUpdated{id, comment->subject.kind, comment->subject.id, comment->content});
        return std::move(*comment);
    }));
    return to_view(edited, asking);
}

Result<> Comments::remove(CommentId id, Asking const& asking) {
    MOZI_TRY(auto const seen, find_row(id));
    MOZI_CHECK(check_subject(seen, asking));
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        auto& c = *tx;
        repository::hold_subject(c, seen.subject.id);
        auto comment = db::find<Comment>(c, id);
        auto const own = comment && comment->author == asking.user;
        if (!comment || comment->deleted || (comment->hidden && !own && !asking.moderates)) return not_found("comment.not_found");
        if (!own) return not_author("Only who wrote a comment may delete it.");
        if (comment->hidden) return hidden_comment();
        tree::remove(c, std::move(*comment));
        totals_.changed(tx, seen.subject.id);
        outbox_.emit(tx, CommentDeleted{id, seen.subject.kind, seen.subject.id});
        return {};
    });
}

Result<std::vector<SubjectFacts>> Comments::find_facts(std::span<SubjectId const> ids, Asking const& asking) {
    auto const wanted = ids_as<CommentId>(ids);
    MOZI_TRY(auto comments,
        database_.read([&](db::Connection& c) -> Result<std::vector<Comment>> { return db::find_many<Comment>(c, wanted); }));
    std::erase_if(comments, [](Comment const& comment) { return comment.deleted; });
    std::vector<Subject> about;
    for (auto const& comment : comments) about.push_back(comment.subject);
    MOZI_TRY(auto const subjects, needs_.directory.find(about, asking));
    std::vector<SubjectFacts> out;
    for (auto& comment : comments) {
        auto& facts = out.emplace_back(SubjectFacts{{SubjectKind::comment, subject_id(comment.id)}, comment.author});
        facts.text = std::move(comment.content);
        facts.hidden = comment.hidden;
        auto const at = subjects.find(comment.subject);
        if (at == subjects.end()) continue;
        facts.title = at->second.title; // it stands under the name of what it is about
        if (at->second.address) facts.address = *at->second.address + "#comment-" + comment.id.text();
        facts.visible = at->second.visible && (!comment.hidden || asking.moderates);
    }
    return out;
}

Result<bool> Comments::settle_hidden(db::Transaction& tx, CommentId id) {
    auto& c = *tx;
    auto const seen = db::find<Comment>(c, id);
    if (!seen) return false;
    auto const subject_there = repository::hold_subject(c, seen->subject.id);
    repository::hold_comment(c, id); // no edit that began before ends behind it
    auto comment = db::find<Comment>(c, id);
    if (!comment) return false;
    auto const hidden = effects::stands(c, subject_id(id), Effect::hide);
    if (!hidden && !subject_there) { // kept for the decision alone
        repository::erase(c, id);
        repository::change(c, seen->subject.id, {.kept = -1});
        return false;
    }
    if (tree::set_hidden(c, std::move(*comment), hidden)) totals_.changed(tx, seen->subject.id);
    return true;
}

Result<> Comments::subject_gone(db::Transaction& tx, SubjectId id) {
    repository::hold_subject(*tx, id);
    repository::erase_below(*tx, id);
    totals_.changed(tx, id);
    return {};
}

SubjectEntry Comments::subject() {
    return {
        .kind = SubjectKind::comment,
        .missing = not_found("comment.not_found"),
        .path = "/api/comments",
        .find = [this](std::span<SubjectId const> ids, Asking const& asking) { return find_facts(ids, asking); },
        .settle = [this](db::Transaction& tx, SubjectId id) { return settle_hidden(tx, {id.value}); },
        .gone = gone<CommentDeleted>(&CommentDeleted::comment_id),
        .takes = {.comments = false, .reactions = true},
    };
}

} // namespace mozi::social
