// libpq without waiting: each step only as long as there is time left.
#include <mozi/db/look_at_server.hpp>

#include <mozi/db/settings.hpp>

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace mozi::db {

namespace {

using Steady = std::chrono::steady_clock;
using Line = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Rows = std::vector<std::vector<std::string>>;

bool wait(PGconn* line, short what, Steady::time_point until) {
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
    pollfd one{PQsocket(line), what, 0};
    return left > 0 && one.fd >= 0 && ::poll(&one, 1, int(left)) > 0;
}

enum class Met { yes, failed, late };

Met connect(PGconn* line, Steady::time_point until) {
    PQsetErrorVerbosity(line, PQERRORS_VERBOSE); // with the five characters that are the same in every language
    for (auto state = PGRES_POLLING_WRITING;; state = PQconnectPoll(line)) {
        if (PQstatus(line) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) return Met::failed;
        if (state == PGRES_POLLING_OK) return Met::yes;
        if (!wait(line, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until)) return Met::late;
    }
}

// Nothing: late, or refused.
std::optional<Rows> ask(PGconn* line, char const* sql, Steady::time_point until) {
    if (PQsendQuery(line, sql) != 1) return std::nullopt;
    std::optional<Rows> out;
    for (;;) {
        while (PQisBusy(line) == 1)
            if (!wait(line, POLLIN, until) || PQconsumeInput(line) != 1) return std::nullopt;
        std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQgetResult(line), &PQclear);
        if (!result) return out;
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) continue;
        out.emplace();
        for (int row = 0; row < PQntuples(result.get()); ++row) {
            auto& columns = out->emplace_back();
            for (int column = 0; column < PQnfields(result.get()); ++column) columns.emplace_back(PQgetvalue(result.get(), row, column));
        }
    }
}

ServerSeen::Trouble trouble_in(std::string_view text) {
    using Trouble = ServerSeen::Trouble;
    auto const says = [&](std::string_view state) { return text.find(std::string(" ") + std::string(state) + ":") != text.npos; };
    if (says("28P01") || says("28000")) return Trouble::password;
    if (says("3D000")) return Trouble::no_database;
    if (says("53300")) return Trouble::full;
    return text.find("FATAL") == text.npos ? Trouble::unreachable : Trouble::other;
}

// One line of it, without the place in PostgreSQL's sources.
std::string plain(std::string text, std::string const& url) {
    if (auto const place = text.find("\nLOCATION"); place != text.npos) text.resize(place);
    for (auto& c : text)
        if (c == '\n' || c == '\t') c = ' ';
    text.resize(std::min<std::size_t>(text.size(), 300));
    while (text.ends_with(' ')) text.pop_back();
    return without_address(std::move(text), url);
}

constexpr auto facts =
    "SELECT current_setting('max_connections'), "
    "least((SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user), "
    "(SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())), "
    "current_setting('superuser_reserved_connections'), "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name NOT LIKE 'videa-mozi%'), "
    "has_database_privilege(current_database(), 'CREATE'), "
    "pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on', "
    "coalesce(host(inet_client_addr()), '')";
constexpr auto siblings = "SELECT coalesce(host(client_addr), ''), coalesce(client_port, 0) FROM pg_stat_activity "
                          "WHERE application_name = 'videa-mozi' AND datname = current_database() LIMIT 1000";

} // namespace

ServerSeen look_at_server(std::string const& url, std::chrono::milliseconds within) {
    auto const until = Steady::now() + within;
    ServerSeen out;
    auto const address = url + (url.find('?') == url.npos ? "?" : "&") + "application_name=videa-mozi-doctor";
    Line const line(PQconnectStart(address.c_str()), &PQfinish);
    auto const met = line ? connect(line.get(), until) : Met::failed;
    if (met != Met::yes) {
        out.text = line ? plain(PQerrorMessage(line.get()), url) : "no memory";
        out.trouble = met == Met::late ? ServerSeen::Trouble::silent : trouble_in(PQerrorMessage(line.get()));
        return out;
    }
    out.version = PQserverVersion(line.get());
    auto const* const encoding = PQparameterStatus(line.get(), "server_encoding");
    out.encoding = encoding ? encoding : "";
    if (out.version < oldest_server) return out;
    auto const found = ask(line.get(), facts, until);
    auto const others = found ? ask(line.get(), siblings, until) : std::nullopt;
    if (!found || found->empty() || !others) {
        auto const late = Steady::now() >= until;
        out.trouble = late ? ServerSeen::Trouble::silent : ServerSeen::Trouble::other;
        out.text = plain(PQerrorMessage(line.get()), url);
        return out;
    }
    auto const& row = found->front();
    out.limit = std::atoi(row[0].c_str());
    out.sessions = out.limit - std::atoi(row[2].c_str()) - std::atoi(row[3].c_str());
    if (!row[1].empty()) out.sessions = std::min(out.sessions, std::atoi(row[1].c_str()));
    out.may_create = row[4] == "t";
    out.read_only = row[5] == "t";
    out.own_address = row[6];
    for (auto const& each : *others) out.ours.push_back({each[0], std::uint16_t(std::max(0, std::atoi(each[1].c_str())))});
    return out;
}

} // namespace mozi::db
