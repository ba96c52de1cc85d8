// Work that waits: events and films.
#include "doctor/databases.hpp"

#include <mozi/media/losses.hpp>

namespace mozi::app::doctor {

namespace {

std::string list(std::vector<media::MediaId> const& ids) {
    std::string out;
    for (auto const id : ids) out += (out.empty() ? "" : ", ") + id.text();
    return out;
}

std::string films(std::size_t count) { return std::to_string(count) + (count == 1 ? " film" : " films"); }

} // namespace

void look_at_events(Databases const& databases, Findings& say) {
    for (auto const& [name, database] : databases) {
        std::int64_t dead = 0;
        std::vector<std::tuple<std::string, std::string, std::int64_t>> places; // listener, source, how far it came
        (void)database->read([&](db::Connection& c) -> Result<> {
            dead = events::count_dead(c);
            places =
                c.all<std::string, std::string, std::int64_t>("SELECT listener, source, seq FROM listener_cursor WHERE rebuilding IS NULL");
            return {};
        });
        if (dead > 0)
            say.fault("events.dead." + name, name + " gave up " + std::to_string(dead) + (dead == 1 ? " event" : " events"),
                "videa-mozi events dead lists them with their reason; when that is mended, videa-mozi events retry handles them.");
        for (auto const& [listener, source, seq] : places) {
            auto const of = databases.find(source);
            if (of == databases.end()) continue;
            std::int64_t forgotten = 0;
            (void)of->second->read([&](db::Connection& c) -> Result<> {
                if (auto const row = c.one<std::int64_t>("SELECT up_to FROM outbox_trim")) forgotten = std::get<0>(*row);
                return {};
            });
            if (seq < forgotten)
                say.look("events.missed." + listener,
                    listener + " has heard the events of " + source + " up to " + std::to_string(seq) + ", and those up to " +
                        std::to_string(forgotten) + " are forgotten",
                    "Where that concerned it, one of the two databases is of another day: restore both from the same backup.");
        }
    }
}

void look_at_films(db::Database& media, Settings const& settings, Server server, Findings& say) {
    auto const dir = std::filesystem::path(settings.data.dir) / "media";
    if (auto const strays = media::look_for_strays(media, dir); strays && server == Server::rests) {
        if (strays->unknown.empty())
            say.well("media.unknown", std::to_string(strays->folders) + " film folders, all known to the database");
        else say.told("media.unknown", Verdict::fault, media::sentence_of_unknown(*strays));
        if (!strays->trashed.empty()) say.look("media.trash", media::sentence_of_trash(*strays), {});
    }
    auto const losses = media::look_for_losses(media, dir);
    if (!losses) return;
    if (!losses->without_files.empty())
        say.fault("media.lost_files",
            films(losses->without_files.size()) + " of the database " + (losses->without_files.size() == 1 ? "has" : "have") +
                " no folder in " + (dir / "files").string() + ": " + list(losses->without_files),
            "Restore those folders from a backup (media/trash may hold them, too), or delete the films where nobody has them any more.");
    if (!losses->without_job.empty())
        say.fault("jobs.lost",
            films(losses->without_job.size()) + " should be prepared and " + (losses->without_job.size() == 1 ? "stands" : "stand") +
                " in no queue: " + list(losses->without_job),
            "An administrator begins them again: POST /api/media/ID/retry, or Try again under My uploads.");
    if (server == Server::rests) return;
    if (!losses->stuck.empty())
        say.fault("jobs.stuck",
            films(losses->stuck.size()) + " being prepared " + (losses->stuck.size() == 1 ? "has" : "have") +
                " not moved for a quarter of an hour: " + list(losses->stuck),
            "Look for its id in the log. DELETE /api/jobs/ID stops it, POST /api/media/ID/retry begins it again; a new start of the server "
            "does so for all.");
}

} // namespace mozi::app::doctor
