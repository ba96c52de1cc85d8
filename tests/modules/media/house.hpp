// The media module on a real database and a real folder, asked through the gateway.
#pragma once

#include "house_of.hpp"
#include "people.hpp"
#include "support.hpp"

#include <atomic>
#include <mozi/content/events.hpp>
#include <mozi/media/events.hpp>
#include <mozi/media/module.hpp>
#include <mozi/moderation/events.hpp>

#include <set>

namespace mozi::test {

using media::MediaId;
using media::UserId;

inline constexpr std::string_view ada = "11", ben = "12", mod = "91:MODERATOR", admin = "99:ADMIN", visitor = "";

// A text of an answer; empty where it is null.
inline std::string text_of(boost::json::object const& object, std::string_view key) {
    return object.at(key).is_string() ? std::string(object.at(key).as_string()) : std::string();
}

class House : public Ground {
public:
    enum class Jobs { idle, running };
    explicit House(Jobs jobs = Jobs::idle, media::Settings settings = {}, http::Visitors visitors = http::Visitors::may_read);
    std::uint64_t min_free_bytes = 16u << 20; // heeded from the next restart() on
    ~House();

    // `who` is a token of Wire's: a user's number, empty for a visitor. Headers "name: value". A body whose route takes it as it comes
    // arrives in pieces, as a connection brings them.
    Answer ask(
        net::Method method, std::string const& target, std::string_view who, std::vector<std::string> headers = {}, std::string body = {});
    Answer get(std::string const& target, std::string_view who) { return ask(net::Method::get, target, who); }
    using Begun = Wire::Begun;
    Begun begin(
        net::Method method, std::string const& target, std::string_view who, std::vector<std::string> headers, std::uint64_t length) {
        return wire->begin(method, target, std::string(who), std::move(headers), length);
    }
    Answer end(Begun begun) { return wire->end(std::move(begun)); }

    // Uploads these bytes in one go; the media id.
    std::string upload(std::string const& bytes, std::string_view who = ada);
    boost::json::object media(std::string const& id, std::string_view who = ada);
    // Waits until the medium is READY or FAILED, at most two minutes.
    boost::json::object settled(std::string const& id);
    void wait_until(std::function<bool()> const& done);

    template <class E>
    void hear(E const& event) {
        tell(module->module.listeners, event);
    }
    void restart(std::optional<Jobs> jobs = {}); // the module as after an orderly stop and start

    TempFolder folder;
    People people;
    std::mutex sessions_mutex;
    std::atomic<bool> forgetful = false; // who asks has to be read each time
    std::atomic<int> asked = 0; // times that it was
    std::set<std::int64_t> ended_sessions, suspended, demoted;
    void note(std::set<std::int64_t>& in, std::int64_t session) {
        std::scoped_lock const held(sessions_mutex);
        in.insert(session);
    }
    std::unique_ptr<media::MediaModule> module;
    std::unique_ptr<Wire> wire;

private:
    void open();
    void close();

    Jobs jobs_;
    media::Settings settings_;
    http::Visitors visitors_;
    std::unique_ptr<Threads> threads_;
};

} // namespace mozi::test
