// How a change of one comment moves the counts and the listing of those above it.
#include "thread_counts.hpp"

#include "../counts/repository.hpp"

namespace mozi::social::tree {

namespace {

// What it stands right below: another comment, or the thing all of them are about.
SubjectId above(Comment const& comment) { return comment.parent ? subject_id(comment.parent) : comment.subject.id; }

Comment parent_of(db::Connection& c, Comment const& comment) {
    auto parent = db::find<Comment>(c, comment.parent);
    if (!parent) throw db::Failure(db::Failure::Kind::other, "comment " + comment.id.text() + " has lost its parent");
    return std::move(*parent);
}

// Listed while it is shown or something below it is listed; upwards until nothing changes, at most `deepest` + 1 steps.
void relist(db::Connection& c, Comment at) {
    for (;;) {
        auto const listed = at.shown() || at.listed_replies > 0;
        if (listed == at.listed) return;
        at.listed = listed;
        db::update<&Comment::listed>(c, at);
        auto const by = listed ? 1 : -1;
        repository::change(c, above(at), {.listed = by});
        if (!at.parent) return;
        at = parent_of(c, at);
    }
}

bool set_state(db::Connection& c, Comment& at, bool deleted, bool hidden) {
    auto const was = at.shown();
    at.deleted = deleted;
    at.hidden = hidden;
    if (deleted) at.content.clear();
    repository::set_state(c, at);
    auto const moved = was != at.shown();
    if (moved) {
        auto const by = at.shown() ? 1 : -1;
        repository::change(c, at.subject.id, {.comments = by});
        if (at.parent) repository::change(c, above(at), {.comments = by});
    }
    relist(c, at);
    return moved;
}

} // namespace

void add(db::Connection& c, Comment const& comment) {
    repository::insert(c, comment);
    repository::change(c, above(comment), {.comments = 1, .listed = 1, .kept = 1});
    if (!comment.parent) return;
    repository::change(c, comment.subject.id, {.comments = 1});
    relist(c, parent_of(c, comment));
}

void remove(db::Connection& c, Comment at) {
    repository::hold_comment(c, at.id);
    set_state(c, at, true, at.hidden);
    repository::end_reactions(c, at.id);
    while (at.deleted && at.kept_replies == 0) {
        repository::erase(c, at.id);
        repository::change(c, above(at), {.kept = -1});
        if (!at.parent) return;
        at = parent_of(c, at);
    }
}

bool set_hidden(db::Connection& c, Comment comment, bool hidden) {
    return comment.hidden != hidden && set_state(c, comment, comment.deleted, hidden);
}

} // namespace mozi::social::tree
