// Makes the moderation module; for app and tests only. Nobody calls moderation: it is heard.
#pragma once

#include <mozi/module/module.hpp>
#include <mozi/user/api.hpp>

namespace mozi::moderation {

struct Needs {
    user::Users& users;
    Directory const& directory; // complete once all modules are made
};

Module make_moderation(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> moderation_migrations();

// Recomputes the record of decisions; how many there are. Error: "moderation.audit_broken", naming the first row that was changed.
// For doctor and tests; reads all of it in pieces.
Result<std::int64_t> verify_audit(db::Database& database);

} // namespace mozi::moderation
