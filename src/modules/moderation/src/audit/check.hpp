// Looking through the record of decisions: row by row, against its anchors, and against the decisions themselves.
#pragma once

#include "anchor.hpp"
#include "audit.hpp"

#include <functional>

namespace mozi::moderation::audit {

struct Seen {
    Mark last; // the row it came to
    std::int64_t rows = 0; // looked at
    std::int64_t plain = 0; // those without a key, at the beginning
};

// From behind `from` on, in pages; `go_on` false ends it early, which is no fault. Without anchors rows without a key may lead.
// Errors: "moderation.audit_broken" naming the first row that does not fit, "moderation.audit_unanchored", "storage.*".
Result<Seen> look_through(
    db::Database& database, std::string_view key, Anchors const& anchors, Mark from, std::function<bool()> const& go_on);
// Every decision has its row. Error: "moderation.audit_broken".
Result<> look_for_unrecorded(db::Database& database, std::function<bool()> const& go_on);

Error broken(std::int64_t row, std::string const& why);

} // namespace mozi::moderation::audit
