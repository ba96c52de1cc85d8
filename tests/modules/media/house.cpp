// The house of the media tests.
#include "house.hpp"

#include "met.hpp"

#include "request.hpp"

#include <mozi/base/text.hpp>

#include <condition_variable>
#include <future>
#include <thread>
#include <unistd.h>

namespace mozi::test {
namespace {

struct Strangers final : user::Users {
    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override { return std::vector<user::Person>(ids.size()); }
    Result<user::Person> get_person(UserId id) override { return user::Person{id, "person", "Person", std::nullopt}; }
    Result<bool> is_moderator(UserId id) override { return id == UserId{13}; }
} strangers;

Result<http::Viewer> viewer_of(std::string_view token) {
    auto const id = parse<UserId>(token);
    if (!id) return Error{Code::unauthenticated, "auth.token", "Sign in again."};
    return http::Viewer{*id, Id<"session">{id->value}, id->value == 13 ? http::Role::moderator : http::Role::user};
}

http::GatewayOptions unlimited(http::Visitors visitors) {
    http::GatewayOptions options;
    options.limits_enabled = false;
    options.visitors = visitors;
    options.sealing_key = std::string(32, 'k');
    return options;
}

std::string bytes_of(net::FileRange const& range) {
    std::string out(range.length, '\0');
    REQUIRE(pread(range.file->fd, out.data(), out.size(), static_cast<off_t>(range.offset)) == static_cast<ssize_t>(out.size()));
    return out;
}

} // namespace

std::string Answer::header(std::string_view name) const {
    for (auto const line : split(head, '\n'))
        if (line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':')
            return std::string(trim(line.substr(name.size() + 1)));
    return {};
}

House::House(Jobs jobs, media::Settings settings, http::Visitors visitors)
    : database("media", media::media_migrations()), jobs_(jobs), settings_(std::move(settings)), visitors_(visitors) {
    open();
}

House::~House() {
    module->stop_jobs();
    workers_->stop(), hashers_->stop();
    gateway_.reset();
}

void House::open() {
    workers_ = std::make_unique<jobs::Pool>("worker", 2, 1000);
    hashers_ = std::make_unique<jobs::Pool>("hasher", 1, 10);
    media::Needs needs{strangers, settings_, folder.path("media"), std::string(32, 's'), 1,
        [this](Id<"session"> session) {
            std::scoped_lock const held(sessions_mutex);
            return !ended_sessions.contains(session.value);
        },
        *workers_, topic_, visitors_, this_program()};
    needs.min_free_bytes = min_free_bytes;
    module = std::make_unique<media::MediaModule>(media::make_media({*database, outbox_, clock, metrics_}, needs));
    gateway_ = std::make_unique<http::Gateway>(unlimited(visitors_), viewer_of, *workers_, *hashers_, metrics_);
    gateway_->mount("media", &*database, module->module.routes);
    if (jobs_ == Jobs::running) module->start_jobs();
}

void House::restart(std::optional<Jobs> jobs) {
    jobs_ = jobs.value_or(jobs_);
    module->stop_jobs();
    workers_->stop(), hashers_->stop();
    gateway_.reset();
    module.reset();
    open();
}

House::Begun House::begin(
    net::Method method, std::string target, std::string_view who, std::vector<std::string> headers, std::uint64_t length) {
    if (!who.empty()) headers.push_back("authorization: Bearer " + std::string(who));
    auto request = make_request(method, target, headers);
    request->chunked = request->find("transfer-encoding") != nullptr;
    if (length > 0) request->content_length = length;
    auto accept = gateway_->decide(request);
    return {std::move(request), std::move(accept)};
}

Answer House::ask(net::Method method, std::string target, std::string_view who, std::vector<std::string> headers, std::string body) {
    auto begun = begin(method, std::move(target), who, std::move(headers), body.size());
    if (!begun.accept.sink) {
        begun.request->body = std::move(body);
        return end(std::move(begun));
    }
    // In pieces, as a connection brings them.
    auto more = net::BodySink::More::yes;
    for (std::size_t at = 0; at < body.size() && more == net::BodySink::More::yes; at += 1000)
        more = begun.accept.sink->write(std::span(body).subspan(at, std::min<std::size_t>(1000, body.size() - at)));
    if (more == net::BodySink::More::yes) begun.accept.sink->finish(true);
    return end(std::move(begun));
}

Answer House::end(Begun begun) {
    auto const method = std::string(begun.request->method_text), target = std::string(begun.request->target);
    net::Response response;
    if (begun.accept.refuse) {
        response = std::move(*begun.accept.refuse);
    } else {
        begun.accept.sink.reset();
        std::promise<net::Response> promise;
        auto answered = promise.get_future();
        gateway_->on_request(begun.request, net::Responder([&](net::Response&& sent) { promise.set_value(std::move(sent)); }));
        response = answered.get();
    }
    Answer answer{response.status, response.head, {}};
    if (auto* text = std::get_if<std::string>(&response.body)) answer.text = *text;
    else if (auto* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body); shared && *shared) answer.text = **shared;
    else if (auto* range = std::get_if<net::FileRange>(&response.body); range && range->file) answer.text = bytes_of(*range);
    if (answer.status >= 400) test::meet(method, target, answer.text);
    return answer;
}

std::string House::upload(std::string const& bytes, std::string_view who) {
    auto const made = ask(net::Method::post, "/api/media/uploads", who,
        {"tus-resumable: 1.0.0", "upload-length: " + std::to_string(bytes.size()), "upload-metadata: filename " + base64("my film.mp4"),
            "content-type: application/offset+octet-stream"},
        bytes);
    INFO(made.text);
    REQUIRE(made.status == 201);
    auto const location = made.header("Location");
    return location.substr(location.rfind('/') + 1);
}

boost::json::object House::media(std::string const& id, std::string_view who) {
    auto const answer = get("/api/media/" + id, who);
    INFO(answer.text);
    REQUIRE(answer.status == 200);
    return answer.json().as_object();
}

void House::wait_until(std::function<bool()> const& done) {
    // Looks again at growing distances: what is waited for happens in other processes.
    std::mutex mutex;
    std::condition_variable nothing;
    std::unique_lock lock(mutex);
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::minutes(4);
    for (auto pause = std::chrono::milliseconds(5); !done(); pause = std::min(pause * 2, std::chrono::milliseconds(100))) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        nothing.wait_for(lock, pause);
    }
}

boost::json::object House::settled(std::string const& id) {
    boost::json::object seen;
    wait_until([&] {
        seen = media(id);
        return seen.at("status") == "READY" || seen.at("status") == "FAILED";
    });
    return seen;
}

std::vector<std::string> House::told() {
    auto rows = database->read([](db::Connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> all;
        c.each<std::string>("SELECT name FROM outbox ORDER BY seq", [&](std::string name) { all.push_back(std::move(name)); });
        return all;
    });
    REQUIRE(rows);
    return *rows;
}

} // namespace mozi::test
