// The commands besides serve.
#include "commands.hpp"

#include "complain.hpp"
#include "composition.hpp"
#include "installation.hpp"
#include "looking.hpp"

#include <mozi/log/log.hpp>

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

} // namespace mozi::app
