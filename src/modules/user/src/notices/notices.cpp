// Notices in SQL.
#include "notices.hpp"

#include <mozi/db/database.hpp>

namespace mozi::user::notices {

void record(db::Transaction& tx, UserId account, NoticeKind kind, std::string_view network, Time now) {
    tx->run("INSERT INTO notice (id, account_id, kind, network, times, first_at, last_at) VALUES (?, ?, ?, ?, 1, ?, ?) "
            "ON CONFLICT (account_id, kind, network) DO UPDATE SET times = notice.times + 1, last_at = excluded.last_at",
        next<NoticeId>(), account, to_text(kind), network.substr(0, 64), now, now);
    // What anybody can bring about from many networks pushes out nothing that says more.
    tx->run("DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE account_id = ? ORDER BY CASE kind WHEN 'REFRESH_REPLAYED' THEN 0 "
            "WHEN 'SIGN_IN_LOCKED' THEN 1 ELSE 2 END, last_at DESC, id DESC LIMIT 100 OFFSET ?)",
        account, most);
}

std::vector<Notice> list(db::Connection& c, UserId account) {
    static auto const sql = db::select<Notice>("WHERE n.account_id = ? ORDER BY n.last_at DESC, n.id DESC LIMIT ?");
    return db::rows<Notice>(c, sql, account, most);
}

bool remove(db::Transaction& tx, UserId account, NoticeId id) {
    return tx->run("DELETE FROM notice WHERE id = ? AND account_id = ?", id, account) == 1;
}

} // namespace mozi::user::notices
