// Makes the moderation module; for app and tests only. Nobody calls moderation: it is heard.
#pragma once

#include <mozi/module/module.hpp>
#include <mozi/user/api.hpp>

#include <filesystem>

namespace mozi::moderation {

// The section [moderation] of the config file.
struct Settings {
    std::string anchor_copy;
    static constexpr auto fields() {
        return std::tuple{json::field("anchor_copy", &Settings::anchor_copy,
            {.max = 1000,
                .help = "A second file for what the record of decisions is held against, best on another machine's disk. Lines are only "
                        "added to it. Empty: only <data.dir>/audit-anchor and the log."})};
    }
};

// What the record of decisions is sealed with and held against.
struct RecordSettings {
    std::string key; // derived from the installation's secret
    std::filesystem::path anchor, copy = {}; // files; `copy` empty: none
    // Whether what stands in the modules is what was decided; with every look at the whole. Empty: nobody asks.
    std::function<Result<>()> check_effects = {};
};

struct Needs {
    user::Users& users;
    Directory const& directory; // complete once all modules are made
    RecordSettings record;
};

class Record {
public:
    virtual ~Record() = default;
    // All of it, now: rows, anchors, decisions; how many rows. Errors: "moderation.audit_broken" naming the first row that does not fit,
    // "moderation.audit_unanchored".
    virtual Result<std::int64_t> verify() = 0;
    // The operator's word that the record counts as it stands, which is recorded; up to which row. While no server runs.
    virtual Result<std::int64_t> accept(std::string const& reason) = 0;
    // One more row, about what no module does: "MAINTENANCE_BEGUN", "EVENT_FORGOTTEN" … `by` 0: the operator. At most 200 characters of
    // `subject`. Errors: "storage.*". Throws std::logic_error where there is no such word.
    virtual Result<> note(Id<"user"> by, std::string_view what, std::string const& subject, std::string const& reason) = 0;
    virtual std::vector<std::string> warnings() const = 0; // what the last look found, as sentences
};

struct ModerationModule {
    Module module;
    std::shared_ptr<Record> record;
    std::function<void()> start_jobs, stop_jobs; // the look through the record, and its anchors
    std::function<void()> tend; // what the jobs do once a second; for tests
};
ModerationModule make_moderation(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> moderation_migrations();

// The same look where no server runs, for doctor; also with a database opened for looking.
Result<std::int64_t> verify_record(db::Database& database, RecordSettings const& settings);

// --- what the modules' effects are held against, by app, which knows them all ---

struct StandingAction {
    ActionId id;
    Subject subject;
    std::string effect; // the word of what it does
};
// Those of them that stand. One query. Error: "storage.*".
Result<std::vector<StandingAction>> standing_among(db::Database& database, std::span<ActionId const> ids);
// The next ones behind that, by id. Error: "storage.*".
Result<std::vector<StandingAction>> standing_after(db::Database& database, ActionId after, std::int64_t limit);
// The row of the record that knows the action; 0: none does. Error: "storage.*".
Result<std::int64_t> row_of_action(db::Database& database, ActionId id);

} // namespace mozi::moderation
