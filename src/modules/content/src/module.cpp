// The content module's wiring.
#include "movies/http.hpp"
#include "movies/repository.hpp"

#include <mozi/log/log.hpp>
#include <mozi/moderation/listeners.hpp>

namespace mozi {
std::span<EmbeddedFile const> mozi_content_schema();
}

namespace mozi::content {

namespace {

struct Parts {
    Movies movies;
    Http http;
    Parts(ModuleContext const& context, Needs const& needs) : movies(context, needs), http(movies, needs) {}
};

} // namespace

std::span<EmbeddedFile const> content_migrations() { return mozi_content_schema(); }
std::vector<effects::Place> content_places() {
    std::vector<effects::Place> out;
    for (auto const& topic : {repository::places()}) out.insert(out.end(), topic.begin(), topic.end());
    return out;
}

Module make_content(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    auto const done = parts->movies.refold();
    // Reading goes on where the disk is full; a search misses what the old reading misses, until the next start.
    if (!done && done.error().code == Code::disk_full) log::warn("content.refolding_waits", {{"why", done.error().detail}});
    else if (!done) throw std::runtime_error("content: titles cannot be read anew: " + done.error().detail);
    Module made;
    made.name = "content";
    made.routes = parts->http.routes();
    made.subjects = {parts->movies.subject()};
    made.listeners = moderation::listeners("content.moderated", made.subjects);
    made.owner = parts;
    return made;
}

} // namespace mozi::content
