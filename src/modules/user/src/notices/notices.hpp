// What a person is told about their own account: failed sign-ins, lock-outs, a token that came twice.
#pragma once

#include <mozi/db/rows.hpp>
#include <mozi/json/page.hpp>
#include <mozi/user/api.hpp>

namespace mozi::user {

using NoticeId = Id<"notice">;

enum class NoticeKind { sign_in_failed, sign_in_locked, refresh_replayed };
constexpr auto names(NoticeKind) {
    return std::array{std::pair{NoticeKind::sign_in_failed, "SIGN_IN_FAILED"sv}, std::pair{NoticeKind::sign_in_locked, "SIGN_IN_LOCKED"sv},
        std::pair{NoticeKind::refresh_replayed, "REFRESH_REPLAYED"sv}};
}

// One of a kind from one network, however often it happened.
struct Notice {
    NoticeId id;
    NoticeKind kind{};
    std::string network;
    std::int64_t times = 1;
    Time first_at, last_at;
    UserId account = {};

    static constexpr db::Table table{"notice", "n"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Notice::id), column("account_id", &Notice::account), column("kind", &Notice::kind),
            column("network", &Notice::network), column("times", &Notice::times), column("first_at", &Notice::first_at),
            column("last_at", &Notice::last_at)};
    }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Notice::id), field("kind", &Notice::kind),
            field("network", &Notice::network, {.help = "An IPv4 address, or the /64 of an IPv6 address."}),
            field("times", &Notice::times, {.help = "How often, from that network."}), field("firstAt", &Notice::first_at),
            field("lastAt", &Notice::last_at)};
    }
};

namespace notices {

constexpr int most = 50; // of an account; the oldest goes, failed sign-ins first, replays last

// In the caller's unit.
void record(db::Transaction& tx, UserId account, NoticeKind kind, std::string_view network, Time now);
std::vector<Notice> list(db::Connection& c, UserId account); // latest first
// False when it is not that person's.
bool remove(db::Transaction& tx, UserId account, NoticeId id);

} // namespace notices

} // namespace mozi::user
