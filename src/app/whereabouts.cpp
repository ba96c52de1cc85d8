// Finding the configuration file, and telling what was taken.
#include "settings.hpp"

#include <mozi/base/text.hpp>

#include <array>
#include <cstdlib>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view beside = "videa-mozi.toml", of_system = "/etc/videa-mozi.toml";

bool is_there(fs::path const& file) {
    std::error_code failed;
    return fs::status(file, failed).type() != fs::file_type::not_found;
}

// In a folder that everybody writes to, such as /tmp, anybody could lay a file for whoever comes by.
std::string planted_by_another(fs::path const& file) {
    struct stat of_file{}, of_folder{};
    if (stat(file.c_str(), &of_file) != 0 || stat(file.parent_path().c_str(), &of_folder) != 0) return {};
    auto const* const before_sudo = std::getenv("SUDO_UID");
    auto const mine = of_file.st_uid == 0 || of_file.st_uid == geteuid() ||
                      (geteuid() == 0 && before_sudo && std::to_string(of_file.st_uid) == before_sudo);
    if (mine || (of_folder.st_mode & S_IWOTH) == 0) return {};
    return config::shown(file.string()) + " belongs to " + name_of_user(of_file.st_uid) +
           " and lies in a folder that everybody writes to. If it is meant, say so with --config " + config::shown(file.string()) + ".";
}

std::string address_of(Settings const& settings) {
    auto const& server = settings.server;
    auto const host = server.host.find(':') == server.host.npos ? server.host : "[" + server.host + "]";
    return (server.tls_certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(server.port);
}

} // namespace

std::string name_of_user(uid_t user) {
    std::array<char, 4096> room{};
    passwd entry{}, *found = nullptr;
    if (getpwuid_r(user, &entry, room.data(), room.size(), &found) == 0 && found && found->pw_name) return found->pw_name;
    return "user " + std::to_string(user);
}

std::optional<uid_t> owner_of_data(fs::path const& dir) {
    struct stat info{};
    for (auto const* const made : {"installation", "secret", "user.db", "lock", ""})
        if (stat((dir / made).c_str(), &info) == 0) return info.st_uid;
    return std::nullopt;
}

std::string Whereabouts::origin(std::string_view key) const {
    auto const at = origins.find(key);
    return at == origins.end() ? "default" : at->second;
}

std::string Whereabouts::file_taken() const {
    if (!file.empty()) return "the configuration file is " + config::shown(file.string());
    return "there is no configuration file: neither " + config::shown((started_in / beside).string()) + " nor " + std::string(of_system);
}

std::string find_file(std::string const& named, Whereabouts& where) {
    std::error_code failed;
    where.started_in = fs::current_path(failed);
    if (!named.empty()) {
        where.file = fs::absolute(named, failed).lexically_normal();
        return is_there(named) ? "" : "There is no file " + config::shown(named) + ".";
    }
    for (auto const& candidate : {where.started_in / beside, fs::path(of_system)}) {
        if (!is_there(candidate)) continue;
        if (where.file.empty()) where.file = candidate;
        else if (where.file != candidate) where.unused = candidate;
    }
    return where.file.empty() ? "" : planted_by_another(where.file);
}

std::string taken(Settings const& settings) {
    auto const& where = settings.where;
    return "(Data folder " + config::shown(settings.data.dir) + ", from: " + where.origin("data.dir") + "; " + where.file_taken() +
           "; run by " + name_of_user(geteuid()) + ".)";
}

std::string print_whereabouts(Settings const& settings) {
    auto const& where = settings.where;
    auto const line = [](std::string const& what, std::string const& is) {
        return "# " + what + std::string(20 - what.size(), ' ') + is + "\n";
    };
    auto const owner = owner_of_data(settings.data.dir);
    auto const& url = settings.database.url;
    auto out = line("Configuration file", where.file.empty() ? "none: " + where.file_taken() : config::shown(where.file.string()));
    if (!where.unused.empty()) out += line("", "(" + where.unused.string() + " is there too and does not count here)");
    out += line("Data folder", config::shown(settings.data.dir) + (owner ? ", of " + name_of_user(*owner) : ", not there yet"));
    out += line("Database", url.empty() ? "SQLite, in the data folder" : config::masked(url));
    out += line("Address", address_of(settings));
    out += line("User", name_of_user(geteuid()));
    out += "# Behind each value stands where it came from.\n\n";
    for_each_section(settings, [&](std::string_view name, std::string_view help, auto const& section) {
        out += config::print(name, help, section, config::Style::values, [&](std::string const& key) { return where.origin(key); }) + "\n";
    });
    out.pop_back();
    return out;
}

} // namespace mozi::app
