// The media module on a real database and a real folder, asked through the gateway.
#pragma once

#include "show.hpp"
#include "support.hpp"
#include "temp_database.hpp"

#include <mozi/content/events.hpp>
#include <mozi/http/gateway.hpp>
#include <mozi/media/events.hpp>
#include <mozi/media/module.hpp>
#include <mozi/moderation/events.hpp>

#include <boost/json.hpp>

#include <atomic>
#include <set>

namespace mozi::test {

using media::MediaId;
using media::UserId;

inline constexpr std::string_view ada = "11", ben = "12", mod = "13", visitor = "";

struct Answer {
    int status = 0;
    std::string head, text; // of files: the bytes that would be sent
    std::string header(std::string_view name) const; // empty when absent
    boost::json::value json() const { return boost::json::parse(text); }
    std::string problem() const { return std::string(json().at("id").as_string()); }
};

// A text of an answer; empty where it is null.
inline std::string text_of(boost::json::object const& object, std::string_view key) {
    return object.at(key).is_string() ? std::string(object.at(key).as_string()) : std::string();
}

class House {
public:
    enum class Jobs { idle, running };
    explicit House(Jobs jobs = Jobs::idle, media::Settings settings = {}, http::Visitors visitors = http::Visitors::may_read);
    std::uint64_t min_free_bytes = 16u << 20; // heeded from the next restart() on
    ~House();

    // `who` is a user's number, empty for a visitor; 13 moderates. Their session has the same number. Headers "name: value".
    Answer ask(net::Method method, std::string target, std::string_view who, std::vector<std::string> headers = {}, std::string body = {});
    Answer get(std::string target, std::string_view who) { return ask(net::Method::get, std::move(target), who); }
    // A request whose body has not come yet: its sink, or the refusal.
    struct Begun {
        std::shared_ptr<net::Request> request;
        net::Accept accept;
    };
    Begun begin(net::Method method, std::string target, std::string_view who, std::vector<std::string> headers, std::uint64_t length);
    // Its answer: the body has come, or its sink has stopped.
    Answer end(Begun begun);

    // Uploads these bytes in one go; the media id.
    std::string upload(std::string const& bytes, std::string_view who = ada);
    boost::json::object media(std::string const& id, std::string_view who = ada);
    // Waits until the medium is READY or FAILED, at most two minutes.
    boost::json::object settled(std::string const& id);
    void wait_until(std::function<bool()> const& done);

    template <class E>
    void hear(E const& event) {
        bool heard = false;
        for (auto const& listener : module->module.listeners)
            if (listener.event == E::name) {
                REQUIRE(database->write([&](db::Transaction& tx) { return listener.handle(tx, events::told(event)); }));
                heard = true;
            }
        REQUIRE(heard);
    }
    std::vector<std::string> told(); // names of events so far
    void restart(std::optional<Jobs> jobs = {}); // the module as after an orderly stop and start

    TempFolder folder;
    TempDatabase database;
    struct TestClock final : Clock {
        Time now() const override { return Time{std::chrono::microseconds{at.load()}}; }
        std::atomic<std::int64_t> at{1'790'000'000'000'000};
    } clock;
    std::mutex sessions_mutex;
    std::set<std::int64_t> ended_sessions;
    std::unique_ptr<media::MediaModule> module;

private:
    void open();

    Jobs jobs_;
    media::Settings settings_;
    http::Visitors visitors_;
    metrics::Registry metrics_;
    events::Outbox outbox_{[](db::Database const&) {}};
    db::Topic topic_;
    std::unique_ptr<jobs::Pool> workers_, hashers_;
    std::unique_ptr<http::Gateway> gateway_;
};

} // namespace mozi::test
