// Looking at a PostgreSQL before anything is asked of it: whether it answers, and is fit for what is kept there.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mozi::db {

constexpr int oldest_server = 130000; // as ServerSeen::version; of an older one nothing else is asked

struct ServerSeen {
    enum class Trouble {
        none,
        silent, // nothing came back in time
        unreachable, // refused, or the name is unknown
        password, // or no entry for this user in pg_hba.conf
        no_database,
        full, // no session left
        other,
    };
    Trouble trouble = Trouble::none;
    std::string text; // libpq's words, never the password
    int version = 0; // 150004; known as soon as it answers
    std::string encoding; // "UTF8"
    int sessions = 0; // most for us: what the server, the database and the user are granted, less what is reserved and taken by others
    int limit = 0; // max_connections
    bool may_create = false; // schemas in that database
    bool read_only = false; // a standby, or default_transaction_read_only
    struct Session {
        std::string address; // empty: over a socket file
        std::uint16_t port = 0;
    };
    std::vector<Session> ours; // of servers of this kind (application_name)
    std::string own_address; // from where it sees us
};

// Blocks for at most `within`, whatever the server does. Changes nothing.
ServerSeen look_at_server(std::string const& url, std::chrono::milliseconds within);

} // namespace mozi::db
