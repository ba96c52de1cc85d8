// Addresses of reactions.
#include "http.hpp"

#include "../operations.hpp"

namespace mozi::social {

using http::Access;
using http::Method;
using http::route;

LikesHttp::LikesHttp(Likes& likes, std::vector<SubjectEntry> const& entries) {
    for (auto const& entry : entries)
        if (entry.takes.reactions) doors_.push_back({likes, entry});
}

std::vector<http::Route> LikesHttp::routes() {
    std::vector<http::Route> out;
    for (auto& door : doors_) {
        auto const path = std::string(door.entry.path) + "/{id}/like", name = operation_noun(door.entry.kind);
        out.push_back(route<&Door::like, &Door::look<SetReaction>>(door, Method::put, path, "like" + name,
            "React to a " + spoken(door.entry.kind) + "; again with another type changes it", Access::member, 200,
            {door.entry.missing.id}));
        out.push_back(route<&Door::unlike, &Door::look<DropReaction>>(
            door, Method::delete_, path, "unlike" + name, "Take the reaction back", Access::member, 204, {door.entry.missing.id}));
    }
    return out;
}

} // namespace mozi::social
