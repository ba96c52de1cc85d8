// Makes the media module; for app and tests only.
#pragma once

#include <mozi/content/api.hpp>
#include <mozi/media/api.hpp>
#include <mozi/media/jail.hpp>
#include <mozi/module/module.hpp>
#include <mozi/user/api.hpp>

#include <filesystem>
#include <functional>

namespace mozi::media {

// Section [media] of the configuration.
struct Settings {
    std::int64_t upload_expiry_s = 24 * 3600;
    std::int64_t max_upload_bytes = 50LL << 30;
    std::int64_t quota_bytes = 20LL << 30; // per person; 0: none
    int open_uploads = 50; // per person
    int unused_films = 500; // per person
    int jobs = 1; // long preparations at once
    int threads = 0; // of each encoder
    int niceness = 10; // of preparations that nobody waits for
    std::string ffmpeg = "ffmpeg", ffprobe = "ffprobe"; // names on PATH, or absolute paths
    Unsandboxed allow_unsandboxed = Unsandboxed::never;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("upload_expiry_s", &Settings::upload_expiry_s,
                {.min = 1, .max = 31'536'000, .help = "An upload nobody continues is forgotten after this many seconds."}),
            field("max_upload_bytes", &Settings::max_upload_bytes, {.min = 1, .max = 1LL << 50, .help = "Largest file taken."}),
            field("quota_bytes", &Settings::quota_bytes,
                {.min = 0, .max = 1LL << 50, .help = "Most bytes one person may keep; 0 sets no limit."}),
            field("open_uploads", &Settings::open_uploads, {.min = 1, .max = 10'000, .help = "Most unfinished uploads of one person."}),
            field("unused_films", &Settings::unused_films,
                {.min = 1, .max = 1'000'000, .help = "Most finished uploads of one person that no title shows."}),
            field("jobs", &Settings::jobs,
                {.min = 1,
                    .max = 64,
                    .help = "Videos processed at the same time. The beginnings of others are made beside them, whoever waits gets turns."}),
            field("threads", &Settings::threads,
                {.min = 0,
                    .max = 256,
                    .help = "Threads of each encoder, of which at most 8 are used; 0: as many as the processors are worth."}),
            field("niceness", &Settings::niceness,
                {.min = 0, .max = 19, .help = "How far preparations step back behind requests. The first segment of a film never does."}),
            field("ffmpeg", &Settings::ffmpeg, {.min = 1, .max = 500, .help = "The ffmpeg program: a name on PATH or an absolute path."}),
            field("ffprobe", &Settings::ffprobe, {.min = 1, .max = 500, .help = "The ffprobe program."}),
            field("allow_unsandboxed", &Settings::allow_unsandboxed,
                {.help =
                        "Whether films are prepared where the jail cannot have its walls (`videa-mozi doctor` says which). Whoever uploads "
                        "a film that takes over the decoder can then read and change the databases and the secret."}),
        };
    }
};

// Film folders that the database does not know, or that were put aside for that.
struct Stray {
    MediaId id;
    std::uint64_t bytes = 0;
};
struct Strays {
    std::size_t folders = 0; // of films, the unknown ones among them
    std::vector<Stray> unknown, trashed;
};
// Now, with sizes; slow. Only reads. `dir` as in Needs. Errors: "storage.*".
Result<Strays> look_for_strays(db::Database& database, std::filesystem::path const& dir);
std::string sentence_of_unknown(Strays const& found);
std::string sentence_of_trash(Strays const& found);

// Why films are not prepared now.
struct Fault {
    std::string id; // "media.programs", "media.jobs"
    std::string sentence; // for the operator
};

// For health and the command line. Errors: "storage.*".
class Keeping {
public:
    virtual ~Keeping() = default;
    virtual std::vector<Fault> faults() const = 0; // memory and the file system
    virtual std::vector<std::string> warnings() const = 0; // what the running server saw last, as sentences
    // Explicit orders, carried out however many there are. While no server runs. How many.
    virtual Result<int> trash_unknown() = 0;
    virtual Result<int> empty_trash() = 0;
};

struct Needs {
    user::Users& users;
    Settings settings;
    std::filesystem::path dir; // media files live below it, in files/<id>
    std::string signing_key; // 32 bytes
    std::uint64_t min_free_bytes = 16u << 20;
    // Whose session that is, as they stand now: what memory knows of it, and read. Signatures and uploads end with it. Errors of both:
    // "auth.token" where it has ended, "storage.*".
    std::function<std::optional<Result<http::Viewer>>(Id<"session">)> recall_viewer;
    std::function<Result<http::Viewer>(Id<"session">)> viewer_of;
    jobs::Pool& workers; // for fsync and bookkeeping after a streamed body
    db::Topic& media; // moves when what lists of titles show of a video changes
    http::Visitors visitors = http::Visitors::may_read; // must_sign_in: every address of a video is signed
    std::string executable = {}; // what has the "media-jail" command; empty: the running program
    Directory const* directory = nullptr; // where the names of titles are known; complete once all modules are made
};

// Films that are prepared or wait for it.
struct Queue {
    std::int64_t waiting = 0, running = 0;
    std::optional<Time> oldest; // when that was queued which is not prepared for the longest time
};

struct MediaModule {
    Module module;
    std::shared_ptr<content::Videos> videos;
    std::shared_ptr<Keeping> keeping;
    std::function<Result<Queue>()> queue; // asks the database
    std::function<void()> start_jobs; // after the listeners are open; resumes what was interrupted
    std::function<void()> stop_jobs; // parks running jobs; blocks for at most 5 s
};
MediaModule make_media(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> media_migrations();
std::vector<effects::Place> media_places(); // where its things lie, and what it keeps of effects

} // namespace mozi::media
