// `videa-mozi user …`: accounts.
#include "looking.hpp"
#include "printing.hpp"

#include <mozi/log/log.hpp>

#include <iostream>

namespace mozi::app {

namespace {

struct UserWords {
    std::string name, email, role = "USER", status, reason;
    bool from_stdin = false, yes = false, make = false;
    Listing listing;
};

int user_create(Settings const& settings, UserWords const& w) {
    auto const body = body_of({{"email", w.email}, {"username", w.name}, {"password", first_line()}, {"role", w.role}});
    auto const create = [&](Operator& house) {
        auto const answer = house.ask(Method::post, "/api/admin/users", body);
        if (!answer.good()) return refused(answer);
        std::cout << "Created " << shown(w.name) << " (" << w.role << ").\n";
        return EX_OK;
    };
    log::configure({"error", "text"});
    try {
        Operator house(settings, w.make ? Hold::Takes::make : Hold::Takes::existing);
        return create(house);
    } catch (NoInstallation const& cause) {
        return refuse(settings, NoInstallation(std::string(cause.what()) +
                                               " An account made here would be one that no server knows. Where the server's data lies "
                                               "elsewhere, name its configuration with --config or its folder with --set data.dir=…; "
                                               "if an installation is to begin here with this account, add --new."));
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

int user_list(Settings const& settings, UserWords const& w) {
    std::string target = "/api/admin/users?";
    for (auto const& [key, value] : {std::pair{"name", w.name}, {"role", w.role}, {"status", w.status}})
        if (!value.empty()) target += std::string(key) + "=" + query_value(value) + "&";
    target.pop_back();
    return print_list(settings, target, w.listing, "accounts", {"ID", "NAME", "ROLE", "STATUS", "E-MAIL", "JOINED", "LAST SIGN-IN"},
        [](boost::json::value const& row) {
            std::vector<std::string> out;
            for (auto const* key : {"id", "username", "role", "status", "email", "createdAt", "lastLoginAt"})
                out.push_back(text_at(row, key));
            return out;
        });
}

int user_show(Settings const& settings, UserWords const& w) {
    return run(settings, [&](Operator& house) {
        auto const id = id_of(house, w.name);
        if (id.empty()) return EX_DATAERR;
        auto const answer = house.ask(Method::get, "/api/admin/users/" + id),
                   room = house.ask(Method::get, "/api/admin/users/" + id + "/storage");
        if (!answer.good()) return refused(answer);
        auto const user = answer.json();
        Rows rows;
        for (auto const* key : {"id", "username", "displayName", "email", "role", "status", "hidden", "createdAt", "lastLoginAt"})
            rows.push_back({key, text_at(user, key)});
        if (room.good()) rows.push_back({"storage", mebibytes(room.json(), "used") + " in " + text_at(room.json(), "media") + " uploads"});
        auto const& sessions = user.at("sessions").as_array();
        rows.push_back({"sessions", std::to_string(sessions.size())});
        print(rows);
        for (auto const& session : sessions)
            std::cout << "  " << text_at(session, "lastUsedAt") << "  " << text_at(session, "ipAddress") << "  "
                      << text_at(session, "userAgent") << "\n";
        return EX_OK;
    });
}

// An act on one account, which is told by `say`.
int on_user(Settings const& settings, std::string const& name,
    std::function<Operator::Answer(Operator&, std::string const& path)> const& act,
    std::function<void(boost::json::value const&)> const& say) {
    return run(settings, [&](Operator& house) {
        auto const id = id_of(house, name);
        if (id.empty()) return EX_DATAERR;
        auto const answer = act(house, "/api/admin/users/" + id);
        if (!answer.good()) return refused(answer);
        say(answer.json());
        return EX_OK;
    });
}

int user_role(Settings const& settings, UserWords const& w) {
    return on_user(
        settings, w.name,
        [&](Operator& house, std::string const& path) {
            return house.ask(Method::put, path + "/role", body_of({{"role", w.role}, {"reason", w.reason}}));
        },
        [&](boost::json::value const& user) { std::cout << shown(w.name) << " is " << text_at(user, "role") << " now.\n"; });
}

int user_password(Settings const& settings, UserWords const& w) {
    std::vector<std::pair<std::string, std::string>> fields{{"reason", w.reason}};
    if (w.from_stdin) fields.emplace_back("password", first_line());
    return on_user(
        settings, w.name,
        [&](Operator& house, std::string const& path) { return house.ask(Method::post, path + "/password", body_of(fields)); },
        [&](boost::json::value const& made) {
            std::cout << text_at(made, "endedSessions") << " sessions of " << shown(w.name) << " ended.\n";
            if (!w.from_stdin) std::cout << "New password, told this once: " << text_at(made, "password") << "\n";
        });
}

int user_end_sessions(Settings const& settings, UserWords const& w) {
    return on_user(
        settings, w.name,
        [&](Operator& house, std::string const& path) {
            return house.ask(Method::delete_, path + "/sessions?reason=" + query_value(w.reason));
        },
        [&](boost::json::value const& ended) { std::cout << text_at(ended, "endedSessions") << " sessions ended.\n"; });
}

int user_delete(Settings const& settings, UserWords const& w) {
    if (!confirmed("Deleting " + w.name +
                       " cannot be undone: name, e-mail address, profile, sessions and unfinished uploads go; titles, "
                       "comments and films stay, as a deleted account's.",
            w.name, w.yes))
        return EX_USAGE;
    return on_user(
        settings, w.name,
        [&](Operator& house, std::string const& path) { return house.ask(Method::delete_, path + "?reason=" + query_value(w.reason)); },
        [&](boost::json::value const&) { std::cout << "Deleted " << shown(w.name) << ".\n"; });
}

CLI::App* add_on_user(CLI::App& user, std::string const& name, std::string const& what, std::shared_ptr<UserWords> const& w) {
    auto* const command = user.add_subcommand(name, what);
    command->add_option("name", w->name, "User name or id")->required();
    command->add_option("--reason", w->reason, "Why, in a sentence; kept in the record of decisions")->required();
    return command;
}

} // namespace

void add_user_commands(CLI::App& cli, Chosen& chosen) {
    auto* const user = cli.add_subcommand("user", "Accounts; also while the server runs");
    user->require_subcommand(1);
    auto const w = std::make_shared<UserWords>();
    auto const does = [&chosen, w](CLI::App* command, int (*act)(Settings const&, UserWords const&)) {
        command->callback([&chosen, w, act] { chosen = [w, act](Settings const& settings) { return act(settings, *w); }; });
    };
    CLI::IsMember const ranks({"USER", "MODERATOR", "ADMIN"});
    auto* const create = user->add_subcommand("create", "Create an account");
    create->add_option("--username", w->name, "Letters, digits and _")->required();
    create->add_option("--email", w->email, "E-mail address")->required();
    create->add_option("--role", w->role, "USER, MODERATOR or ADMIN")->check(ranks);
    create->add_flag("--password-stdin", w->from_stdin, "Read the password from the first line of standard input")->required();
    create->add_flag("--new", w->make, "Make an installation too, where there is none");
    does(create, user_create);
    auto* const list = user->add_subcommand("list", "Newest first; with --name in the order of names");
    list->add_option("--name", w->name, "Beginning of the user name");
    list->add_option("--role", w->role, "USER, MODERATOR or ADMIN")->check(ranks);
    list->add_option("--status", w->status, "ACTIVE, SUSPENDED, BANNED, PENDING_VERIFICATION or DELETED; else all but deleted ones");
    w->listing.add_to(*list);
    list->callback([&chosen, w, list] {
        if (list->count("--role") == 0) w->role.clear();
        chosen = [w](Settings const& settings) { return user_list(settings, *w); };
    });
    auto* const show = user->add_subcommand("show", "One account: rank, standing, storage, where it is signed in");
    show->add_option("name", w->name, "User name or id")->required();
    does(show, user_show);
    auto* const role = add_on_user(*user, "role", "Give an account another rank", w);
    role->add_option("role", w->role, "USER, MODERATOR or ADMIN")->required()->check(ranks);
    does(role, user_role);
    auto* const password = add_on_user(*user, "password", "Give an account a new password, which ends its sessions", w);
    password->add_flag("--password-stdin", w->from_stdin, "Read it from standard input; else one is made and told once");
    does(password, user_password);
    does(add_on_user(*user, "end-sessions", "Sign an account out everywhere", w), user_end_sessions);
    auto* const remove = add_on_user(*user, "delete", "Delete an account and all that says who it was", w);
    remove->add_flag("--yes", w->yes, "Do not ask");
    does(remove, user_delete);
}

} // namespace mozi::app
