// The commands besides serve.
#include "commands.hpp"

#include "complain.hpp"
#include "composition.hpp"
#include "effects_check.hpp"
#include "health.hpp"
#include "installation.hpp"
#include "looking.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/json/read.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/client.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <sysexits.h>
#include <unistd.h>

namespace mozi::app {

namespace {

struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder() {
        auto name = (std::filesystem::temp_directory_path() / "videa-mozi-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

} // namespace

std::string sentence_of(std::string const& body) {
    auto const parsed = json::parse(body);
    if (!parsed || !parsed->is_object()) return body;
    std::string out;
    if (auto const* detail = parsed->as_object().if_contains("detail"); detail && detail->is_string())
        out = std::string(detail->as_string());
    if (auto const* errors = parsed->as_object().if_contains("errors"); errors && errors->is_array())
        for (auto const& error : errors->as_array())
            out += "\n  " + std::string(error.at("pointer").as_string()) + ": " + std::string(error.at("message").as_string());
    return out;
}

int migrate(Settings const& settings) {
    log::configure({"info", "text"});
    try {
        DataLock const lock(settings.data.dir);
        House const house(settings, Purpose::describe, {});
        std::cout << "The schema is up to date.\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

int config_check(Given const& given) {
    auto const settings = load_settings(given, environ);
    if (!settings) return complain(settings.error().message, EX_CONFIG);
    std::cout << "The configuration is fine.\n";
    return EX_OK;
}

int print_openapi(Settings const& given) {
    log::configure({"error", "text"});
    TemporaryFolder const folder;
    auto settings = given;
    settings.data.dir = folder.path.string();
    settings.data.min_free_bytes = 0;
    settings.database.url.clear();
    House house(settings, Purpose::describe, {});
    std::cout << house.gateway().openapi();
    return EX_OK;
}

int create_user(Settings const& settings, NewUser const& user) {
    log::configure({"error", "text"});
    std::string password;
    std::getline(std::cin, password);
    if (password.ends_with('\r')) password.pop_back(); // the other half of a line end
    auto const role = from_text<http::Role>(user.role);
    if (!role || *role == http::Role::visitor) return complain("--role is USER, MODERATOR or ADMIN.", EX_USAGE);
    try {
        if (auto const address = DataLock::address_of(settings.data.dir)) {
            auto const secret = installation_secret(blob::Folder(settings.data.dir));
            std::string body = "{\"operatorToken\":";
            json::write_string(body, user::operator_token(secret, system_clock().now()));
            for (auto const& [key, value] :
                {std::pair{"email", user.email}, {"username", user.username}, {"password", password}, {"role", user.role}}) {
                body += std::string(",\"") + key + "\":";
                json::write_string(body, value);
            }
            auto const answer = net::fetch(
                *address + "/api/operator/users", "POST", {{"Content-Type", "application/json"}}, body + "}", std::chrono::seconds(10));
            if (!answer) return complain("The running server does not answer at " + *address + ".", EX_UNAVAILABLE);
            if (answer->status != 201) return complain(sentence_of(answer->body), EX_DATAERR);
        } else {
            DataLock const lock(settings.data.dir);
            House house(settings, Purpose::serve, {});
            auto const made = house.users().create_account(user.email, user.username, password, *role);
            if (!made) return complain(made.error().message, EX_DATAERR);
        }
        std::cout << "Created " << user.username << " (" << user.role << ").\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

namespace {

Result<media::Strays> strays_in(Look const& look, Settings const& settings) {
    return media::look_for_strays(*look.databases().at("media"), std::filesystem::path(settings.data.dir) / "media");
}

void print(std::vector<media::Stray> const& strays) {
    for (auto const& stray : strays) std::cout << stray.id.text() << "  " << (stray.bytes >> 20) << " MiB\n";
}

} // namespace

int media_strays(Settings const& settings, Strays what) {
    log::configure({"error", "text"});
    try {
        if (what == Strays::put_unknown_aside || what == Strays::empty_trash) {
            DataLock const lock(settings.data.dir);
            House house(settings, Purpose::describe, {});
            auto& keeping = house.keeping();
            auto const done = what == Strays::put_unknown_aside ? keeping.trash_unknown() : keeping.empty_trash();
            if (!done) return complain(done.error().message, EX_UNAVAILABLE);
            std::cout << *done
                      << (what == Strays::put_unknown_aside ? " folders put aside, for 30 days.\n" : " folders removed for good.\n");
            return EX_OK;
        }
        Look const look(settings);
        look.must_be_current();
        auto const found = strays_in(look, settings);
        if (!found) return complain(found.error().message, EX_UNAVAILABLE);
        auto const& strays = what == Strays::unknown ? found->unknown : found->trashed;
        print(strays);
        std::cout << strays.size()
                  << (what == Strays::unknown ? " of " + std::to_string(found->folders) + " film folders are not known to the database.\n"
                                              : " folders are in the trash.\n");
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

int accept_record(Settings const& settings, std::string const& reason) {
    log::configure({"error", "text"});
    if (reason.empty() || reason.size() > 1000) return complain("--reason is a sentence of at most 1,000 characters.", EX_USAGE);
    try {
        Look(settings).must_be_current();
        DataLock const lock(settings.data.dir);
        House house(settings, Purpose::describe, {});
        auto const accepted = house.record().accept(reason);
        if (!accepted) return complain(accepted.error().message, EX_UNAVAILABLE);
        std::cout << "The record of decisions counts as it stands, up to row " << *accepted << ". The row behind it says so.\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

int adopt_installation(Settings const& settings) {
    log::configure({"error", "text"});
    try {
        DataLock const lock(settings.data.dir);
        Installation::adopt(settings);
        std::cout
            << "What lies there now belongs together. The next start makes what is missing; unknown film folders stay where they are.\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

// Whether the address that people use leads to this very server; what it is asked says the same through either.
void doubt_base_url(Settings const& settings, std::string const& address, std::function<void(bool, std::string const&)> const& say) {
    auto const& url = settings.server.base_url;
    if (url.empty()) return;
    auto const ask = [](std::string const& base) { return net::fetch(base + "/api/instance", "GET", {}, {}, std::chrono::seconds(4)); };
    auto const here = ask(address), there = ask(url);
    if (!here) return;
    if (!there) std::cout << "LOOK  " << url << " (server.base_url) does not answer from this machine; it may well do so from elsewhere\n";
    else if (there->status == here->status && there->body == here->body) say(true, url + " leads to this server");
    else
        say(false, url + " (server.base_url) is answered by something else (status " + std::to_string(there->status) +
                       "). A proxy has to pass the whole host name on; below a path it is not served");
}

// Tables that the ledger implies and that are not there: the steps it names make them in a database that is thrown away.
std::string missing_tables(std::string const& name, db::Database& database) {
    TemporaryFolder const folder;
    auto const made = db::Database::open({.name = name, .dir = folder.path, .min_free_bytes = 0});
    made->migrate(mozi_platform_schema(), "platform");
    made->migrate(module_migrations().at(name));
    auto const there = database.tables(), wanted = made->tables();
    if (!there || !wanted) return "its tables cannot be listed";
    std::string out;
    for (auto const& table : *wanted)
        if (std::ranges::find(*there, table) == there->end()) out += (out.empty() ? "" : ", ") + table;
    return out.empty() ? out
                       : "tables are missing that its ledger says were made: " + out +
                             ". Restore the database from a backup or from the folder snapshots (docs/operations.md, Backup)";
}

// Empty: it is whole.
std::string fault_of_database(std::string const& name, db::Database& database) {
    for (auto const& checked : {database.check_pages(), database.probe()})
        if (!checked) return checked.error().message + " " + checked.error().detail;
    return missing_tables(name, database);
}

// Rows that an accident left without their parents: they hinder nothing, and somebody should know.
void tell_orphans(std::string const& name, db::Database& database) {
    constexpr int most = 20;
    auto const found = database.orphans(most);
    if (!found) return;
    for (auto const& orphan : *found)
        std::cout << "LOOK  " << name << " database: " << (orphan.row ? "row " + std::to_string(*orphan.row) : std::string("a row"))
                  << " of the table " << orphan.table << " refers to a row of " << orphan.parent << " that is not there\n";
    if (!found->empty())
        std::cout << "LOOK  " << (std::ssize(*found) == most ? "there may be more of them; " : "") << "they hinder nothing. Restore "
                  << name << ".db from before they came, or with the server stopped and a backup at hand "
                  << "delete them: sqlite3 " << name << ".db \"DELETE FROM <table> WHERE rowid = <row>\"\n";
}

// The walls around ffmpeg, and every known way out of them tried.
void look_at_walls(Settings const& settings, std::function<void(bool, std::string const&)> const& say) {
    TemporaryFolder const folder;
    auto const walls = media::inspect_jail(settings.media, folder.path);
    auto const allowed = settings.media.allow_unsandboxed == media::Unsandboxed::allowed;
    if (allowed)
        std::cout
            << "LOOK  media.allow_unsandboxed: films are prepared whatever is missing of the jail's walls. Take it out when nothing is\n";
    say(walls.stands, (walls.stands ? "films are prepared behind: " : "films cannot be prepared safely, and are not: ") + walls.walls +
                          (walls.stands ? "" : ". docs/operations.md, The jail, says what the system has to grant"));
    if (!walls.stands) return;
    std::string leaks;
    for (auto const& leak : walls.leaks) leaks += (leaks.empty() ? "" : ", ") + leak;
    if (walls.tried > 0)
        say(leaks.empty(), "the jail: " + std::to_string(walls.tried) + " ways out were tried, " +
                               (leaks.empty() ? "none leads out" : "and these lead out: " + leaks));
    else std::cout << "LOOK  the jail: ways out cannot be tried, as something outside listens to system calls already\n";
    auto const fault = media::fault_of_tools(settings.media, folder.path);
    say(fault.empty(), fault.empty() ? "ffmpeg and ffprobe work behind them" : fault);
}

std::string look_at_record(Databases const& databases, Settings const& settings, std::function<void(bool, std::string const&)> const& say) {
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
    auto const secret = dir.read("secret", 200);
    if (!databases.contains("moderation") || !secret) return {}; // said elsewhere
    auto record = record_settings(settings, std::string(trim(*secret)));
    EffectsCheck effects{.databases = {}, .places = module_places()};
    for (auto const& [name, database] : databases) effects.databases[name] = database.get();
    record.check_effects = [&] { return check_effects(effects); };
    auto const rows = moderation::verify_record(*databases.at("moderation"), record);
    auto fault = rows ? std::string() : rows.error().message;
    say(rows.has_value(), rows ? "record of decisions: " + std::to_string(*rows) + " rows, sealed, anchored, and as decided" : fault);
    return fault;
}

// The same while the server goes on writing: nothing waits for it, and what is on its way is no fault.
std::string look_at_record_beside(Settings const& settings, std::function<void(bool, std::string const&)> const& say) {
    auto const databases = look_at_databases(settings, db::Access::beside);
    for (auto const& [name, database] : databases)
        if (auto const current = check_schema(name, *database); !current) {
            std::cout << "LOOK  the record of decisions is not looked at: the running server is of another version than this ("
                      << current.error().id << " in " << name << ")\n";
            return {};
        }
    return look_at_record(databases, settings, say);
}

// While no server runs. Throws as Look does.
void look_at_rest(Settings const& settings, std::function<void(bool, std::string const&)> const& say) {
    if (std::error_code none; std::filesystem::is_directory(settings.data.dir, none))
        if (auto const fault = fault_of_secret(blob::Folder(settings.data.dir, blob::Folder::Missing::refuse)); !fault.empty())
            say(false, fault);
    Look const look(settings);
    say(true,
        "installation" + (look.installation().empty() ? "" : " " + look.installation()) + ": folder, media and databases belong together");
    for (auto const& [name, difference] : look.differences()) say(false, difference.message + " (" + difference.id + ")");
    for (auto const& [name, database] : look.databases()) {
        if (look.differences().contains(name)) continue;
        auto const fault = fault_of_database(name, *database);
        say(fault.empty(), name + " database" + (fault.empty() ? "" : ": " + fault));
        if (fault.empty()) tell_orphans(name, *database);
    }
    if (look.differences().empty()) look_at_record(look.databases(), settings, say);
    if (look.differences().contains("media")) return;
    if (auto const strays = strays_in(look, settings)) {
        say(strays->unknown.empty(), strays->unknown.empty() ? std::to_string(strays->folders) + " film folders, all known to the database"
                                                             : media::sentence_of_unknown(*strays));
        if (!strays->trashed.empty()) std::cout << "LOOK  " << media::sentence_of_trash(*strays) << "\n";
    }
}

int doctor(Settings const& settings, Asks asks) {
    if (asks == Asks::ready) {
        auto const address = DataLock::address_of(settings.data.dir);
        if (!address) return complain("No server runs with the data folder " + settings.data.dir + ".", EX_UNAVAILABLE);
        auto const answer = net::fetch(*address + "/health/ready", "GET", {}, {}, std::chrono::seconds(4));
        if (!answer) return complain("The server at " + *address + " does not answer.", EX_UNAVAILABLE);
        std::cout << answer->body << "\n";
        return answer->status == 200 ? EX_OK : EX_UNAVAILABLE;
    }
    log::configure({"error", "text"});
    int faults = 0;
    auto const say = [&](bool fine, std::string const& what) {
        std::cout << (fine ? "ok    " : "FAULT ") << what << "\n";
        faults += fine ? 0 : 1;
    };
    say(db::sqlite_checkpoints_safely(),
        "SQLite " + db::sqlite_version() +
            (db::sqlite_checkpoints_safely() ? "" : ": releases before 3.51.3 can lose pages in a race; the writer checkpoints alone"));
    for (auto const& program : {settings.media.ffmpeg, settings.media.ffprobe}) {
        bool found = false;
        for (auto const folder :
            split(program.find('/') == program.npos ? std::string_view(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin")
                                                    : std::string_view("/"),
                ':'))
            found |= access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0;
        say(found, program + (found ? " is there" : " is missing: install Debian's package ffmpeg"));
    }
    try {
        look_at_walls(settings, say);
        if (std::error_code none; std::filesystem::is_directory(settings.data.dir, none)) {
            blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
            say(dir.free_bytes() > std::uint64_t(settings.data.min_free_bytes),
                "data folder " + dir.path().string() + " has " + std::to_string(dir.free_bytes() >> 20) + " MiB free");
        }
        if (auto const address = DataLock::address_of(settings.data.dir)) {
            auto const answer = net::fetch(*address + "/health/services", "GET", {}, {}, std::chrono::seconds(4));
            auto const health = answer ? json::from_json<ServicesHealth>(answer->body) : internal("");
            say(health && health->status == "healthy",
                "the running server at " + *address + (health ? " is " + health->status : " does not say how it is"));
            for (auto const& problem : health ? health->problems : std::vector<ProblemHealth>{})
                say(false, problem.message + " (" + problem.id + ")");
            doubt_base_url(settings, *address, say);
            auto const fault = look_at_record_beside(settings, say);
            for (auto const& service : health ? health->services : std::vector<ServiceHealth>{})
                for (auto const& warning : service.warnings)
                    if (service.name != "moderation-service") std::cout << "LOOK  " << warning << "\n";
                    else if (warning != fault) say(false, warning); // that the record is whole is no matter of taste
        } else {
            look_at_rest(settings, say);
        }
    } catch (NoInstallation const& cause) { std::cout << "LOOK  " << cause.what() << "\n"; } catch (std::exception const& cause) {
        say(false, cause.what());
    }
    std::cout << (faults ? std::to_string(faults) + " faults.\n" : "All is well.\n");
    return faults ? EX_UNAVAILABLE : EX_OK;
}

} // namespace mozi::app
