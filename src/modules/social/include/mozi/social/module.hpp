// Makes the social module; for app and tests only.
#pragma once

#include <mozi/content/api.hpp>
#include <mozi/module/module.hpp>
#include <mozi/social/api.hpp>
#include <mozi/user/api.hpp>

namespace mozi::social {

struct Needs {
    user::Users& users;
    Directory const& directory; // what was made before social: its kinds get their routes here
    db::Topic& engagement; // moves with every count that lists of titles show
    int comments_a_day = 2000; // of one person
};

struct SocialModule {
    Module module;
    std::shared_ptr<content::Engagement> engagement;
};
SocialModule make_social(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> social_migrations();
std::vector<effects::Place> social_places(); // where its things lie, and what it keeps of effects

} // namespace mozi::social
