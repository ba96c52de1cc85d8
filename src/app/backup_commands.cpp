// backup, backup verify, restore.
#include "backups.hpp"
#include "commands.hpp"
#include "doctor/databases.hpp"
#include "looking.hpp"
#include "printing.hpp"

#include <mozi/log/log.hpp>

#include <iostream>
#include <sysexits.h>
#include <thread>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

void goes_on() {}

// Throws BackupFailed.
BackupProgress ask(Operator& server, Method method, std::string const& body = {}) {
    auto const answer = [&] {
        try {
            return server.ask(method, "/api/admin/backups", body);
        } catch (std::runtime_error const& cause) { throw BackupFailed(std::string(cause.what()) + " Its log says how the backup ended."); }
    }();
    if (answer.status == 404)
        throw BackupFailed("The running server is of an earlier version that makes no backups. Restart it with this one first.");
    if (!answer.good()) throw BackupFailed(answer.refusal());
    auto read = json::from_json<BackupProgress>(answer.body);
    if (!read) throw BackupFailed("What the running server says is not understood.");
    return std::move(*read);
}

int made_by_server(Settings const& settings, std::string const& dir) {
    Operator server(settings);
    ask(server, Method::post, body_of({{"dir", dir}}));
    for (;;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        auto const progress = ask(server, Method::get);
        if (progress.state == BackupStage::running) continue;
        if (progress.state != BackupStage::done) return complain(progress.message, EX_UNAVAILABLE);
        std::cout << progress.message << "\n";
        return EX_OK;
    }
}

int made_here(Settings const& settings, std::string const& dir) {
    auto const began = std::chrono::steady_clock::now();
    must_own(settings.data.dir); // of what is written there
    Look const look(settings);
    BackupSource source{settings, {}, {}};
    for (auto const& [name, database] : look.databases()) source.databases[name] = database.get();
    auto status = read_backup_status(settings.data.dir);
    try {
        auto const made = make_backup(source, dir, goes_on);
        write_backup_status(settings.data.dir, {made.manifest.time, made.path.string(), std::nullopt});
        std::cout << told(made, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began)) << "\n";
        return EX_OK;
    } catch (BackupFailed const& cause) {
        status.last_failure = {system_clock().now(), cause.what()};
        write_backup_status(settings.data.dir, status);
        throw;
    }
}

// Empty: it is whole.
std::string faults_in(BackupState const& state) {
    std::string out;
    for (auto const& fault : state.faults) out += "\n  " + fault;
    return out;
}

std::string sentence(std::vector<std::string> const& newer, Manifest const& manifest) {
    std::string out = "It was made by videa-mozi " + manifest.version + " and holds what this one, " MOZI_VERSION ", cannot read:";
    for (auto const& each : newer) out += " " + each;
    return out + " Use that version or a newer one.";
}

// Whether a start would be clean.
int look_at_restored(Settings const& settings) {
    Look const look(settings);
    if (!look.differences().empty()) {
        std::cout << "Its databases are of an earlier version; the next start brings them up to date.\n";
        return EX_OK;
    }
    doctor::Findings quietly([](doctor::Finding const&) {});
    if (auto const fault = doctor::look_at_record(look.databases(), settings, quietly); !fault.empty())
        std::cout
            << "LOOK  " << fault
            << "\nLOOK  Decisions made after the backup are known elsewhere (moderation.anchor_copy) and not here. If that is why, say so "
               "before the start: videa-mozi audit accept --reason \"restored the backup of …\"\n";
    return EX_OK;
}

} // namespace

int backup(Settings const& settings, std::string const& given) {
    log::configure({"error", "text"});
    auto const& dir = given.empty() ? settings.backup.dir : given;
    if (dir.empty()) return complain("Name the folder that gets the backup, or set backup.dir.", EX_USAGE);
    try {
        auto const folder = fs::absolute(dir).lexically_normal().string();
        if (DataLock::address_of(settings.data.dir)) return made_by_server(settings, folder);
        return made_here(settings, folder);
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

int backup_verify(std::string const& from) {
    log::configure({"error", "text"});
    try {
        auto const path = find_backup(from);
        auto const state = verify_backup(path, goes_on);
        auto const& manifest = state.manifest;
        if (auto const faults = faults_in(state); !faults.empty()) return complain(path.string() + " is not whole:" + faults, EX_DATAERR);
        std::int64_t rows = 0;
        for (auto const& database : manifest.databases)
            for (auto const& table : database.tables) rows += table.rows;
        std::cout << path.string() << " is whole: " << to_iso(manifest.time) << ", videa-mozi " << manifest.version << ", "
                  << manifest.dialect << ", " << manifest.files << " files, " << (manifest.bytes >> 20) << " MiB, " << rows << " rows, "
                  << state.films << " films.\n";
        if (auto const newer = newer_in(manifest); !newer.empty()) std::cout << "LOOK  " << sentence(newer, manifest) << "\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_DATAERR); }
}

int restore(Settings const& settings, std::string const& from) {
    log::configure({"error", "text"});
    try {
        auto const path = find_backup(from);
        auto const manifest = read_manifest(path);
        if (auto const newer = newer_in(manifest); !newer.empty())
            return complain(path.string() + " cannot be put back by this version. " + sentence(newer, manifest), EX_DATAERR);
        if (auto const faults = faults_in(verify_backup(path, goes_on)); !faults.empty())
            return complain(path.string() + " is not whole, and nothing was changed:" + faults + "\nUse another backup.", EX_DATAERR);
        restore_backup(path, manifest, settings, goes_on);
        std::cout << "Put back what was there at " << to_iso(manifest.time) << " into " << fs::absolute(settings.data.dir).string()
                  << ".\n";
        std::error_code none;
        if (fs::exists(path / "config", none))
            std::cout << "The configuration file of that time is in " << (path / "config").string() << "; it was not put in force.\n";
        return look_at_restored(settings);
    } catch (std::exception const& cause) { return refuse(settings, cause); }
}

} // namespace mozi::app
