// A module's routes asked through the real gateway without a socket. A token is "<id>" or "<id>:<ROLE>".
#pragma once

#include "met.hpp"
#include "request.hpp"
#include "show.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/gateway.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace mozi::test {

struct Answer {
    int status = 0;
    std::string head, text;
    boost::json::value body;
    std::string header(std::string_view name) const {
        for (auto line : split(head, '\n'))
            if (line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':')
                return std::string(trim(line.substr(name.size() + 1)));
        return {};
    }
    boost::json::value const& at(std::string_view key) const { return body.at(key); }
    std::string text_of(std::string_view key) const { return std::string(body.at(key).as_string()); }
    std::string id() const { return text_of("id"); }
    boost::json::array const& data() const { return body.at("data").as_array(); }
};

// An empty token: a visitor. Headers as "name: value".
inline Answer ask(http::Gateway& gateway, net::Method method, std::string const& target, std::string const& token, std::string body,
    std::vector<std::string> headers = {}) {
    if (!token.empty()) headers.push_back("authorization: Bearer " + token);
    if (!body.empty()) headers.push_back("content-type: application/json");
    auto request = make_request(method, target, headers);
    if (!body.empty()) request->content_length = body.size();
    request->body = std::move(body);
    auto response = gateway.serve(std::move(request));
    Answer answer{response.status, response.head, {}, {}};
    if (auto* text = std::get_if<std::string>(&response.body)) answer.text = *text;
    else if (auto* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body); shared && *shared) answer.text = **shared;
    if (!answer.text.empty()) answer.body = boost::json::parse(answer.text);
    if (answer.status >= 400) meet(net::to_string(method), target, answer.text);
    return answer;
}

class Wire {
public:
    Wire(std::string const& module, db::Database& database, std::vector<http::Route> routes, metrics::Registry& metrics)
        : gateway_(options(), viewer_of, workers_, hashers_, metrics) {
        gateway_.mount(module, &database, std::move(routes));
    }
    // A worker may still look for more writes after the last answer left: it ends before the gateway does.
    ~Wire() { workers_.stop(), hashers_.stop(); }
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    // Thread-safe.
    Answer ask(
        net::Method method, std::string target, std::string token = {}, std::string body = {}, std::vector<std::string> headers = {}) {
        return test::ask(gateway_, method, target, token, std::move(body), std::move(headers));
    }
    Answer get(std::string target, std::string token = {}) { return ask(net::Method::get, std::move(target), std::move(token)); }
    Answer post(std::string target, std::string token, std::string body) {
        return ask(net::Method::post, std::move(target), std::move(token), std::move(body));
    }
    Answer put(std::string target, std::string token, std::string body = {}) {
        return ask(net::Method::put, std::move(target), std::move(token), std::move(body));
    }
    Answer del(std::string target, std::string token) { return ask(net::Method::delete_, std::move(target), std::move(token)); }

private:
    static http::GatewayOptions options() {
        http::GatewayOptions made;
        made.limits_enabled = false;
        made.sealing_key = std::string(32, 'k');
        return made;
    }
    static Result<http::Viewer> viewer_of(std::string_view token) {
        auto const colon = token.find(':');
        auto const id = parse<Id<"user">>(token.substr(0, colon));
        auto const role =
            colon == token.npos ? http::Role::user : from_text<http::Role>(token.substr(colon + 1)).value_or(http::Role::visitor);
        if (!id || role == http::Role::visitor) return Error{Code::unauthenticated, "auth.token", "Sign in again."};
        return http::Viewer{*id, Id<"session">{id->value}, role};
    }

    jobs::Pool workers_{"worker", 4, 4096}, hashers_{"hasher", 1, 10};
    http::Gateway gateway_;
};

// Moves only when told to.
class TestClock final : public Clock {
public:
    Time now() const override { return Time{std::chrono::microseconds{at_.load()}}; }
    void advance(std::chrono::microseconds by) { at_ += by.count(); }

private:
    std::atomic<std::int64_t> at_{1'790'000'000'000'000};
};

// What happened so far: names and payloads of the module's log.
inline std::vector<std::pair<std::string, std::string>> told(db::Database& database) {
    auto rows = database.read([](db::Connection& c) -> Result<std::vector<std::pair<std::string, std::string>>> {
        std::vector<std::pair<std::string, std::string>> all;
        c.each<std::string, std::string>("SELECT name, payload FROM outbox ORDER BY seq",
            [&](std::string name, std::string payload) { all.emplace_back(std::move(name), std::move(payload)); });
        return all;
    });
    REQUIRE(rows);
    return *rows;
}

template <class T, class... In>
T scalar(db::Database& database, std::string const& sql, In const&... in) {
    auto const found = database.read([&](db::Connection& c) -> Result<T> { return std::get<0>(c.one<T>(sql, in...).value()); });
    REQUIRE(found);
    return *found;
}

// Text of all rows, for before-and-after comparisons.
template <class... Out>
std::vector<std::tuple<Out...>> table(db::Database& database, std::string const& sql) {
    auto rows = database.read([&](db::Connection& c) -> Result<std::vector<std::tuple<Out...>>> { return c.all<Out...>(sql); });
    REQUIRE(rows);
    return *rows;
}

// How SQLite runs a statement.
inline std::string plan(db::Database& database, std::string const& sql) {
    std::string out;
    auto const read = database.read([&](db::Connection& c) -> Result<bool> {
        db::Cell cells[4];
        cells[3].kind = db::Cell::Kind::text;
        std::vector<db::Param> params;
        for (auto const ch : sql)
            if (ch == '?') params.emplace_back(std::int64_t{1});
        c.execute("EXPLAIN QUERY PLAN " + sql, params, cells, [&] { return out += cells[3].text + "\n", true; });
        return true;
    });
    REQUIRE(read);
    return out;
}

} // namespace mozi::test
