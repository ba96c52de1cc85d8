// Loading and printing the settings.
#include "settings.hpp"

#include "settings_faults.hpp"

#include <filesystem>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

// A path belongs to where it was written: to the file's folder, or to where the command was given.
std::string absolute_path(std::string const& path, config::Setting const* set, Whereabouts const& where) {
    auto const in_file = set && !set->from_text;
    return ((in_file ? where.file.parent_path() : where.started_in) / path).lexically_normal().string();
}

// A data folder named by the file without a leading / once counted from where the server was started. Nobody's installation is left
// behind for an empty folder because of that.
std::string left_behind(std::string const& written, std::string const& now, Whereabouts const& where) {
    auto const holds = [](fs::path const& dir) {
        std::error_code none;
        return fs::exists(dir / "installation", none) || fs::exists(dir / "user.db", none);
    };
    auto const before = (where.started_in / written).lexically_normal();
    if (before == fs::path(now) || !holds(before) || holds(now)) return {};
    return where.origin("data.dir") + ": data.dir is \"" + config::shown(written) +
           "\", which counts from the folder of that file and is " + config::shown(now) +
           ". There is no installation, but there is one in " + config::shown(before.string()) +
           ". Write the folder that is meant in full.";
}

// Only `name` itself: "ffmpeg" is looked up on PATH.
bool is_path(std::string const& text) { return !text.empty() && text.front() != '/' && text.find('/') != text.npos; }

std::vector<std::string> make_absolute(Settings& settings, config::Source& source) {
    auto const& where = settings.where;
    auto const set = [&](std::string_view key) {
        auto const at = source.settings().find(key);
        return at == source.settings().end() ? nullptr : &at->second;
    };
    auto const written = settings.data.dir;
    settings.data.dir = absolute_path(written, set("data.dir"), where);
    while (settings.data.dir.size() > 1 && settings.data.dir.ends_with('/')) settings.data.dir.pop_back();
    for (auto const& [key, path] :
        {std::pair{"server.tls_certificate", &settings.server.tls_certificate}, {"server.tls_key", &settings.server.tls_key},
            {"moderation.anchor_copy", &settings.moderation.anchor_copy}, {"log.file", &settings.log.file}})
        if (!path->empty()) *path = absolute_path(*path, set(key), where);
    for (auto const& [key, program] : {std::pair{"media.ffmpeg", &settings.media.ffmpeg}, {"media.ffprobe", &settings.media.ffprobe}})
        if (is_path(*program)) *program = absolute_path(*program, set(key), where);
    auto const* const dir = set("data.dir");
    auto const what = dir && !dir->from_text ? left_behind(written, settings.data.dir, where) : std::string();
    return what.empty() ? std::vector<std::string>{} : std::vector{what};
}

// An address that is kept in a file of its own, so that no configuration holds its password.
std::vector<std::string> read_address(Settings& settings) {
    auto const& file = settings.database.url_file;
    if (file.empty()) return {};
    auto const from = settings.where.origin("database.url_file") + ": database.url_file ";
    if (!settings.database.url.empty()) return {from + "and database.url are both set. Which database is meant? Take one out."};
    auto address = db::address_in_file(file);
    if (!address) return {from + address.error().message};
    settings.database.url = std::move(*address);
    return {};
}

} // namespace

std::string configuration_file(Given const& given) {
    Whereabouts where;
    return find_file(given.file, where).empty() ? where.file.string() : given.file;
}

Result<Settings> load_settings(Given const& given, char const* const* environment) {
    Settings settings;
    if (auto const why = find_file(given.file, settings.where); !why.empty()) return Error{Code::invalid, "config", why};
    config::Source source;
    std::vector<std::string> problems;
    auto const add = [&](std::vector<std::string> more) { problems.insert(problems.end(), more.begin(), more.end()); };
    if (!settings.where.file.empty()) add(source.read_file(settings.where.file));
    source.read_environment(environment);
    for (auto const& set : given.sets) add(source.read_set(set));
    auto set = source; // the reader takes away what it has read
    for (auto const& [key, setting] : set.settings()) settings.where.origins[key] = setting.origin;
    config::Reader reader(source);
    for_each_section(settings, [&](std::string_view name, std::string_view, auto& section) { reader.section(name, section); });
    add(reader.finish());
    add(make_absolute(settings, set));
    add(read_address(settings));
    add(faults_of(settings));
    while (settings.server.base_url.ends_with('/')) settings.server.base_url.pop_back();
    if (problems.empty()) return settings;
    std::string message;
    for (auto const& problem : problems) message += (message.empty() ? "" : "\n") + problem;
    return Error{Code::invalid, "config", std::move(message)};
}

std::string print_settings(Settings const& given, config::Style style) {
    auto settings = given;
    if (!settings.database.url_file.empty()) settings.database.url.clear(); // it stands in that file
    std::string out;
    if (style == config::Style::example)
        out = "# VideaMozi's settings. Each line that begins with # and a name shows the default: take the # away to change it.\n"
              "# The same by environment: VIDEA_MOZI__SERVER__PORT=8080; or by argument: --set server.port=8080.\n"
              "# `videa-mozi config check` says what is wrong with a file, `videa-mozi config print` what is in force.\n\n";
    for_each_section(settings, [&](std::string_view name, std::string_view help, auto const& section) {
        out += config::print(name, help, section, style) + (style == config::Style::example ? "" : "\n");
    });
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

} // namespace mozi::app
