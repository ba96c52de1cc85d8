// Judging settings.
#include "settings_faults.hpp"

#include <mozi/net/networks.hpp>
#include <mozi/net/tls_files.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::app {

namespace {

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253 || text.front() == '.' || text.find("..") != text.npos) return false;
    return std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; });
}

// Without brackets, port and network; a zone, as in fe80::1%eth0, is part of it.
bool is_address(std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    auto const plain = std::string(text.substr(0, text.find('%')));
    return inet_pton(AF_INET, std::string(text).c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, plain.c_str(), bytes.data()) == 1;
}

// "films.example.org", "192.0.2.1:8080", "[2001:db8::1]:8080". Empty: it is one.
std::string fault_of_authority(std::string_view text) {
    if (text.empty()) return "names no host.";
    if (text.find('@') != text.npos) return "has a user name in it: what stands before the @ goes.";
    auto host = text.substr(0, text.starts_with('[') ? std::min(text.size(), text.find(']') + 1) : text.find(':'));
    auto const rest = text.substr(host.size());
    auto const bracketed = host.starts_with('[');
    if (bracketed) host = host.substr(1, host.size() - (host.ends_with(']') ? 2 : 1));
    if (bracketed ? !is_address(host) : !is_host_name(host))
        return "has \"" + config::shown(host) +
               "\" where a host name or an address belongs; an IPv6 address stands in [brackets], a name "
               "with other letters than a to z as its xn-- form.";
    if (rest.empty()) return {};
    unsigned port = 0;
    auto const [end, failed] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
    if (failed != std::errc{} || end != rest.data() + rest.size() || port == 0 || port > 65535)
        return "has \"" + config::shown(rest) + "\" behind the host; there belongs nothing, or a colon and a port.";
    return {};
}

// What browsers send as Origin, and what links begin with. Empty: it is one.
std::string fault_of_origin(std::string_view url) {
    if (!url.starts_with("http://") && !url.starts_with("https://")) return "begins with neither https:// nor http://.";
    url.remove_prefix(url.find("://") + 3);
    return fault_of_authority(url.substr(0, url.find_first_of("/?#")));
}

std::string fault_of_base_url(std::string_view url) {
    if (url.empty()) return {};
    if (auto what = fault_of_origin(url); !what.empty()) return what + " In full it is like https://films.example.org.";
    auto const behind = url.find_first_of("/?#", url.find("://") + 3);
    if (behind == url.npos || url.find_first_not_of('/', behind) == url.npos) return {};
    return "has a path: VideaMozi is served at the root of a host name, not below a path. Give it a name of its own, such as "
           "https://films.example.org.";
}

std::string fault_of_allowed_origin(std::string_view origin) {
    auto const like = " Write it exactly as browsers send it, such as https://other.example.org.";
    if (origin == "*" || origin == "null") return std::string("would let every page call the API as whoever reads it.") + like;
    if (auto what = fault_of_origin(origin); !what.empty()) return what + like;
    auto const authority = origin.substr(origin.find("://") + 3);
    if (authority.find_first_of("/?#") != authority.npos) return std::string("has something behind the host, if only a /.") + like;
    if (std::ranges::any_of(origin, [](char c) { return c >= 'A' && c <= 'Z'; })) return std::string("has capital letters.") + like;
    if (origin.starts_with("https://") ? origin.ends_with(":443") : origin.ends_with(":80"))
        return std::string("names the port that browsers leave out.") + like;
    return {};
}

std::string fault_of_host(std::string_view host) {
    if (is_address(host) || is_host_name(host)) {
        auto const digits = host.find_first_not_of("0123456789.") == host.npos;
        if (!digits || is_address(host)) return {};
    }
    return "is \"" + config::shown(host) +
           "\", which is no address. 127.0.0.1 keeps the server to this machine, 0.0.0.0 is every IPv4 network, :: every one; the port "
           "stands in server.port.";
}

// RFC 6750, section 2.1.
std::string fault_of_token(std::string_view token) {
    if (token.empty()) return {};
    constexpr auto like = " `openssl rand -hex 16` gives one.";
    if (!std::ranges::all_of(token, [](char c) { return is_letter_or_digit(c) || std::strchr("-._~+/=", c); }) ||
        token.find_last_not_of('=') == token.npos || token.substr(0, token.find_last_not_of('=')).find('=') != token.npos)
        return std::string("has characters that no Authorization header carries: letters, digits and - . _ ~ + / are sent.") + like;
    if (token.size() < 16) return std::string("is soon guessed: at least 16 characters.") + like;
    return {};
}

class Faults {
public:
    explicit Faults(Settings const& settings) : where_(settings.where) {}
    // `what` is the end of a sentence that begins with the setting's name; empty: nothing.
    void add(std::string const& key, std::string const& what) {
        if (!what.empty()) found_.push_back(where_.origin(key) + ": " + key + " " + what);
    }
    std::vector<std::string> take() { return std::move(found_); }

private:
    Whereabouts const& where_;
    std::vector<std::string> found_;
};

void add_ports(Faults& faults, ServerSettings const& server) {
    constexpr std::array<std::string_view, 5> modules{"user", "content", "social", "moderation", "media"};
    auto const& ports = server.module_ports;
    for (std::size_t i = 0; i < ports.size() && i < modules.size(); ++i) {
        if (ports[i] == 0) continue;
        auto const text = std::to_string(ports[i]);
        if (ports[i] == server.port)
            faults.add("server.port", "is " + text + ", and so is the port of " + std::string(modules[i]) +
                                          " in server.module_ports. Take another, or switch those off with module_ports = [].");
        auto const first = std::size_t(std::ranges::find(ports, ports[i]) - ports.begin());
        if (first < i)
            faults.add("server.module_ports", "gives " + text + " to " + std::string(modules[first]) + " and to " +
                                                  std::string(modules[i]) + ". Each has a port of its own.");
    }
}

void add_networks(Faults& faults, std::string const& key, std::vector<std::string> const& texts) {
    for (auto const& text : texts)
        if (!net::Networks::is_one(text))
            faults.add(key, "holds \"" + config::shown(text) + "\", which is neither an address nor a network such as 172.16.0.0/12.");
}

void add_tls(Faults& faults, ServerSettings const& server) {
    if (server.tls_certificate.empty() && !server.tls_key.empty())
        faults.add("server.tls_key", "needs server.tls_certificate beside it: without both nothing is encrypted.");
    if (server.tls_key.empty() && !server.tls_certificate.empty())
        faults.add("server.tls_certificate", "needs server.tls_key beside it: the key it was made with.");
}

// Why this user cannot read it; empty: it can.
std::string fault_of_file(std::string const& path) {
    auto const fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    auto const code = errno;
    struct stat info{};
    auto const is_file = fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (fd >= 0) ::close(fd);
    if (is_file) return {};
    auto const name = config::shown(path);
    if (fd >= 0) return "names " + name + ", which is no regular file.";
    if (code == ENOENT || code == ENOTDIR)
        return "names " + name +
               ", and there is no such file. A path that does not begin with / counts from the folder of the file it "
               "stands in.";
    return "names " + name + ", which " + name_of_user(geteuid()) + " cannot read: " + std::generic_category().message(code) +
           ". Let the server's user read it, and nobody else.";
}

std::string fault_of_address_here(std::string const& host) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_flags = AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || !found)
        return "is \"" + config::shown(host) + "\", which this machine knows no address of.";
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const owner(found, &freeaddrinfo);
    auto const fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const refused = fd < 0 || ::bind(fd, found->ai_addr, found->ai_addrlen) != 0; // any free port
    auto const code = errno;
    if (fd >= 0) ::close(fd);
    if (!refused) return {};
    return "is \"" + config::shown(host) + "\", which is no address of this machine (" + std::generic_category().message(code) +
           "). `ip address` lists those it has.";
}

} // namespace

std::vector<std::string> faults_of(Settings const& settings) {
    Faults faults(settings);
    auto const& server = settings.server;
    faults.add("server.host", fault_of_host(server.host));
    add_ports(faults, server);
    faults.add("server.base_url", fault_of_base_url(server.base_url));
    add_networks(faults, "server.trusted_proxies", server.trusted_proxies);
    add_networks(faults, "server.metrics_from", server.metrics_from);
    for (auto const& origin : settings.http.allowed_origins)
        if (auto const what = fault_of_allowed_origin(origin); !what.empty())
            faults.add("http.allowed_origins", "holds \"" + config::shown(origin) + "\", which " + what);
    faults.add("server.metrics_token", fault_of_token(server.metrics_token));
    add_tls(faults, server);
    if (auto const what = db::fault_of_address(settings.database.url); !what.empty()) faults.add("database.url", what);
    return faults.take();
}

std::vector<std::string> faults_here(Settings const& settings) {
    Faults faults(settings);
    faults.add("server.host", fault_of_address_here(settings.server.host));
    auto out = faults.take();
    for (auto& fault : faults_of_files(settings)) out.push_back(std::move(fault));
    return out;
}

std::vector<std::string> faults_of_files(Settings const& settings) {
    Faults faults(settings);
    auto const& server = settings.server;
    if (server.tls_certificate.empty() || server.tls_key.empty()) return faults.take();
    auto const certificate = fault_of_file(server.tls_certificate), key = fault_of_file(server.tls_key);
    faults.add("server.tls_certificate", certificate);
    faults.add("server.tls_key", key);
    if (certificate.empty() && key.empty())
        if (auto const what = net::fault_of_tls({server.tls_certificate, server.tls_key}); !what.empty())
            faults.add("server.tls_certificate", "and server.tls_key cannot be used: " + what +
                                                     ". The first holds the certificate and its chain in PEM, the second its key.");
    return faults.take();
}

} // namespace mozi::app
