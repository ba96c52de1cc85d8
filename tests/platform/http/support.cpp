// The routes of the gateway's tests, and asking them.
#include "support.hpp"

namespace mozi::test {

namespace {

constexpr EmbeddedFile thing_table[] = {{"0001_things.sql",
    "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT NOT NULL, weight INTEGER NOT NULL) STRICT;\n"}};

http::GatewayOptions with_key(http::GatewayOptions options, std::string key) {
    options.sealing_key = std::move(key);
    return options;
}

} // namespace

std::string Reply::header(std::string_view name) const {
    for (auto const line : split(head, '\n'))
        if (line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':')
            return std::string(trim(line.substr(name.size() + 1)));
    return {};
}

int Reply::count(std::string_view name) const {
    int found = 0;
    for (auto const line : split(head, '\n'))
        found += line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':';
    return found;
}

std::vector<http::Route> Desk::routes() {
    using http::Access, http::Lane, http::route, net::Method;
    std::vector<http::Route> all;
    all.push_back(route<&Desk::list, &Desk::look>(
        *this, Method::get, "/api/things", "listThings", "List", Access::anyone, 200, {}, {.lane = Lane::cached, .topics = {&topic}}));
    all.push_back(route<&Desk::add>(*this, Method::post, "/api/things", "addThing", "Add", Access::anyone, 201));
    all.push_back(route<&Desk::one>(*this, Method::get, "/api/things/{id}", "getThing", "One", Access::anyone, 200));
    all.push_back(route<&Desk::change>(*this, Method::put, "/api/things/{id}", "changeThing", "Change", Access::member, 200));
    all.push_back(route<&Desk::remove>(*this, Method::delete_, "/api/things/{id}", "removeThing", "Remove", Access::member, 204));
    all.push_back(route<&Desk::plain>(
        *this, Method::get, "/api/things/plain", "plainThing", "Fixed before any", Access::anyone, 200, {}, {.lane = Lane::quick}));
    all.push_back(
        route<&Desk::big>(*this, Method::get, "/api/things/big", "bigThing", "Long", Access::anyone, 200, {}, {.lane = Lane::quick}));
    all.push_back(route<&Desk::far>(*this, Method::get, "/api/far", "listFar", "Pages", Access::anyone, 200));
    all.push_back(route<&Desk::take_turn>(*this, Method::get, "/api/turns", "takeTurn", "Counts", Access::anyone, 200));
    all.push_back(route<&Desk::plain>(
        *this, Method::get, "/api/unlimited", "unlimited", "No limit", Access::anyone, 200, {}, {.limit = http::Limit::none}));
    all.push_back(route<&Desk::add_hashed, &Desk::hash>(*this, Method::post, "/api/hashed", "addHashed", "Add with a password",
        Access::anyone, 201, {}, {.lane = Lane::hashing, .limit = http::Limit::sign_in}));
    all.push_back(route<&Desk::add_hashed, &Desk::hash>(*this, Method::post, "/api/hashed/own", "addHashedOwn",
        "Add with a password of one's own", Access::member, 201, {}, {.lane = Lane::hashing, .limit = http::Limit::sign_in}));
    all.push_back(route<&Desk::keeps_and_refuses>(
        *this, Method::post, "/api/keeps", "keepsAndRefuses", "Keeps something, then refuses", Access::anyone, 200));
    all.push_back(route<&Desk::slow>(*this, Method::post, "/api/slow", "slow", "Waits", Access::anyone, 201));
    all.push_back(route<&Desk::fails>(*this, Method::get, "/api/fails", "fails", "Fails", Access::anyone, 200));
    all.push_back(route<&Desk::throws>(*this, Method::get, "/api/throws", "throws", "Throws", Access::anyone, 200));
    all.push_back(route<&Desk::throws>(*this, Method::post, "/api/throws", "throwsWriting", "Throws", Access::anyone, 200));
    all.push_back(route<&Desk::file>(*this, Method::get, "/api/file", "file", "Not JSON", Access::anyone, 200));
    // May be asked by POST where a network lets nothing else through.
    http::Options const disguised{.lane = Lane::work, .limit = http::Limit::upload, .method_override = true};
    all.push_back(route<&Desk::add>(*this, Method::post, "/api/parts", "addPart", "Add", Access::member, 201, {}, disguised));
    all.push_back(route<&Desk::one>(*this, Method::get, "/api/parts/{id}", "getPart", "One", Access::anyone, 200, {}, disguised));
    all.push_back(route<&Desk::one>(*this, Method::patch, "/api/parts/{id}", "changePart", "Change", Access::member, 200, {}, disguised));
    all.push_back(
        route<&Desk::remove>(*this, Method::delete_, "/api/parts/{id}", "removePart", "Remove", Access::moderator, 204, {}, disguised));
    for (auto const& [access, name] : names(Access{}))
        all.push_back(route<&Desk::member>(
            *this, Method::get, "/api/access/" + std::string(name), "access_" + std::string(name), "Access", access, 200));
    return all;
}

Result<> Desk::look(http::Call& call, Query& query) {
    call.slow = query.word == "slow" || query.word == "deep";
    return {};
}

Result<Desk::Said> Desk::list(http::Call&, Query const& query) {
    ++lists;
    if (query.word == "deep")
        MOZI_CHECK(database_.read([](db::Connection& c) -> Result<> {
            c.one<std::int64_t>("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
            return {};
        }));
    std::scoped_lock const reading(mutex);
    return Said{greeting + " " + std::to_string(query.limit) + query.word.value_or("")};
}

Result<Desk::Said> Desk::plain(http::Call& call, http::Empty&) { return Said{"plain " + call.viewer.id.text()}; }

Result<Desk::Said> Desk::one(http::Call& call, One const& one) {
    if (one.id.value == 410) return Error{Code::gone, "thing.gone", "It was here."};
    call.version = "3";
    return Said{"thing " + one.id.text()};
}

Result<Desk::Said> Desk::change(http::Call&, One const& one, Precondition const& fits) {
    MOZI_CHECK(fits(3));
    return Said{"changed " + one.id.text()};
}

Result<Desk::Said> Desk::add(http::Call& call, Thing const& thing) {
    ++posts;
    MOZI_TRY(auto const number, database_.write([&](db::Transaction& tx) -> Result<std::int64_t> {
        tx->run("INSERT INTO thing (word, weight) VALUES (?, ?)", thing.word, thing.weight);
        tx.touch(topic);
        return std::get<0>(tx->one<std::int64_t>("SELECT max(id) FROM thing").value());
    }));
    call.location("/api/things/" + std::to_string(number));
    return Said{thing.word + std::to_string(number)};
}

Result<Desk::Said> Desk::keeps_and_refuses(http::Call&, Thing const& thing) {
    ++posts;
    MOZI_CHECK(database_.write([&](db::Transaction& tx) -> Result<> {
        return tx->run("INSERT INTO thing (word, weight) VALUES (?, 0)", thing.word), Result<>{};
    }));
    return Error{Code::unauthenticated, "thing.over", "Over."};
}

Result<Desk::Said> Desk::slow(http::Call& call, Thing const& thing) {
    {
        std::unique_lock waits(mutex);
        ++waiting;
        changed.notify_all();
        if (!changed.wait_for(waits, std::chrono::seconds(20), [&] { return !held; })) return internal("held for ever");
    }
    return add(call, thing);
}

Result<http::Answer> Desk::file(http::Call&, http::Empty&) {
    net::Response response;
    response.add("Content-Type", "text/plain");
    response.add("Content-Security-Policy", "sandbox");
    response.body = std::string("bytes");
    return http::Answer{std::move(response)};
}

House::House(http::GatewayOptions options, db::Dialect dialect)
    : database("http", thing_table, dialect), desk(*database),
      gateway(std::make_unique<http::Gateway>(
          with_key(std::move(options), std::string(32, 'k')), viewers.authenticate(), http::Pools{workers, hashers, slow}, metrics)) {
    gateway->mount("desk", &*database, desk.routes());
}

void House::restart(std::string const& sealing_key) {
    before = std::exchange(gateway,
        std::make_unique<http::Gateway>(with_key({}, sealing_key), viewers.authenticate(), http::Pools{workers, hashers, slow}, metrics));
    gateway->mount("desk", &*database, desk.routes());
}

Reply House::ask(Ask asked) {
    if (!asked.token.empty()) asked.headers.push_back("authorization: Bearer " + asked.token);
    if (!asked.body.empty() && !asked.type.empty()) asked.headers.push_back("content-type: " + asked.type);
    auto request = std::make_shared<net::Request>();
    request->head_ = asked.target;
    for (auto const& line : asked.headers) request->head_ += line;
    request->peer_ = asked.peer;
    std::string_view rest = request->head_; // the views point into it
    auto const take = [&rest](std::size_t size) { return std::exchange(rest, rest.substr(size)).substr(0, size); };
    request->method = asked.method;
    request->method_text = net::to_string(asked.method);
    request->target = take(asked.target.size());
    request->host = "localhost";
    request->peer = request->peer_;
    request->local_port = asked.port;
    request->path = request->target.substr(0, request->target.find('?'));
    if (request->path.size() < request->target.size()) request->query = request->target.substr(request->path.size() + 1);
    for (auto const& line : asked.headers) {
        auto const whole = take(line.size());
        auto const colon = whole.find(": ");
        request->headers.push_back({whole.substr(0, colon), whole.substr(colon + 2)});
    }
    if (!asked.body.empty()) request->content_length = asked.body.size();
    request->body = std::move(asked.body);
    auto response = gateway->serve(std::move(request));
    Reply reply{response.status, response.head, {}};
    if (auto* text = std::get_if<std::string>(&response.body)) reply.body = *text;
    else if (auto* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body); shared && *shared) reply.body = **shared;
    return reply;
}

std::vector<std::string> House::words() {
    return database
        ->read([](db::Connection& c) -> Result<std::vector<std::string>> {
            std::vector<std::string> all;
            c.each<std::string>("SELECT word FROM thing ORDER BY id", [&](std::string word) { all.push_back(std::move(word)); });
            return all;
        })
        .value();
}

} // namespace mozi::test
