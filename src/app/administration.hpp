// Routes of administrators about the house as a whole: events that were given up, and maintenance.
#pragma once

#include "settings.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/events/events.hpp>
#include <mozi/http/gateway.hpp>
#include <mozi/moderation/module.hpp>

namespace mozi::app {

// An event that a listener failed on for good.
struct DeadEvent {
    std::string id; // "<database>.<source>.<seq>.<listener>"
    std::string listener, source, name, reason;
    std::int64_t seq = 0;
    Time failed_at;
    static constexpr auto fields() {
        return std::tuple{field("id", &DeadEvent::id), field("listener", &DeadEvent::listener, {.help = "Who could not hear it."}),
            field("source", &DeadEvent::source, {.help = "Whose event it is."}), field("name", &DeadEvent::name),
            field("reason", &DeadEvent::reason), field("seq", &DeadEvent::seq), field("failedAt", &DeadEvent::failed_at)};
    }
};

struct RetriedEvents {
    std::int64_t handled = 0, left = 0;
    static constexpr auto fields() { return std::tuple{field("handled", &RetriedEvents::handled), field("left", &RetriedEvents::left)}; }
};

struct Maintenance {
    bool on = false;
    std::optional<std::string> message;
    static constexpr auto fields() {
        return std::tuple{field("on", &Maintenance::on), field("message", &Maintenance::message, {.help = "What people read."})};
    }
};

struct SetMaintenance {
    bool on = false;
    std::optional<std::string> message;
    std::string reason;
    static constexpr auto fields() {
        return std::tuple{field("on", &SetMaintenance::on),
            field("message", &SetMaintenance::message, {.min = 1, .max = 500, .help = "What people read; without it, a sentence of ours."}),
            field("reason", &SetMaintenance::reason,
                {.min = 1, .max = 1000, .format = json::Format::text, .help = "Kept in the record of decisions."})};
    }
};

class AdministrationRoutes {
public:
    struct Needs {
        std::map<std::string, std::unique_ptr<db::Database>> const& databases;
        events::Dispatcher& dispatcher;
        http::Gateway& gateway;
        blob::Folder const& dir; // of the data: maintenance is kept there over a restart
        moderation::Record& record;
    };
    // Takes up maintenance where it was left on.
    explicit AdministrationRoutes(Needs needs);
    std::vector<http::Route> routes();

private:
    struct ListDead : Paging {
        static constexpr auto fields() { return paging_fields<ListDead>(); }
    };
    struct ForgetDead {
        std::string id, reason;
        static constexpr auto fields() {
            return std::tuple{
                field("id", &ForgetDead::id, {.min = 1, .max = 200, .format = json::Format::token, .where = json::Where::path}),
                field("reason", &ForgetDead::reason,
                    {.min = 1,
                        .max = 1000,
                        .format = json::Format::text,
                        .where = json::Where::query,
                        .absent = json::Absent::refused,
                        .help = "Kept in the record of decisions."})};
        }
    };
    Result<std::int64_t> count_dead() const;
    Result<Page<DeadEvent>> list(http::Call& call, ListDead const& in);
    Result<RetriedEvents> retry(http::Call& call, http::Empty const& in);
    Result<http::Empty> forget(http::Call& call, ForgetDead const& in);
    Result<Maintenance> get(http::Call& call, http::Empty const& in);
    Result<Maintenance> put(http::Call& call, SetMaintenance const& in);

    Needs needs_;
    std::mutex mutex_; // one at a time changes maintenance, or retries
};

} // namespace mozi::app
