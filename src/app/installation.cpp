// Reading, judging and writing the marks.
#include "installation.hpp"

#include "data_folder.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <array>

namespace mozi::app {

namespace {

constexpr std::string_view mark = "installation", begun = "begun";
constexpr std::array<std::string_view, 5> modules{"user", "content", "media", "social", "moderation"};

std::string way_out(Evidence const& found) {
    return " Nothing was changed. Correct data.dir or database.url, mount what is missing, or restore it from a backup; only if what lies "
           "there now is "
           "meant to belong together, say so with: videa-mozi installation adopt --set data.dir=" +
           found.data_folder;
}

std::string list(std::vector<std::string> const& names) {
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return out;
}

std::string said(Evidence const& found, std::vector<std::string> const& missing) {
    return "The " + std::string(missing.size() == 1 ? "database of " : "databases of ") + list(missing) +
           (missing.size() == 1 ? " is" : " are") + " missing or empty " + found.where_databases_are;
}

// The first database that belongs to another installation than `id`; empty: none.
std::string stranger(Evidence const& found, std::string const& id) {
    for (auto const& [name, belonging] : found.databases)
        if (!belonging.installation.empty() && belonging.installation != id)
            return "The database of " + name + " " + found.where_databases_are + " belongs to another installation than " +
                   found.data_folder + ".";
    return {};
}

// With a mark that says which installation this is.
std::string refusal_for(Evidence const& found, std::string const& id, std::vector<std::string> const& missing) {
    if (!missing.empty()) return said(found, missing) + ", while the rest of the installation in " + found.data_folder + " is there.";
    if (auto other = stranger(found, id); !other.empty()) return other;
    if (!found.media.empty() && found.media != id)
        return "The folder media in " + found.data_folder + " belongs to another installation than the databases.";
    if (!found.secret)
        return "The installation in " + found.data_folder +
               " has lost its file secret; without it nobody stays signed in and sealed answers cannot be read.";
    return {};
}

} // namespace

std::span<std::string_view const> module_names() { return modules; }

Verdict judge(Evidence const& found) {
    std::vector<std::string> missing;
    std::string id_in_databases;
    for (auto const& [name, belonging] : found.databases) {
        if (!belonging.in_use) missing.push_back(name);
        else if (id_in_databases.empty()) id_in_databases = belonging.installation;
    }
    auto const nothing_there = missing.size() == found.databases.size();
    // A first start that was cut off is carried on: whatever it made so far is its own.
    if (found.folder == Evidence::Mark::begun) {
        if (auto const other = stranger(found, found.id); !other.empty()) return {{}, other + way_out(found)};
        return {found.id, {}};
    }
    if (found.folder == Evidence::Mark::complete) {
        auto why = refusal_for(found, found.id, missing);
        if (why.empty() && found.media.empty())
            why = "The folder media in " + found.data_folder +
                  " is not the one of this installation: its mark is missing, as when a disk is not mounted.";
        return {why.empty() ? found.id : std::string{}, why.empty() ? why : why + way_out(found)};
    }
    if (nothing_there && !found.films && found.media.empty()) return {}; // a new one; a secret alone may have been put there on purpose
    if (nothing_there)
        return {{}, "There are films in " + found.data_folder + "/media, but no database " + found.where_databases_are + " knows them." +
                        way_out(found)};
    // No mark: an earlier version's data, or databases without their folder.
    auto const id = id_in_databases.empty() ? found.media : id_in_databases;
    auto const why = refusal_for(found, id, missing);
    return {why.empty() ? (id.empty() ? random_token(16) : id) : std::string{}, why.empty() ? why : why + way_out(found)};
}

Installation::Installation(
    Settings const& settings, blob::Folder const& dir, std::map<std::string, std::unique_ptr<db::Database>> const& databases)
    : dir_(dir), media_(std::filesystem::path(settings.data.dir) / "media"), may_begin_(settings.data.may_begin) {
    if (auto const text = dir_.read(mark, 300)) {
        auto const lines = split(*text, '\n');
        found_.id = trim(lines[0]);
        found_.folder = lines.size() > 1 && trim(lines[1]) == begun ? Evidence::Mark::begun : Evidence::Mark::complete;
        if (found_.id.empty())
            throw NotOneInstallation("The file " + (dir_.path() / mark).string() + " is empty. Restore it from a backup.");
    }
    if (auto const text = dir_.read("media/installation", 300)) found_.media = trim(*text);
    std::error_code ignored;
    found_.secret = std::filesystem::exists(dir_.path() / "secret", ignored);
    std::filesystem::directory_iterator const films(media_ / "files", ignored);
    found_.films = films != std::filesystem::directory_iterator();
    found_.data_folder = std::filesystem::absolute(dir_.path(), ignored).string();
    found_.where_databases_are = settings.database.url.empty() ? "in the data folder " + found_.data_folder : "at database.url";
    for (auto const name : modules) {
        auto const there = databases.find(std::string(name));
        found_.databases[std::string(name)] = there == databases.end() ? db::Belonging{} : there->second->belonging();
    }
}

void Installation::decide() {
    auto const verdict = judge(found_);
    if (!verdict.refusal.empty()) throw NotOneInstallation(verdict.refusal);
    if (verdict.id.empty() && !may_begin_)
        throw NotOneInstallation(
            "There is no installation in " + found_.data_folder +
            ", and none may begin there (data.may_begin = false): is a disk not mounted? Mount it, correct data.dir, or "
            "take that setting out for the first start.");
    id_ = verdict.id.empty() ? random_token(16) : verdict.id;
}

void Installation::enter() {
    if (found_.folder != Evidence::Mark::none) return;
    // Before anything else is made: a start that is cut off from here on is known for what it was.
    write(mark, id_ + "\n" + std::string(begun) + "\n");
}

void Installation::write(std::string_view name, std::string const& text) {
    if (auto const written = dir_.write(name, text); !written)
        throw std::runtime_error("cannot write " + (dir_.path() / name).string() + ": " + written.error().message);
}

void Installation::complete(std::map<std::string, std::unique_ptr<db::Database>> const& databases) {
    for (auto const& [name, database] : databases) database->belong_to(id_);
    if (found_.media != id_) {
        std::filesystem::create_directories(media_);
        write("media/installation", id_ + "\n");
    }
    if (found_.folder != Evidence::Mark::complete) write(mark, id_ + "\n");
}

bool Installation::is_nowhere(Evidence const& found) {
    return found.folder == Evidence::Mark::none && found.media.empty() && !found.films &&
           std::ranges::none_of(found.databases, [](auto const& each) { return each.second.in_use; });
}

void Installation::adopt(Settings const& settings) {
    std::map<std::string, std::unique_ptr<db::Database>> there;
    for (auto const name : modules)
        if (exists(settings, std::string(name)))
            there[std::string(name)] = db::Database::open(
                {.name = std::string(name), .dir = settings.data.dir, .url = settings.database.url, .min_free_bytes = 0});
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
    Installation here(settings, dir, there);
    if (is_nowhere(here.found_))
        throw std::runtime_error("There is nothing to adopt in " + here.found_.data_folder +
                                 ": no mark, no films, and no database in use " + here.found_.where_databases_are +
                                 ". The server's first start makes an installation there.");
    here.id_ = here.found_.id.empty() ? random_token(16) : here.found_.id;
    for (auto const& [name, database] : there)
        if (!here.found_.databases[name].installation.empty()) database->belong_to(here.id_);
    here.dir_.remove("media/installation");
    here.write(mark, here.id_ + "\n" + std::string(begun) + "\n");
}

bool Installation::exists(Settings const& settings, std::string const& module) {
    if (!settings.database.url.empty()) return true;
    std::error_code failed;
    auto const size = std::filesystem::file_size(std::filesystem::path(settings.data.dir) / (module + ".db"), failed);
    return !failed && size > 0;
}

} // namespace mozi::app
