// Every setting of the executable, section by section: defaults, bounds, explanations. config/videa-mozi.toml is printed from here.
#pragma once

#include <mozi/config/config.hpp>
#include <mozi/content/module.hpp>
#include <mozi/http/access.hpp>
#include <mozi/media/module.hpp>
#include <mozi/user/module.hpp>

namespace mozi::app {

using json::field;

struct DataSettings {
    std::string dir = "data";
    std::int64_t min_free_bytes = 64 << 20;
    static constexpr auto fields() {
        return std::tuple{
            field("dir", &DataSettings::dir,
                {.min = 1,
                    .max = 1000,
                    .help =
                        "Folder of everything that lasts: databases, uploads, secrets. Made when missing. On a local disk, never on NFS."}),
            field("min_free_bytes", &DataSettings::min_free_bytes,
                {.min = 0, .max = 1LL << 50, .help = "With less free space than this, writes answer 507 and reads go on."})};
    }
};

struct DatabaseSettings {
    std::string url;
    int sessions = 16;
    static constexpr auto fields() {
        return std::tuple{field("url", &DatabaseSettings::url,
                              {.max = 1000,
                                  .help = "Empty: SQLite files in the data folder. Or PostgreSQL: "
                                          "postgresql://user:password@host/database; each module gets a schema of its own."}),
            field("sessions", &DatabaseSettings::sessions, {.min = 2, .max = 500, .help = "Most PostgreSQL sessions per module."})};
    }
};

struct ServerSettings {
    std::string host = "0.0.0.0";
    std::uint16_t port = 3001;
    std::vector<int> module_ports{3002, 3003, 3004, 3005, 3006};
    std::string base_url;
    int io_threads = 0, workers = 0, hashers = 1;
    std::string tls_certificate, tls_key;
    std::vector<std::string> trusted_proxies;
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
            field("trusted_proxies", &ServerSettings::trusted_proxies,
                {.max = 20,
                    .item_max = 64,
                    .help = "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Their "
                            "connections are not counted as one address's."}),
        };
    }
};

struct HttpSettings {
    int head_timeout_ms = 10'000, body_timeout_ms = 15'000, idle_timeout_ms = 60'000, write_timeout_ms = 30'000;
    int max_connections = 20'000, max_connections_per_address = 256;
    std::vector<std::string> allowed_origins;
    static constexpr auto fields() {
        return std::tuple{
            field("head_timeout_ms", &HttpSettings::head_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A request head must be complete within this time."}),
            field("body_timeout_ms", &HttpSettings::body_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A body may stall this long, and must then come at 1 KiB/s or more."}),
            field("idle_timeout_ms", &HttpSettings::idle_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A kept-alive connection without a request is closed after this time."}),
            field("write_timeout_ms", &HttpSettings::write_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A peer that takes no byte for this long is let go."}),
            field("max_connections", &HttpSettings::max_connections, {.min = 10, .max = 1'000'000, .help = "More are answered 503."}),
            field("max_connections_per_address", &HttpSettings::max_connections_per_address,
                {.min = 1, .max = 1'000'000, .help = "Per IPv4 address or IPv6 /64."}),
            field("allowed_origins", &HttpSettings::allowed_origins,
                {.max = 20,
                    .item_max = 300,
                    .help =
                        "Other web sites whose pages may call the API (CORS), exactly as browsers send them: https://other.example.org."}),
        };
    }
};

struct LimitSettings {
    bool enabled = true;
    int reads_per_minute = 1200, writes_per_minute = 240, sign_ins_per_minute = 20, uploads_per_minute = 1200;
    static constexpr auto fields() {
        return std::tuple{field("enabled", &LimitSettings::enabled, {.help = "Rate limits per account, or per address for visitors."}),
            field("reads_per_minute", &LimitSettings::reads_per_minute, {.min = 1, .max = 10'000'000, .help = "GET requests."}),
            field("writes_per_minute", &LimitSettings::writes_per_minute,
                {.min = 1, .max = 10'000'000, .help = "Requests that change something."}),
            field("sign_ins_per_minute", &LimitSettings::sign_ins_per_minute,
                {.min = 1, .max = 10'000'000, .help = "Signing in and up, per address."}),
            field("uploads_per_minute", &LimitSettings::uploads_per_minute,
                {.min = 1, .max = 10'000'000, .help = "Requests of the upload protocol."})};
    }
};

enum class LogLevel { debug, info, warn, error };
constexpr auto names(LogLevel) {
    return std::array{std::pair{LogLevel::debug, "debug"sv}, std::pair{LogLevel::info, "info"sv}, std::pair{LogLevel::warn, "warn"sv},
        std::pair{LogLevel::error, "error"sv}};
}
enum class LogFormat { automatic, json, text };
constexpr auto names(LogFormat) {
    return std::array{
        std::pair{LogFormat::automatic, "auto"sv}, std::pair{LogFormat::json, "json"sv}, std::pair{LogFormat::text, "text"sv}};
}

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::automatic;
    static constexpr auto fields() {
        return std::tuple{field("level", &LogSettings::level, {.help = "Least level written."}),
            field("format", &LogSettings::format, {.help = "One JSON object per line, readable text, or text on a terminal only."})};
    }
};

struct CommunitySettings {
    std::string name = "VideaMozi";
    content::WhoCreates who_creates = content::WhoCreates::members;
    bool visitors_read = true;
    user::Registration registration = user::Registration::open;
    static constexpr auto fields() {
        return std::tuple{field("name", &CommunitySettings::name, {.min = 1, .max = 60, .help = "What the community is called."}),
            field("who_creates", &CommunitySettings::who_creates, {.help = "Who may create titles."}),
            field("visitors_read", &CommunitySettings::visitors_read,
                {.help = "Whether released titles are open to people who are not signed in."}),
            field("registration", &CommunitySettings::registration, {.help = "Whether anybody may join."})};
    }
};

struct AuthSettings {
    int access_minutes = 15, refresh_days = 30;
    static constexpr auto fields() {
        return std::tuple{field("access_minutes", &AuthSettings::access_minutes,
                              {.min = 1, .max = 1440, .help = "Life of an access token. Signing out ends it at once all the same."}),
            field("refresh_days", &AuthSettings::refresh_days,
                {.min = 1, .max = 3650, .help = "A session nobody uses ends after this many days."})};
    }
};

struct Settings {
    DataSettings data;
    DatabaseSettings database;
    ServerSettings server;
    HttpSettings http;
    LimitSettings limits;
    LogSettings log;
    CommunitySettings community;
    AuthSettings auth;
    media::Settings media;
};

// f(name, help, section) for each; the one list of sections there is.
template <class S, class F>
void for_each_section(S& s, F&& f) {
    f("data", "Where things are kept.", s.data);
    f("database", "Which database.", s.database);
    f("server", "Addresses and threads.", s.server);
    f("http", "Patience and limits of connections.", s.http);
    f("limits", "Rate limits.", s.limits);
    f("log", "Logs go to standard error.", s.log);
    f("community", "The community itself.", s.community);
    f("auth", "Signing in.", s.auth);
    f("media", "Uploads and video.", s.media);
}

struct Given {
    std::string file; // --config; empty: videa-mozi.toml here, then /etc/videa-mozi.toml, if there
    std::vector<std::string> sets;
};

// Error "config" (invalid): message has one problem per line.
Result<Settings> load_settings(Given const& given, char const* const* environment);
std::string print_settings(Settings const& settings, config::Style style);

} // namespace mozi::app
