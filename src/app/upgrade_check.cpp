// upgrade --check: what a start with this version will do to the data, how long, with how much room, and the way back.
#include "commands.hpp"
#include "hold.hpp"
#include "installation.hpp"
#include "looking.hpp"
#include "snapshots.hpp"

#include <mozi/db/copying.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <iostream>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t most_tried = 8LL << 30; // bytes of a database whose steps are tried on a copy

struct Scratch {
    fs::path path;
    Scratch() {
        auto name = (fs::temp_directory_path() / "videa-mozi-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("No folder can be made in " + fs::temp_directory_path().string() + ".");
        path = name;
    }
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

struct Size {
    std::int64_t rows = 0, bytes = 0;
    double read_s = 0; // how long counting took
};

Size size_of(db::Database& database) {
    auto const began = std::chrono::steady_clock::now();
    Size out;
    auto const tables = database.tables();
    auto const read = database.read([&](db::Connection& c) -> Result<> {
        for (auto const& table : tables ? *tables : std::vector<std::string>{})
            out.rows += std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM \"" + table + "\"").value());
        out.bytes = std::get<0>(
            c.one<std::int64_t>(c.dialect() == db::Dialect::sqlite
                                    ? "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                                    : "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n "
                                      "ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'")
                .value());
        return {};
    });
    if (!read) throw std::runtime_error(read.error().message + " " + read.error().detail);
    out.read_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return out;
}

std::uint64_t free_at(fs::path const& path) {
    struct statvfs info{};
    return statvfs(path.c_str(), &info) == 0 ? std::uint64_t(info.f_bavail) * info.f_frsize : 0;
}

std::uint64_t mib(std::uint64_t bytes) { return (bytes + (1 << 20) - 1) >> 20; }

std::string seconds(double s) {
    char text[32];
    std::snprintf(text, sizeof text, s < 10 ? "%.1f s" : "%.0f s", s);
    return text;
}

// The steps run on a copy; how long they and the snapshot before them took.
std::string tried(std::string const& name, db::Database& database, Size const& size) {
    if (database.dialect() != db::Dialect::sqlite)
        return "not tried, as PostgreSQL has no copy to try them on. Counting took " + seconds(size.read_s) +
               "; a step that writes every row anew takes a few times that for each";
    if (size.bytes > most_tried || free_at(fs::temp_directory_path()) < std::uint64_t(size.bytes) * 4)
        return "not tried, as " + fs::temp_directory_path().string() +
               " has no room for a copy (TMPDIR names another folder). Counting took " + seconds(size.read_s) +
               "; a step that writes every row anew takes a few times that for each";
    Scratch const scratch;
    db::Instant::take({{name, &database}}, std::chrono::seconds(10))->copy(name, scratch.path, [] {});
    auto const copy = db::Database::open({.name = name, .dir = scratch.path, .min_free_bytes = 0});
    auto const began = std::chrono::steady_clock::now();
    copy->migrate(mozi_platform_schema(), "platform");
    copy->migrate(module_migrations().at(name));
    return "tried on a copy: all went through, in " +
           seconds(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

int tell_databases(Databases const& databases, Settings const& settings) {
    std::uint64_t copies = 0, biggest = 0;
    int pending = 0;
    for (auto const& [name, database] : databases) {
        auto const platform = db::steps_of(*database, mozi_platform_schema(), "platform");
        auto const own = db::steps_of(*database, module_migrations().at(name));
        for (auto const* steps : {&platform, &own})
            if (!*steps) throw std::runtime_error(steps->error().message);
        auto names = platform->pending;
        names.insert(names.end(), own->pending.begin(), own->pending.end());
        auto const size = size_of(*database);
        std::cout << name << ": " << size.rows << " rows, " << mib(std::uint64_t(size.bytes)) << " MiB. ";
        if (names.empty()) {
            std::cout << "Nothing to do.\n";
            continue;
        }
        pending += int(names.size());
        copies += std::uint64_t(size.bytes);
        biggest = std::max(biggest, std::uint64_t(size.bytes));
        std::cout << names.size() << (names.size() == 1 ? " step:\n" : " steps:\n");
        for (auto const& step : names) std::cout << "  " << step << "\n";
        std::cout << "  " << tried(name, *database, size) << ".\n";
    }
    if (pending == 0) {
        std::cout << "The data is of this version: a start changes nothing.\n";
    } else if (settings.database.url.empty()) {
        std::cout << "Room: " << mib(copies + 2 * biggest) << " MiB at most, of which the copies in snapshots keep " << mib(copies)
                  << " MiB; " << (free_at(settings.data.dir) >> 20) << " MiB are free.\n";
    } else {
        std::cout << "Room: twice the biggest table on PostgreSQL's disk. No snapshot is taken there: make a backup before.\n";
    }
    return pending;
}

void tell_snapshots(Settings const& settings) {
    auto const all = snapshots_in(settings.data.dir);
    if (all.empty()) return;
    std::cout << "Snapshots of earlier upgrades, in " << fs::absolute(settings.data.dir / fs::path("snapshots")).string() << ":\n";
    for (auto const& one : all)
        std::cout << "  " << one.file << "  " << mib(std::uint64_t(one.bytes)) << " MiB, of " << to_iso(one.made) << ", data of version "
                  << (one.version.empty() ? "unknown" : one.version) << ", goes "
                  << (one.goes ? "after " + to_iso(*one.goes).substr(0, 10) : "30 days after the next start") << "\n";
}

} // namespace

int upgrade_check(Settings const& settings) {
    log::configure({"error", "text"});
    try {
        auto const address = DataLock::address_of(settings.data.dir);
        std::optional<Look> look;
        Databases beside;
        if (address) beside = look_at_databases(settings, db::Access::beside);
        else look.emplace(settings);
        std::cout << "This is videa-mozi " MOZI_VERSION ".\n";
        auto const pending = tell_databases(address ? beside : look->databases(), settings);
        tell_snapshots(settings);
        if (pending > 0)
            std::cout << "Before: videa-mozi backup DIR. The way back: the version before, and videa-mozi restore DIR into an empty data "
                         "folder. A snapshot alone is the way back only while nobody has written since the upgrade.\n";
        return EX_OK;
    } catch (NoInstallation const& cause) {
        std::cout << cause.what() << "\n";
        return EX_OK;
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

} // namespace mozi::app
