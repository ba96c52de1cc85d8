// Loading and printing the settings.
#include "settings.hpp"

#include <mozi/net/networks.hpp>

#include <filesystem>

namespace mozi::app {

namespace {

std::string fault_of_base_url(std::string_view url) {
    if (url.empty()) return {};
    auto const scheme = url.find("://");
    if (!url.starts_with("http://") && !url.starts_with("https://")) return "begins with https:// or http://.";
    auto const path = url.find('/', scheme + 3);
    if (path == url.npos || url.find_first_not_of('/', path) == url.npos) return {};
    return "has a path: VideaMozi is served at the root of a host name, not below a path. Give it a name of its own, such as "
           "https://films.example.org.";
}

} // namespace

Result<Settings> load_settings(Given const& given, char const* const* environment) {
    config::Source source;
    std::vector<std::string> problems;
    auto const add = [&](std::vector<std::string> more) { problems.insert(problems.end(), more.begin(), more.end()); };
    auto const there = [](std::string const& file) {
        std::error_code failed;
        return std::filesystem::status(file, failed).type() != std::filesystem::file_type::not_found;
    };
    if (!given.file.empty()) {
        if (!there(given.file)) return Error{Code::invalid, "config", "There is no file " + given.file + "."};
        add(source.read_file(given.file));
    } else {
        for (std::string const candidate : {"videa-mozi.toml", "/etc/videa-mozi.toml"})
            if (there(candidate)) {
                add(source.read_file(candidate));
                break;
            }
    }
    source.read_environment(environment);
    for (auto const& set : given.sets) add(source.read_set(set));
    Settings settings;
    std::string proxies_origin, scrapers_origin, base_url_origin, token_origin, database_origin, certificate_origin, key_origin,
        log_origin; // the reader takes them away
    for (auto const& [key, origin] : {std::pair{"server.trusted_proxies", &proxies_origin}, {"server.metrics_from", &scrapers_origin},
             {"log.file", &log_origin}, {"server.base_url", &base_url_origin}, {"server.metrics_token", &token_origin},
             {"database.url", &database_origin}, {"server.tls_certificate", &certificate_origin}, {"server.tls_key", &key_origin}})
        if (auto const at = source.settings().find(key); at != source.settings().end()) *origin = at->second.origin;
    config::Reader reader(source);
    for_each_section(settings, [&](std::string_view name, std::string_view, auto& section) { reader.section(name, section); });
    add(reader.finish());
    for (auto const& [name, texts, origin] : {std::tuple{"server.trusted_proxies", &settings.server.trusted_proxies, &proxies_origin},
             {"server.metrics_from", &settings.server.metrics_from, &scrapers_origin}})
        for (auto const& text : *texts)
            if (!net::Networks::is_one(text))
                problems.push_back(
                    *origin + ": " + name + " holds \"" + text + "\", which is neither an address nor a network such as 172.16.0.0/12.");
    if (auto const& file = settings.log.file; !file.empty() && !file.starts_with('/'))
        problems.push_back(log_origin + ": log.file is the whole path of a file, from / on, such as /var/log/videa-mozi/server.log.");
    if (auto const what = fault_of_base_url(settings.server.base_url); !what.empty())
        problems.push_back(base_url_origin + ": server.base_url " + what);
    if (auto const size = settings.server.metrics_token.size(); size > 0 && size < 16)
        problems.push_back(
            token_origin + ": server.metrics_token is soon guessed: at least 16 characters, as `openssl rand -hex 16` gives.");
    if (settings.server.tls_certificate.empty() && !settings.server.tls_key.empty())
        problems.push_back(key_origin + ": server.tls_key needs server.tls_certificate beside it: without both nothing is encrypted.");
    if (settings.server.tls_key.empty() && !settings.server.tls_certificate.empty())
        problems.push_back(certificate_origin + ": server.tls_certificate needs server.tls_key beside it: the key it was made with.");
    if (auto const what = db::fault_of_address(settings.database.url); !what.empty())
        problems.push_back(database_origin + ": database.url " + what);
    while (settings.server.base_url.ends_with('/')) settings.server.base_url.pop_back();
    if (problems.empty()) return settings;
    std::string message;
    for (auto const& problem : problems) message += (message.empty() ? "" : "\n") + problem;
    return Error{Code::invalid, "config", std::move(message)};
}

std::string print_settings(Settings const& settings, config::Style style) {
    std::string out;
    if (style == config::Style::example)
        out = "# VideaMozi's settings. Each line that begins with # and a name shows the default: take the # away to change it.\n"
              "# The same by environment: VIDEA_MOZI__SERVER__PORT=8080; or by argument: --set server.port=8080.\n"
              "# `videa-mozi config check` says what is wrong with a file, `videa-mozi config print` what is in force.\n\n";
    for_each_section(settings, [&](std::string_view name, std::string_view help, auto const& section) {
        out += config::print(name, help, section, style) + (style == config::Style::values ? "\n" : "");
    });
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

} // namespace mozi::app
