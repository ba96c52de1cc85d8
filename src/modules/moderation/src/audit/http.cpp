// The route table of the record.
#include "http.hpp"

namespace mozi::moderation::audit {

std::vector<http::Route> RecordHttp::routes() {
    using http::Access, http::Lane, http::Method, http::route;
    return {
        route<&RecordHttp::list>(*this, Method::get, "/api/admin/audit", "listRecord", "The record of decisions, latest first",
            Access::admin, 200, {"request.cursor"}),
        route<&RecordHttp::verify>(*this, Method::post, "/api/admin/audit/verify", "verifyRecord",
            "Look through the whole record now: seals, anchors, decisions and what follows from them", Access::admin, 200,
            {"moderation.audit_broken", "moderation.audit_unanchored"}, {.lane = Lane::work, .repeats = false}),
    };
}

Result<Page<RowView>> RecordHttp::list(http::Call& call, ListRows const& in) {
    static Pager<std::int64_t> const pager("record");
    call.header("Cache-Control", "no-store");
    MOZI_TRY(auto const after, pager.after(in.after));
    std::int64_t total = 0;
    MOZI_TRY(auto rows, database_.read([&](db::Connection& c) -> Result<std::vector<Row>> {
        auto const last = last_row(c); // rows are numbered from 1 without gaps
        total = last ? last->first : 0;
        return rows_before(c, after ? std::get<0>(*after) : total + 1, in.limit + 1, in.offset());
    }));
    auto next = pager.cut(rows, in.limit, [](Row const& row) { return std::tuple{row.seq}; });
    std::vector<UserId> ids;
    for (auto const& row : rows) ids.push_back(row.actor);
    MOZI_TRY(auto people, find_participants(users_, std::move(ids)));
    Page<RowView> page;
    for (auto& row : rows) {
        auto const who = people.find(row.actor);
        page.data.push_back({row.seq, who == people.end() ? std::nullopt : std::optional(who->second), std::move(row.what),
            std::move(row.subject), std::move(row.reason), std::move(row.hash), Time{std::chrono::microseconds{row.at}}});
    }
    page.pagination = Pagination::of(in, total, std::move(next));
    return page;
}

Result<Verified> RecordHttp::verify(http::Call&, http::Empty const&) {
    std::scoped_lock const held(verifying_);
    auto const rows = record_.verify();
    if (!rows) return rows.error();
    return Verified{*rows};
}

} // namespace mozi::moderation::audit
