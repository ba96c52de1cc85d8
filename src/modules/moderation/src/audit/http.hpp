// Addresses of the record of decisions: reading it, and looking through it now.
#pragma once

#include "../people.hpp"
#include "chain.hpp"

#include <mozi/http/route.hpp>

#include <mutex>

namespace mozi::moderation::audit {

struct RowView {
    std::int64_t row = 0;
    std::optional<Participant> actor; // nobody: the operator
    std::string what, subject, reason, hash;
    Time at;
    static std::string schema_name() { return "RecordRow"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("row", &RowView::row, {.help = "From 1, without gaps."}),
            field("actor", &RowView::actor, {.help = "null: the operator, on the command line."}), field("what", &RowView::what),
            field("subject", &RowView::subject), field("reason", &RowView::reason), field("at", &RowView::at),
            field("hash", &RowView::hash, {.help = "Seals this row and all before it."})};
    }
};

struct Verified {
    std::int64_t rows = 0;
    static std::string schema_name() { return "RecordVerified"; }
    static constexpr auto fields() { return std::tuple{json::field("rows", &Verified::rows)}; }
};

class RecordHttp {
public:
    RecordHttp(db::Database& database, Chain& record, user::Users& users) : database_(database), record_(record), users_(users) {}
    std::vector<http::Route> routes();

private:
    struct ListRows : Paging {
        static constexpr auto fields() { return paging_fields<ListRows>(); }
    };
    Result<Page<RowView>> list(http::Call& call, ListRows const& in);
    Result<Verified> verify(http::Call& call, http::Empty const& in);

    db::Database& database_;
    Chain& record_;
    user::Users& users_;
    std::mutex verifying_; // one look at a time
};

} // namespace mozi::moderation::audit
