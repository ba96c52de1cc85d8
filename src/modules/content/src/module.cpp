// The content module's wiring.
#include "movies/http.hpp"
#include "movies/subscribers.hpp"

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

ContentModule make_content(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    if (auto const done = parts->movies.refold(); !done)
        throw std::runtime_error("content: titles cannot be read anew: " + done.error().detail);
    ContentModule made;
    made.module.name = "content";
    made.module.routes = parts->http.routes();
    made.module.listeners = listeners(parts->movies);
    made.module.owner = parts;
    made.titles = std::shared_ptr<Titles>(parts, &parts->movies);
    return made;
}

} // namespace mozi::content
