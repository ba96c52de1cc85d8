// The media module's wiring.
#include <mozi/media/module.hpp>

#include "jail/trial.hpp"
#include "jobs/jobs.hpp"
#include "library/http.hpp"
#include "library/repository.hpp"
#include "playback/http.hpp"
#include "storage/http.hpp"
#include "uploads/http.hpp"

#include <mozi/base/text.hpp>
#include <mozi/content/events.hpp>
#include <mozi/log/log.hpp>
#include <mozi/moderation/listeners.hpp>
#include <mozi/user/events.hpp>

#include <climits>
#include <cstdlib>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi {
std::span<EmbeddedFile const> mozi_media_schema();
}

namespace mozi::media {
namespace {

// This executable, also where /proc is not mounted.
std::string own_executable() {
    constexpr auto proc = "/proc/self/exe";
    if (access(proc, X_OK) == 0) return proc;
    auto const* started_as = reinterpret_cast<char const*>(getauxval(AT_EXECFN)); // NOLINT: the kernel's own interface
    char path[PATH_MAX];
    return started_as && realpath(started_as, path) ? path : proc;
}

// A name on PATH or a path, without links; as it is where it cannot be found, which is said.
std::string find_program(std::string const& name) {
    char path[PATH_MAX];
    auto const resolved = [&](std::string const& candidate) {
        return access(candidate.c_str(), X_OK) == 0 && realpath(candidate.c_str(), path);
    };
    auto const* search = std::getenv("PATH");
    if (name.find('/') != name.npos) {
        if (resolved(name)) return path;
    } else
        for (auto const folder : split(search ? search : "/usr/local/bin:/usr/bin:/bin", ':'))
            if (!folder.empty() && resolved(std::string(folder) + "/" + name)) return path;
    log::warn("media.program_missing", {{"program", name}});
    return name;
}

JailSettings jail_settings(Settings const& settings, std::string const& executable) {
    JailSettings out;
    out.self = executable.empty() ? own_executable() : executable;
    out.ffmpeg = find_program(settings.ffmpeg);
    out.ffprobe = find_program(settings.ffprobe);
    // At 10, a tenth of what a request gets when both want the processor; at 19 a film takes for ever on a busy machine.
    out.niceness = settings.niceness;
    out.unsandboxed = settings.allow_unsandboxed;
    return out;
}

struct Parts {
    Settings settings;
    std::string dir;
    JailSettings jail;
    Trial trial;
    Places places;
    Gate gate;
    Keeper keeper;
    LiveProgress live;
    Library library;
    Uploads uploads;
    Runner runner;
    Jobs jobs;
    JobsHttp jobs_http;
    LibraryHttp library_http;
    UploadsHttp uploads_http;
    PlaybackHttp playback_http;
    Storage storage;
    OrphanFinder orphans;
    StorageHttp storage_http;
    std::unique_ptr<jobs::Ticker> janitor;

    Parts(ModuleContext const& context, Needs const& needs)
        : settings(needs.settings), dir(needs.dir.string()), jail(jail_settings(needs.settings, needs.executable)),
          trial(jail, dir + "/trial"), places(needs.dir.string()),
          gate({context.database, context.clock, Grants(needs.signing_key), needs.viewer_of, needs.visitors}),
          keeper(
              {context.database, places, needs.workers, [this](MediaId id) { return uploads.receiving(id); }, [this] { return faults(); }}),
          library({context.database, context.outbox, context.clock, places, gate, live, needs.media, keeper, [this] { runner.wake(); },
              [this](MediaId id) { runner.drop(id); },
              [this](db::Connection& c, UserId owner, std::int64_t more) { return uploads.check_quota(c, owner, more); }}),
          uploads({context.database, context.outbox, context.clock, places, library, needs.workers, needs.recall_viewer, needs.viewer_of,
              [this] { runner.wake(); }, settings, needs.min_free_bytes}),
          runner({context.database, context.outbox, places, library, live, jail, trial,
              static_cast<std::int64_t>((needs.min_free_bytes + needs.min_free_bytes / 2) >> 20), settings.jobs, settings.threads,
              context.metrics}),
          jobs({context.database, context.outbox, library, live, runner}), jobs_http(jobs), library_http(library),
          uploads_http(uploads, places, settings), playback_http(places, gate, context.database),
          storage({context.database, needs.users, needs.directory, settings}),
          orphans({context.database, context.outbox, context.clock, places, library, keeper, [this] { runner.wake(); }}),
          storage_http(storage, orphans, library) {
        places.prepare();
    }

    void start() {
        keeper.recover();
        runner.start();
        janitor = std::make_unique<jobs::Ticker>("media janitor", std::chrono::seconds(1), [this, ticks = 0, unmeasured = true]() mutable {
            if (ticks == 0) tell_walls(); // here, so that no start waits for it
            if (trial.keep()) runner.wake();
            uploads.sweep();
            if (unmeasured) unmeasured = keeper.measure();
            if (ticks++ % 600 == 0) keeper.sweep(), uploads.forget_tombstones();
        });
    }
    void stop() {
        trial.stop();
        janitor.reset();
        runner.stop();
    }
    std::vector<Fault> faults() const {
        std::vector<Fault> out;
        for (auto& sentence : trial.faults()) out.push_back({"media.programs", std::move(sentence)});
        if (auto const still = runner.stands_still(); still > std::chrono::minutes(1))
            out.push_back({"media.jobs", "No preparation has been taken up for " + std::to_string(still / std::chrono::seconds(1)) +
                                             " s, whether one waits or not: restart this server, and report it with the log"});
        return out;
    }
    // What films are prepared behind, once for the log.
    void tell_walls() const {
        auto const folder = dir + "/walls";
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
        if (mkdir(folder.c_str(), 0700) != 0) return;
        auto const report = try_walls(jail, folder);
        std::filesystem::remove_all(folder, ignored);
        std::string leaks;
        for (auto const& leak : report.leaks) leaks += (leaks.empty() ? "" : ", ") + leak;
        auto const whole = report.stands && report.leaks.empty();
        log::write(whole ? log::Level::info : log::Level::error, "media.walls",
            {{"stands", report.stands}, {"walls", report.walls}, {"tried", report.tried}, {"leaks", leaks}});
    }
};

std::vector<events::Listener> listeners(Library& library) {
    auto const movie = [&library](db::Transaction& tx, content::MovieFacts const& e) {
        return library.title_changed(tx, e.movie_id.value, e.media_id, e.released, e.hidden);
    };
    return {
        events::on<content::MovieCreated>("media.titles", movie),
        events::on<content::MovieUpdated>("media.titles", movie),
        events::on<content::MovieDeleted>("media.titles",
            [&library](db::Transaction& tx, content::MovieDeleted const& e) { return library.title_removed(tx, e.movie_id.value); }),
        events::on<user::UserDeleted>(
            "media.owners", [&library](db::Transaction& tx, user::UserDeleted const& e) { return library.owner_deleted(tx, e.user_id); }),
    };
}

} // namespace

std::span<EmbeddedFile const> media_migrations() { return mozi_media_schema(); }
std::vector<effects::Place> media_places() { return repository::places(); }

JailReport inspect_jail(Settings const& settings, std::filesystem::path const& folder) {
    return try_walls(jail_settings(settings, {}), folder.string());
}

std::string fault_of_tools(Settings const& settings, std::filesystem::path const& folder) {
    auto const jail = jail_settings(settings, {});
    auto const work = (folder / "work").string();
    return prepare_folder(jail, work) ? fault_of_tools(jail, work) : "no folder can be made in " + folder.string();
}

MediaModule make_media(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    MediaModule made;
    made.module.name = "media";
    for (auto routes : {parts->storage_http.routes(), parts->library_http.routes(), parts->uploads_http.routes(),
             parts->playback_http.routes(), parts->jobs_http.routes()})
        made.module.routes.insert(made.module.routes.end(), routes.begin(), routes.end());
    made.module.subjects = {parts->library.subject()};
    made.module.listeners = moderation::listeners("media.moderated", made.module.subjects);
    for (auto& listener : listeners(parts->library)) made.module.listeners.push_back(std::move(listener));
    made.module.owner = parts;
    made.videos = std::shared_ptr<content::Videos>(parts, &parts->library);
    made.keeping = std::shared_ptr<Keeping>(parts, &parts->keeper);
    made.queue = [p = parts.get()] { return p->jobs.queue(); };
    made.start_jobs = [p = parts.get()] { p->start(); };
    made.stop_jobs = [p = parts.get()] { p->stop(); };
    return made;
}

} // namespace mozi::media
