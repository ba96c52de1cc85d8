// The house of the media tests.
#include "house.hpp"

#include <mozi/base/text.hpp>

#include <condition_variable>

namespace mozi::test {

House::House(Jobs jobs, media::Settings settings, http::Visitors visitors)
    : Ground("media", media::media_migrations()), jobs_(jobs), settings_(std::move(settings)), visitors_(visitors) {
    open();
}

House::~House() { close(); }

void House::open() {
    threads_ = std::make_unique<Threads>();
    auto const viewer_of = [this](Id<"session"> session) -> Result<http::Viewer> {
        ++asked;
        std::scoped_lock const held(sessions_mutex);
        auto const& number = session.value;
        if (ended_sessions.contains(number)) return Viewers::ended();
        auto const moderates = number >= 90 && number <= 99 && !demoted.contains(number);
        return http::Viewer{{number}, session, moderates ? http::Role::moderator : http::Role::user,
            suspended.contains(number) ? http::Standing::suspended : http::Standing::active};
    };
    auto const recalled = [this, viewer_of](Id<"session"> session) {
        return forgetful ? std::optional<Result<http::Viewer>>() : std::optional(viewer_of(session));
    };
    media::Needs needs{people, settings_, folder.path("media"), std::string(32, 's'), 1, recalled, viewer_of, threads_->workers, topic,
        visitors_, this_program()};
    needs.min_free_bytes = min_free_bytes;
    module = std::make_unique<media::MediaModule>(media::make_media(context(), needs));
    wire = std::make_unique<Wire>("media", *database, module->module.routes, metrics, *threads_, visitors_);
    if (jobs_ == Jobs::running) module->start_jobs();
}

void House::close() {
    module->stop_jobs();
    wire.reset();
    module.reset();
}

void House::restart(std::optional<Jobs> jobs) {
    jobs_ = jobs.value_or(jobs_);
    close();
    open();
}

Answer House::ask(net::Method method, std::string const& target, std::string_view who, std::vector<std::string> headers, std::string body) {
    auto begun = begin(method, target, who, std::move(headers), body.size());
    if (!begun.accept.sink) {
        begun.request->body = std::move(body);
        return end(std::move(begun));
    }
    auto more = net::BodySink::More::yes;
    for (std::size_t at = 0; at < body.size() && more == net::BodySink::More::yes; at += 1000)
        more = begun.accept.sink->write(std::span(body).subspan(at, std::min<std::size_t>(1000, body.size() - at)));
    if (more == net::BodySink::More::yes) begun.accept.sink->finish(true);
    return end(std::move(begun));
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
    return answer.body.as_object();
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

} // namespace mozi::test
