// Makes the content module; for app and tests only.
#pragma once

#include <mozi/content/api.hpp>
#include <mozi/module/module.hpp>
#include <mozi/user/api.hpp>

namespace mozi::content {

enum class WhoCreates { members, moderators };
constexpr auto names(WhoCreates) {
    return std::array{std::pair{WhoCreates::members, "MEMBERS"sv}, std::pair{WhoCreates::moderators, "MODERATORS"sv}};
}

struct Needs {
    user::Users& users;
    Ports const& ports;
    WhoCreates who_creates = WhoCreates::members;
    db::Topic& movies; // moves with every change of a title
    std::vector<db::Topic const*> list_topics; // what a list of titles is built from: movies and what the ports answer
    int most_unreleased = 500, most_a_day = 500; // titles of one person: that are not released, and that were made in 24 hours
};

Module make_content(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> content_migrations();
std::vector<effects::Place> content_places(); // where its things lie, and what it keeps of effects

} // namespace mozi::content
