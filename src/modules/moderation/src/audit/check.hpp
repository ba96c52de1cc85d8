// Looking through the record of decisions: row by row, against its anchors, and against the decisions themselves.
#pragma once

#include "anchor.hpp"
#include "audit.hpp"

#include <functional>

namespace mozi::moderation::audit {

// What an acceptance leaves alone, as its row says: decisions up to that one, and so many reports that were closed without one.
struct Accepted {
    ActionId decisions;
    std::optional<std::int64_t> closed = 0; // nothing: its row is of before and does not say it
};
std::string text_of(std::int64_t rows, Accepted const& accepted);

struct Seen {
    Mark last; // the row it came to
    std::int64_t rows = 0; // looked at
    std::int64_t plain = 0; // those without a key, at the beginning
    std::int64_t dismissed = 0; // those looked at that close a report without a decision
    Accepted accepted; // where it began behind an acceptance
};

// From behind `from` on, in pages; `go_on` false ends it early, which is no fault. Without anchors rows without a key may lead.
// Errors: "moderation.audit_broken" naming the first row that does not fit, "moderation.audit_unanchored", "storage.*".
Result<Seen> look_through(
    db::Database& database, std::string_view key, Anchors const& anchors, Mark from, std::function<bool()> const& go_on);
// Every decision and every report that was closed has its row. `seen`: of a look through all of it, just before; others may decide
// meanwhile. In pages. Error: "moderation.audit_broken", "storage.*".
Result<> look_for_unrecorded(db::Database& database, Seen const& seen, std::function<bool()> const& go_on);
// What stands now. Throws db::Failure.
Accepted count_accepted(db::Connection& c);

Error broken(std::int64_t row, std::string const& why);

} // namespace mozi::moderation::audit
