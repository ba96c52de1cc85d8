// Which data belongs together: the folder, its media and the databases carry one id. What does not fit is never started on, for a
// server that runs on the wrong database finds most of its films unknown.
#pragma once

#include "settings.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/db/database.hpp>

#include <map>
#include <memory>
#include <stdexcept>

namespace mozi::app {

// Starting would mix what does not belong together, or take a loss for a first start.
struct NotOneInstallation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What is found before anything is made.
struct Evidence {
    enum class Mark { none, begun, complete };
    Mark folder = Mark::none; // <data>/installation; begun: a first start did not come to its end
    std::string id; // that it names
    std::string media; // id that <data>/media/installation names; empty: there is none
    bool secret = false; // <data>/secret is there
    bool films = false; // there are film folders
    std::map<std::string, db::Belonging> databases; // of all modules, by name
    std::string where_databases_are; // for sentences: "in the data folder /srv/videa", "on PostgreSQL"
    std::string data_folder;
};

struct Verdict {
    std::string id; // of the installation this is; empty: a new one
    std::string refusal; // why it must not start: one sentence of cause, one of what to do; empty: it may
};
// Pure.
Verdict judge(Evidence const& found);

class Installation {
public:
    // Looks; makes nothing. `dir` is the data folder, `databases` holds those that exist.
    Installation(Settings const& settings, blob::Folder const& dir, std::map<std::string, std::unique_ptr<db::Database>> const& databases);
    Evidence const& found() const { return found_; }
    // Throws NotOneInstallation where judge() refuses, and where this would be a new one that may not begin.
    void decide();
    // Marks the folder as begun where it is new.
    void enter();
    // Everything is made and migrated: the id is written wherever it does not stand yet.
    void complete(std::map<std::string, std::unique_ptr<db::Database>> const& databases);
    std::string const& id() const { return id_; }

    // There is nothing of any installation.
    static bool is_nowhere(Evidence const& found);
    // The operator's word that what lies there now belongs together: the next start makes what is missing and marks it all. Throws
    // std::runtime_error where nothing is.
    static void adopt(Settings const& settings);
    // Of SQLite: the file is there and not empty. PostgreSQL always answers for itself.
    static bool exists(Settings const& settings, std::string const& module);

private:
    // Throws std::runtime_error.
    void write(std::string_view name, std::string const& text);

    blob::Folder const& dir_;
    std::filesystem::path media_;
    Evidence found_;
    bool may_begin_;
    std::string id_;
};

// Every module's name, in the order of modules.cmake.
std::span<std::string_view const> module_names();

} // namespace mozi::app
