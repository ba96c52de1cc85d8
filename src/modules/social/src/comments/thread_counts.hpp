// How a change of one comment moves the counts and the listing of those above it. Units hold the row of what the comments are about
// (hold_subject).
#pragma once

#include "repository.hpp"

namespace mozi::social::tree {

// A new comment, shown.
void add(db::Connection& c, Comment const& comment);
// Its words go. Without replies the row goes too, and with it tombstones above that have nothing left to hold up.
void remove(db::Connection& c, Comment comment);
// By moderation. True when the count of what it is about moved.
bool set_hidden(db::Connection& c, Comment comment, bool hidden);

} // namespace mozi::social::tree
