// A gateway with a few routes of every kind, asked without a socket.
#pragma once

#include "show.hpp"
#include "temp_database.hpp"
#include "viewers.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/gateway.hpp>

#include <boost/json.hpp>

#include <condition_variable>
#include <set>

namespace mozi::test {

struct Reply {
    int status = 0;
    std::string head, body;
    std::string header(std::string_view name) const; // empty when absent
    int count(std::string_view name) const;
    boost::json::value json() const { return boost::json::parse(body); }
    std::string id() const { return std::string(json().at("id").as_string()); } // of a problem
};

struct Ask {
    net::Method method = net::Method::get;
    std::string target;
    std::string token = {}; // "<id>[:<ROLE>[:<STANDING>]]"
    std::string body = {};
    std::vector<std::string> headers = {}; // "name: value"
    std::string peer = "192.0.2.1";
    std::string type = "application/json"; // of a body
    std::uint16_t port = 0;
};

// What the routes' handlers do; tests look inside.
class Desk {
public:
    explicit Desk(db::Database& database) : database_(database) {}
    std::vector<http::Route> routes();

    db::Topic topic;
    std::atomic<int> lists{0}, hashes{0}, posts{0}, turns{0};
    // While held, `slow` does not go on.
    std::mutex mutex;
    std::condition_variable changed;
    bool held = false;
    int waiting = 0;
    std::string greeting = "hello";

    struct Thing {
        std::string word;
        std::int64_t weight = 0;
        static constexpr auto fields() {
            return std::tuple{json::field("word", &Thing::word, {.min = 1, .max = 5}),
                json::field("weight", &Thing::weight, {.min = 0, .max = 9, .absent = json::Absent::keeps_default})};
        }
    };
    struct Query {
        std::int64_t limit = 20;
        std::optional<std::string> word;
        std::optional<Id<"thing">> thing;
        std::vector<std::string> kinds;
        std::vector<int> years;
        static constexpr auto fields() {
            using json::field, json::Where;
            auto const some = [](std::int64_t item_max) {
                return json::Rules{.max = 3, .where = Where::query, .absent = json::Absent::keeps_default, .item_max = item_max};
            };
            return std::tuple{
                field("limit", &Query::limit, {.min = 1, .max = 100, .where = Where::query, .absent = json::Absent::keeps_default}),
                field("word", &Query::word, {.min = 1, .max = 5, .where = Where::query}),
                field("thing", &Query::thing, {.where = Where::query}), field("kind", &Query::kinds, some(5)),
                field("year", &Query::years, some(9999))};
        }
    };
    struct One {
        Id<"thing"> id{};
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    struct Said {
        std::string text;
        static constexpr auto fields() { return std::tuple{json::field("text", &Said::text)}; }
    };

    struct Far : Paging {
        static constexpr auto fields() { return paging_fields<Far>(); }
    };

    // Of the words, "slow" and "deep" are read slowly; the second never ends by itself.
    Result<> look(http::Call& call, Query& query);
    Result<Said> list(http::Call&, Query const& query);
    Result<Said> far(http::Call&, Far const&) { return Said{"far"}; }
    Result<Said> take_turn(http::Call&, http::Empty&) { return Said{std::to_string(++turns)}; }
    Result<Said> big(http::Call&, http::Empty&) { return Said{std::string(5000, 'b')}; }
    Result<Said> plain(http::Call& call, http::Empty&);
    Result<Said> one(http::Call& call, One const& one);
    Result<Said> change(http::Call& call, One const& one, Precondition const& fits);
    Result<Said> add(http::Call& call, Thing const& thing);
    Result<Said> add_hashed(http::Call& call, Thing const& thing) { return add(call, thing); }
    Result<> hash(http::Call&, Thing const&) { return ++hashes, Result<>{}; }
    Result<Said> keeps_and_refuses(http::Call&, Thing const& thing);
    Result<Said> slow(http::Call& call, Thing const& thing);
    Result<Said> fails(http::Call&, http::Empty&) {
        return Error{Code::locked, "thing.locked", "Somebody works on it.",
            {.detail = "secret detail", .reason = "because", .next = "/next", .retry_after_s = 7}};
    }
    Result<Said> throws(http::Call&, http::Empty&) { throw std::runtime_error("secret detail"); }
    Result<Said> member(http::Call& call, http::Empty& in) { return plain(call, in); }
    Result<http::Empty> remove(http::Call&, One const&) { return http::Empty{}; }
    Result<http::Answer> file(http::Call&, http::Empty&);

private:
    db::Database& database_;
};

class House {
public:
    explicit House(http::GatewayOptions options = {}, db::Dialect dialect = db::Dialect::sqlite);
    ~House() { workers.stop(), hashers.stop(), slow.stop(); } // a worker may still look for more after the last answer left
    House(House const&) = delete;
    House& operator=(House const&) = delete;
    Reply ask(Ask asked); // thread-safe
    void restart(std::string const& sealing_key); // another gateway on the same database
    Reply get(std::string target, std::string token = {}) { return ask({net::Method::get, std::move(target), std::move(token)}); }
    std::vector<std::string> words();

    TempDatabase database;
    Desk desk;
    metrics::Registry metrics;
    Viewers viewers;
    jobs::Pool workers{"worker", 4, 4096}, hashers{"hasher", 1, 10}, slow{"slow", 1, 10};
    std::unique_ptr<http::Gateway> gateway, before;
};

} // namespace mozi::test
