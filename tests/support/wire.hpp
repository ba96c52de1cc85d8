// A module's routes asked through the real gateway without a socket. A token is "<id>" or "<id>:<ROLE>"; its session has the same number.
#pragma once

#include "met.hpp"
#include "request.hpp"
#include "show.hpp"
#include "viewers.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/gateway.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <future>
#include <unistd.h>

namespace mozi::test {

struct Answer {
    int status = 0;
    std::string head, text; // of files: the bytes that would be sent
    boost::json::value body; // null where it is none
    std::string header(std::string_view name) const { // empty when absent
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

// What it would send.
inline std::string bytes_of(net::Response const& response) {
    if (auto const* text = std::get_if<std::string>(&response.body)) return *text;
    if (auto const* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body)) return *shared ? **shared : std::string();
    auto const* range = std::get_if<net::FileRange>(&response.body);
    if (!range || !range->file) return {};
    std::string out(range->length, '\0');
    REQUIRE(::pread(range->file->fd, out.data(), out.size(), off_t(range->offset)) == ssize_t(out.size()));
    return out;
}

// A request of whose token it is; an empty one: a visitor. Headers as "name: value".
inline std::shared_ptr<net::Request> asked(
    net::Method method, std::string const& target, std::string const& token, std::vector<std::string> headers) {
    if (!token.empty()) headers.push_back("authorization: Bearer " + token);
    return make_request(method, target, headers);
}

inline Answer answer_of(net::Method method, std::string const& target, net::Response const& response) {
    Answer answer{response.status, response.head, bytes_of(response), {}};
    boost::system::error_code none;
    answer.body = boost::json::parse(answer.text, none);
    if (answer.status >= 400) meet(net::to_string(method), target, answer.text);
    return answer;
}

inline Answer ask(http::Gateway& gateway, net::Method method, std::string const& target, std::string const& token, std::string body,
    std::vector<std::string> headers = {}) {
    if (!body.empty()) headers.push_back("content-type: application/json");
    auto request = asked(method, target, token, std::move(headers));
    if (!body.empty()) request->content_length = body.size();
    request->body = std::move(body);
    return answer_of(method, target, gateway.serve(std::move(request)));
}

// The threads of a gateway.
struct Threads {
    jobs::Pool workers{"worker", 4, 4096}, hashers{"hasher", 1, 10}, slow{"slow", 1, 64};
    void stop() { workers.stop(), hashers.stop(), slow.stop(); }
};

class Wire {
public:
    Wire(std::string const& module, db::Database& database, std::vector<http::Route> routes, metrics::Registry& metrics, Threads& threads,
        http::Visitors visitors = http::Visitors::may_read)
        : threads_(threads),
          gateway_(options(visitors), viewers_.authenticate(), http::Pools{threads.workers, threads.hashers, threads.slow}, metrics) {
        gateway_.mount(module, &database, std::move(routes));
    }
    // A worker may still look for more writes after the last answer left: it ends before the gateway does.
    ~Wire() { threads_.stop(); }
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    // All of these are thread-safe.
    Answer ask(net::Method method, std::string const& target, std::string const& token = {}, std::string body = {},
        std::vector<std::string> headers = {}) {
        return test::ask(gateway_, method, target, token, std::move(body), std::move(headers));
    }
    Answer get(std::string const& target, std::string const& token = {}) { return ask(net::Method::get, target, token); }
    Answer post(std::string const& target, std::string const& token, std::string body) {
        return ask(net::Method::post, target, token, std::move(body));
    }
    Answer put(std::string const& target, std::string const& token, std::string body = {}) {
        return ask(net::Method::put, target, token, std::move(body));
    }
    Answer del(std::string const& target, std::string const& token) { return ask(net::Method::delete_, target, token); }

    // A request whose body has not come yet: its sink, or the refusal.
    struct Begun {
        std::shared_ptr<net::Request> request;
        net::Accept accept;
    };
    Begun begin(
        net::Method method, std::string const& target, std::string const& token, std::vector<std::string> headers, std::uint64_t length) {
        auto request = asked(method, target, token, std::move(headers));
        request->chunked = request->find("transfer-encoding") != nullptr;
        if (length > 0) request->content_length = length;
        auto accept = gateway_.decide(request);
        return {std::move(request), std::move(accept)};
    }
    // Its answer: the body has come, or its sink has stopped.
    Answer end(Begun begun) {
        auto const method = begun.request->method;
        std::string const target(begun.request->target);
        if (begun.accept.refuse) return answer_of(method, target, *begun.accept.refuse);
        begun.accept.sink.reset();
        std::promise<net::Response> promise;
        auto answered = promise.get_future();
        gateway_.on_request(begun.request, net::Responder([&](net::Response&& sent) { promise.set_value(std::move(sent)); }));
        return answer_of(method, target, answered.get());
    }

private:
    static http::GatewayOptions options(http::Visitors visitors) {
        http::GatewayOptions made;
        made.limits_enabled = false;
        made.visitors = visitors;
        made.sealing_key = std::string(32, 'k');
        return made;
    }

    Viewers viewers_;
    Threads& threads_;
    http::Gateway gateway_;
};

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
