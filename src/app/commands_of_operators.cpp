// Each command is a request to a route of administrators, and what is printed of its answer.
#include "commands.hpp"
#include "printing.hpp"

#include <mozi/json/write.hpp>

#include <iostream>

namespace mozi::app {

namespace {

void add_events_commands(CLI::App& cli, Chosen& chosen) {
    struct Words {
        std::string id, reason;
        bool yes = false;
        Listing listing;
    };
    auto const w = std::make_shared<Words>();
    auto* const events = cli.add_subcommand("events", "Events that were given up; also while the server runs");
    events->require_subcommand(1);
    auto* const dead = events->add_subcommand("dead", "List them, with the reason");
    w->listing.add_to(*dead);
    dead->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            if (!DataLock::address_of(settings.data.dir)) return events_dead(settings);
            return print_list(settings, "/api/admin/events/dead", w->listing, "dead events", {"ID", "SINCE", "EVENT", "REASON"},
                [](boost::json::value const& row) -> std::vector<std::string> {
                    return {text_at(row, "id"), text_at(row, "failedAt"), text_at(row, "name"), text_at(row, "reason")};
                });
        };
    });
    events->add_subcommand("retry", "Let them be heard again, now")->callback([&chosen] {
        chosen = [](Settings const& settings) {
            return run(settings, [](Operator& house) {
                auto const answer = house.ask(Method::post, "/api/admin/events/dead/retry");
                if (!answer.good()) return refused(answer);
                std::cout << text_at(answer.json(), "handled") << " events handled, " << text_at(answer.json(), "left") << " left.\n";
                return EX_OK;
            });
        };
    });
    auto* const forget = events->add_subcommand("forget", "Give one up for good: what it would have done is never done");
    forget->add_option("id", w->id, "As `events dead` names it")->required();
    forget->add_option("--reason", w->reason, "Why, in a sentence; kept in the record of decisions")->required();
    forget->add_flag("--yes", w->yes, "Do not ask");
    forget->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            if (!confirmed("What this event would have done is never done then: " + w->id + ".", "forget", w->yes)) return EX_USAGE;
            return run(settings, [w](Operator& house) {
                auto const answer =
                    house.ask(Method::delete_, "/api/admin/events/dead/" + query_value(w->id) + "?reason=" + query_value(w->reason));
                if (!answer.good()) return refused(answer);
                std::cout << "Forgotten.\n";
                return EX_OK;
            });
        };
    });
}

void add_audit_commands(CLI::App& audit, Chosen& chosen) {
    auto const listing = std::make_shared<Listing>();
    auto* const show = audit.add_subcommand("show", "The record of decisions, latest first; also while the server runs");
    listing->add_to(*show);
    show->callback([&chosen, listing] {
        chosen = [listing](Settings const& settings) {
            return print_list(settings, "/api/admin/audit", *listing, "rows", {"ROW", "WHEN", "WHO", "WHAT", "ABOUT", "REASON"},
                [](boost::json::value const& row) -> std::vector<std::string> {
                    auto const& actor = row.at("actor");
                    return {text_at(row, "row"), text_at(row, "at"), actor.is_null() ? "the operator" : text_at(actor, "username"),
                        text_at(row, "what"), text_at(row, "subject"), text_at(row, "reason")};
                });
        };
    });
    audit.add_subcommand("verify", "Look through all of it now; also while the server runs")->callback([&chosen] {
        chosen = [](Settings const& settings) {
            return run(settings, [](Operator& house) {
                auto const answer = house.ask(Method::post, "/api/admin/audit/verify");
                if (!answer.good()) return refused(answer);
                std::cout << text_at(answer.json(), "rows") << " rows: sealed, anchored, and as decided.\n";
                return EX_OK;
            });
        };
    });
}

int tell_maintenance(Operator::Answer const& answer) {
    if (!answer.good()) return refused(answer);
    auto const now = answer.json();
    std::cout << (now.at("on").as_bool() ? "Maintenance: only administrators write. People read: " + text_at(now, "message")
                                         : std::string("No maintenance: everybody writes."))
              << "\n";
    return EX_OK;
}

void add_maintenance_commands(CLI::App& cli, Chosen& chosen) {
    struct Words {
        std::string message, reason;
    };
    auto* const command = cli.add_subcommand("maintenance", "Let only administrators write; reading and watching go on");
    command->require_subcommand(1);
    auto const w = std::make_shared<Words>();
    auto const set = [&](std::string const& word, std::string const& what, std::string const& on) {
        auto* const made = command->add_subcommand(word, what);
        made->add_option("--reason", w->reason, "Why, in a sentence; kept in the record of decisions")->required();
        made->callback([&chosen, w, on] {
            chosen = [w, on](Settings const& settings) {
                return run(settings, [&](Operator& house) {
                    std::string body = "{\"on\":" + on + ",\"reason\":";
                    json::write_string(body, w->reason);
                    if (!w->message.empty()) json::write_string(body += ",\"message\":", w->message);
                    return tell_maintenance(house.ask(Method::put, "/api/admin/maintenance", body + "}"));
                });
            };
        });
        return made;
    };
    set("on", "Begin; it outlives a restart", "true")->add_option("--message", w->message, "What people read");
    set("off", "End", "false");
    command->add_subcommand("show", "Whether it is on")->callback([&chosen] {
        chosen = [](Settings const& settings) {
            return run(settings, [](Operator& house) { return tell_maintenance(house.ask(Method::get, "/api/admin/maintenance")); });
        };
    });
}

struct MediaWords {
    std::string id, reason, by = "person", owner;
    bool unused = false;
    Listing listing;
};

int act_on_medium(Settings const& settings, Method method, std::string const& target, std::string const& done) {
    return run(settings, [&](Operator& house) {
        auto const answer = house.ask(method, target);
        if (!answer.good()) return refused(answer);
        std::cout << done << "\n";
        return EX_OK;
    });
}

std::vector<std::string> medium_line(boost::json::value const& row) {
    auto const& owner = row.at("owner");
    std::string titles;
    for (auto const& title : row.at("titles").as_array()) titles += (titles.empty() ? "" : ", ") + text_of(title);
    return {text_at(row, "id"), mebibytes(row, "bytesOnDisk"), text_at(row, "status"), text_at(row, "createdAt"),
        text_at(owner, "username"), text_at(row, "filename"), titles.empty() ? "-" : titles};
}

std::vector<std::string> const medium_head{"ID", "ON DISK", "STATE", "SINCE", "OWNER", "FILE", "TITLES"};

int media_list(Operator& house, MediaWords const& w) {
    std::string target = "/api/admin/media?";
    if (!w.owner.empty()) {
        auto const owner = id_of(house, w.owner);
        if (owner.empty()) return EX_DATAERR;
        target += "owner=" + owner + "&";
    }
    if (w.unused) target += "shown=false&";
    target.pop_back();
    return print_list(house, target, w.listing, "uploads", medium_head, medium_line);
}

int media_storage(Settings const& settings, MediaWords const& w) {
    if (w.by == "title")
        return print_list(settings, "/api/admin/media?shown=true", w.listing, "films that titles show", medium_head, medium_line);
    return print_list(
        settings, "/api/admin/storage", w.listing, "people", {"ID", "NAME", "ON DISK", "UPLOADS"}, [](boost::json::value const& row) {
            auto const& person = row.at("person");
            return std::vector<std::string>{
                text_at(person, "id"), text_at(person, "username"), mebibytes(row, "used"), text_at(row, "media")};
        });
}

int list_orphans(Operator& house) {
    auto const answer = house.ask(Method::get, "/api/admin/media/orphans");
    if (!answer.good()) return refused(answer);
    auto const found = answer.json();
    Rows rows;
    for (auto const& folder : found.at("folders").as_array())
        rows.push_back({"folder", text_at(folder, "id"), mebibytes(folder, "bytes"), ""});
    for (auto const& row : found.at("rows").as_array())
        rows.push_back({"upload", text_at(row, "id"), text_at(row, "missing") + " missing", text_at(row, "filename")});
    print(rows);
    std::cout << found.at("folders").as_array().size() << " folders without an upload, " << found.at("rows").as_array().size()
              << " uploads without their files" << (found.at("more").as_bool() ? ", and more" : "") << ". Nothing was changed"
              << (rows.empty() ? "" : "; --mend does") << ".\n";
    return EX_OK;
}

int mend_orphans(Operator& house) {
    auto const answer = house.ask(Method::post, "/api/admin/media/orphans/mend");
    if (!answer.good()) return refused(answer);
    auto const done = answer.json();
    std::cout << text_at(done, "putAside") << " folders put aside for 30 days, " << text_at(done, "preparedAgain")
              << " films prepared again, " << text_at(done, "failed") << " uploads are lost and say so.\n";
    return EX_OK;
}

void add_media_commands(CLI::App& cli, CLI::App& media, Chosen& chosen) {
    auto const w = std::make_shared<MediaWords>();
    auto* const list = media.add_subcommand("list", "Everybody's uploads, biggest first; also while the server runs");
    list->add_option("--owner", w->owner, "Only those of this account: its name or id");
    list->add_flag("--unused", w->unused, "Only those that no title shows");
    w->listing.add_to(*list);
    list->callback([&chosen, w] {
        chosen = [w](Settings const& settings) { return run(settings, [&](Operator& house) { return media_list(house, *w); }); };
    });
    auto* const storage = media.add_subcommand("storage", "Who keeps how much; also while the server runs");
    storage->add_option("--by", w->by, "person or title")->check(CLI::IsMember({"person", "title"}));
    w->listing.add_to(*storage);
    storage->callback([&chosen, w] { chosen = [w](Settings const& settings) { return media_storage(settings, *w); }; });
    auto const on_one = [&](std::string const& name, std::string const& what, bool with_reason) {
        auto* const command = media.add_subcommand(name, what);
        command->add_option("id", w->id, "As `media list` names it")->required();
        if (with_reason) command->add_option("--reason", w->reason, "Why, in a sentence; kept in the record of decisions")->required();
        return command;
    };
    on_one("delete", "Delete an upload of anybody's, for good", true)->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            return act_on_medium(
                settings, Method::delete_, "/api/admin/media/" + query_value(w->id) + "?reason=" + query_value(w->reason), "Deleted.");
        };
    });
    on_one("retry", "Prepare a failed upload again", false)->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            return act_on_medium(settings, Method::post, "/api/admin/media/" + query_value(w->id) + "/retry", "It is prepared again.");
        };
    });
    on_one("cancel", "Stop a preparation; only administrators begin it again", true)->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            return act_on_medium(
                settings, Method::delete_, "/api/jobs/" + query_value(w->id) + "?reason=" + query_value(w->reason), "Stopped.");
        };
    });
    struct Mends {
        bool yes = false, no = false;
    };
    auto const mends = std::make_shared<Mends>();
    auto* const orphans =
        media.add_subcommand("orphans", "Folders without an upload, and uploads without files; changes nothing without --mend");
    auto* const mend = orphans->add_flag(
        "--mend", mends->yes, "Put such folders aside for 30 days, make lost versions again, say of what is lost that it is");
    orphans->add_flag("--dry-run", mends->no, "Only list them, as it is without --mend")->excludes(mend);
    orphans->callback([&chosen, mends] {
        chosen = [mends](Settings const& settings) {
            return run(settings, [&](Operator& house) { return mends->yes ? mend_orphans(house) : list_orphans(house); });
        };
    });
    auto* const jobs = cli.add_subcommand("jobs", "Videos that are prepared or wait for it; also while the server runs");
    jobs->require_subcommand(1);
    auto* const queue = jobs->add_subcommand("list", "In the order they came");
    w->listing.add_to(*queue);
    queue->callback([&chosen, w] {
        chosen = [w](Settings const& settings) {
            return print_list(settings, "/api/jobs", w->listing, "preparations",
                {"ID", "SIZE", "PRIORITY", "RUNS", "PROGRESS", "TRIES", "SINCE", "OWNER", "FILE"}, [](boost::json::value const& row) {
                    auto const percent = int(row.at("progress").to_number<double>() * 100);
                    return std::vector<std::string>{text_at(row, "id"), mebibytes(row, "size"), text_at(row, "priority"),
                        text_at(row, "running"), std::to_string(percent) + " %", text_at(row, "tries"), text_at(row, "queuedAt"),
                        text_at(row, "ownerId"), text_at(row, "filename")};
                });
        };
    });
}

} // namespace

void add_commands_of_operators(CLI::App& cli, CLI::App& media, CLI::App& audit, Chosen& chosen) {
    add_user_commands(cli, chosen);
    add_media_commands(cli, media, chosen);
    add_events_commands(cli, chosen);
    add_audit_commands(audit, chosen);
    add_maintenance_commands(cli, chosen);
    add_log_commands(cli, chosen);
}

} // namespace mozi::app
