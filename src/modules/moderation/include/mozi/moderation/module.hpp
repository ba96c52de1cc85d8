// Makes the moderation module; for app and tests only. Nobody calls moderation: it is heard.
#pragma once

#include <mozi/content/api.hpp>
#include <mozi/media/api.hpp>
#include <mozi/module/module.hpp>
#include <mozi/social/api.hpp>
#include <mozi/user/api.hpp>

namespace mozi::moderation {

struct Needs {
    user::Users& users;
    content::Titles& titles;
    media::Media& media;
    social::Social& social;
};

Module make_moderation(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> moderation_migrations();

// Recomputes the record of decisions; how many there are. Error: "moderation.audit_broken", naming the first row that was changed.
// For doctor and tests; reads all of it in pieces.
Result<std::int64_t> verify_audit(db::Database& database);

} // namespace mozi::moderation
