// Every section of settings: most stand beside the code that obeys them, those of the whole house here. config/videa-mozi.toml is printed
// from here.
#pragma once

#include "whereabouts.hpp"

#include <mozi/config/config.hpp>
#include <mozi/content/module.hpp>
#include <mozi/db/settings.hpp>
#include <mozi/http/access.hpp>
#include <mozi/http/settings.hpp>
#include <mozi/log/log.hpp>
#include <mozi/media/module.hpp>
#include <mozi/moderation/module.hpp>
#include <mozi/user/module.hpp>

namespace mozi::app {

using json::field;

struct DataSettings {
    std::string dir = "data";
    bool may_begin = true;
    std::int64_t min_free_bytes = 64 << 20;
    static constexpr auto fields() {
        return std::tuple{
            field("dir", &DataSettings::dir,
                {.min = 1,
                    .max = 1000,
                    .help = "Folder of everything that lasts: databases, uploads, secrets. Made when missing. On a local disk, never on "
                            "NFS. Like every path, one that does not begin with / counts from the folder of the file it stands in, and "
                            "otherwise from where the command is given."}),
            field("may_begin", &DataSettings::may_begin,
                {.help = "Whether a start where no installation is begins one. false, once yours is there: an empty folder, as of a disk "
                         "that is not mounted, is then refused."}),
            field("min_free_bytes", &DataSettings::min_free_bytes,
                {.min = 0,
                    .max = 1LL << 50,
                    .help = "With less free space than this, writes answer 507; reading, signing in and out, hiding and deleting go on. "
                            "Uploads "
                            "stop at twice as much."})};
    }
};

struct ServerSettings {
    std::string host = "0.0.0.0";
    std::uint16_t port = 3001;
    std::vector<int> module_ports{3002, 3003, 3004, 3005, 3006};
    std::string base_url;
    int io_threads = 0, workers = 0, hashers = 1;
    std::string tls_certificate, tls_key;
    bool hsts_subdomains = false;
    std::vector<std::string> trusted_proxies, metrics_from;
    std::string metrics_token;
    static constexpr auto fields() {
        return std::tuple{
            field("host", &ServerSettings::host,
                {.min = 1,
                    .max = 255,
                    .help = "Address to listen on. 127.0.0.1 keeps it to this machine; 0.0.0.0 is every IPv4 network, :: every one."}),
            field("port", &ServerSettings::port,
                {.min = 0, .max = 65535, .help = "Port of everything: API, video and web interface. 0 takes any free one."}),
            field("module_ports", &ServerSettings::module_ports,
                {.min = 0,
                    .max = 5,
                    .item_max = 65535,
                    .help = "Loopback ports that answer for one module each: user, content, social, moderation, media. [] or false "
                            "switches them off."}),
            field("base_url", &ServerSettings::base_url,
                {.max = 500,
                    .format = json::Format::uri,
                    .help = "Address people use, for links that leave the house, e.g. https://films.example.org; without a path. Empty: "
                            "http://localhost and the port."}),
            field("io_threads", &ServerSettings::io_threads,
                {.min = 0, .max = 64, .help = "Threads that move bytes; 0: one per processor, at most 4."}),
            field("workers", &ServerSettings::workers,
                {.min = 0, .max = 256, .help = "Threads that run handlers; 0: two per processor, at least 4."}),
            field("hashers", &ServerSettings::hashers,
                {.min = 1, .max = 16, .help = "Threads that hash passwords (19 MiB and about 15 ms each)."}),
            field("tls_certificate", &ServerSettings::tls_certificate,
                {.max = 1000, .help = "PEM file with the certificate chain; with tls_key, the port speaks TLS. Read again on SIGHUP."}),
            field("tls_key", &ServerSettings::tls_key, {.max = 1000, .help = "PEM file with the private key."}),
            field("hsts_subdomains", &ServerSettings::hsts_subdomains,
                {.help = "With TLS, browsers are told for a year to come by https only; true: to every host below this one's name as well, "
                         "other servers of yours included."}),
            field("trusted_proxies", &ServerSettings::trusted_proxies,
                {.max = 20,
                    .item_max = 64,
                    .help = "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For, X-Forwarded-Proto and Forwarded are "
                            "believed. Their connections are not counted as one address's."}),
            field("metrics_token", &ServerSettings::metrics_token,
                {.max = 200,
                    .format = json::Format::token,
                    .help = "With it, /metrics, /health/metrics and /health/services ask for Authorization: Bearer and this. Empty: they "
                            "answer this machine, server.metrics_from and administrators only."}),
            field("metrics_from", &ServerSettings::metrics_from,
                {.max = 20,
                    .item_max = 64,
                    .help =
                        "Addresses or networks (10.1.0.0/16) that read /metrics, /health/metrics and /health/services without a token."}),
        };
    }
};

enum class LogLevel { debug, info, warn, error };
constexpr auto names(LogLevel) {
    return std::array{std::pair{LogLevel::debug, "debug"sv}, std::pair{LogLevel::info, "info"sv}, std::pair{LogLevel::warn, "warn"sv},
        std::pair{LogLevel::error, "error"sv}};
}
} // namespace mozi::app
namespace mozi::log {
constexpr auto names(Addresses) {
    return std::array{
        std::pair{Addresses::full, "full"sv}, std::pair{Addresses::network, "network"sv}, std::pair{Addresses::none, "none"sv}};
}
} // namespace mozi::log
namespace mozi::app {

enum class LogFormat { automatic, json, text };
constexpr auto names(LogFormat) {
    return std::array{
        std::pair{LogFormat::automatic, "auto"sv}, std::pair{LogFormat::json, "json"sv}, std::pair{LogFormat::text, "text"sv}};
}

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::automatic;
    std::string file;
    log::Addresses addresses = log::Addresses::full;
    static constexpr auto fields() {
        return std::tuple{
            field("level", &LogSettings::level, {.help = "Least level written; `videa-mozi log level` changes it while the server runs."}),
            field("format", &LogSettings::format, {.help = "One JSON object per line, readable text, or text on a terminal only."}),
            field("file", &LogSettings::file, {.max = 1000, .help = "File for the log; opened anew on SIGHUP. Empty: standard error."}),
            field("addresses", &LogSettings::addresses,
                {.help = "How people's addresses stand in the log: full, as their network (IPv4 /24, IPv6 /48), or none."})};
    }
};

struct CommunitySettings {
    std::string name = "VideaMozi";
    content::WhoCreates who_creates = content::WhoCreates::members;
    bool visitors_read = true;
    user::Registration registration = user::Registration::closed;
    int unreleased_per_member = 500, titles_per_day = 500, comments_per_day = 2000;
    static constexpr auto fields() {
        return std::tuple{field("name", &CommunitySettings::name, {.min = 1, .max = 60, .help = "What the community is called."}),
            field("who_creates", &CommunitySettings::who_creates, {.help = "Who may create titles."}),
            field("visitors_read", &CommunitySettings::visitors_read,
                {.help = "Whether released titles are open to people who are not signed in."}),
            field("registration", &CommunitySettings::registration,
                {.help = "OPEN: anybody who reaches this server may join. CLOSED: accounts come from `videa-mozi user create`."}),
            field("unreleased_per_member", &CommunitySettings::unreleased_per_member,
                {.min = 1, .max = 1'000'000, .help = "Titles of one person that are not released."}),
            field("titles_per_day", &CommunitySettings::titles_per_day,
                {.min = 1, .max = 1'000'000, .help = "Titles one person adds in 24 hours."}),
            field("comments_per_day", &CommunitySettings::comments_per_day,
                {.min = 1, .max = 1'000'000, .help = "Comments one person writes on a day (UTC)."})};
    }
};

struct Settings {
    DataSettings data;
    db::Settings database;
    ServerSettings server;
    http::ConnectionSettings http;
    http::LimitSettings limits;
    LogSettings log;
    CommunitySettings community;
    user::Settings auth;
    media::Settings media;
    moderation::Settings moderation;
    Whereabouts where; // no section: which file was taken, and where each value came from
};

// f(name, help, section) for each; the one list of sections there is.
template <class S, class F>
void for_each_section(S& s, F&& f) {
    f("data", "Where things are kept.", s.data);
    f("database", "Which database.", s.database);
    f("server", "Addresses and threads.", s.server);
    f("http", "Patience and limits of connections.", s.http);
    f("limits", "Rate limits.", s.limits);
    f("log", "What the server tells.", s.log);
    f("community", "The community itself.", s.community);
    f("auth", "Signing in.", s.auth);
    f("media", "Uploads and video.", s.media);
    f("moderation", "Decisions, and the record of them.", s.moderation);
}

struct Given {
    std::string file; // --config; empty: videa-mozi.toml here, then /etc/videa-mozi.toml, if there
    std::vector<std::string> sets;
};

// The one that is taken; empty: there is none.
std::string configuration_file(Given const& given);
// Paths come back absolute. Error "config" (invalid): message has one problem per line.
Result<Settings> load_settings(Given const& given, char const* const* environment);
std::string print_settings(Settings const& settings, config::Style style);
// The values in force, each with where it came from, below which file, folder, database, address and user are meant. TOML, secrets masked.
std::string print_whereabouts(Settings const& settings);

} // namespace mozi::app
