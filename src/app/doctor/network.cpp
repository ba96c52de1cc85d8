// Address and port, proxies, and the name that people use.
#include "doctor/looks.hpp"

#include "doctor/owners.hpp"
#include "doctor/proc.hpp"

#include <mozi/base/text.hpp>
#include <mozi/net/networks.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <ifaddrs.h>
#include <memory>
#include <netdb.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::app::doctor {

namespace {

std::string text_of(sockaddr const& address) {
    char text[NI_MAXHOST]{};
    auto const size = address.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (getnameinfo(&address, socklen_t(size), text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) return {};
    return net::plain_address(text).value_or(std::string());
}

std::set<std::string> addresses_of_machine() {
    std::set<std::string> out;
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return out;
    std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> const all(first, &freeifaddrs);
    for (auto const* at = all.get(); at; at = at->ifa_next)
        if (at->ifa_addr && (at->ifa_addr->sa_family == AF_INET || at->ifa_addr->sa_family == AF_INET6)) out.insert(text_of(*at->ifa_addr));
    return out;
}

// What a name stands for; blocks as long as the name server lets it.
std::set<std::string> addresses_of(std::string const& name) {
    std::set<std::string> out;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    if (getaddrinfo(name.c_str(), nullptr, &hints, &first) != 0) return out;
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> const all(first, &freeaddrinfo);
    for (auto const* at = all.get(); at; at = at->ai_next)
        if (at->ai_addr) out.insert(text_of(*at->ai_addr));
    return out;
}

bool is_v6(std::string const& address) { return address.find(':') != std::string::npos; }
bool is_loopback(std::string const& address) { return address == "::1" || address.starts_with("127."); }

bool has_ipv6() {
    std::ifstream addresses("/proc/net/if_inet6");
    return addresses.peek() != std::ifstream::traits_type::eof();
}

// A listener on `theirs` keeps one off `ours`.
bool collide(std::string const& theirs, std::string const& ours) {
    auto const all = [](std::string const& address) { return address == "0.0.0.0" || address == "::"; };
    if (is_v6(theirs) && !is_v6(ours) && theirs != "::") return false;
    return theirs == ours || all(theirs) || all(ours);
}

void look_at_port(Patient const& patient, std::string const& host, std::uint16_t port, std::string const& setting, Findings& say) {
    for (auto const& socket : tcp_sockets()) {
        if (!socket.listens || socket.port != port || !collide(socket.address, host)) continue;
        auto const owner = owner_of_socket(socket.inode);
        if (owner && owner->pid == patient.pid) return;
        if (!owner && patient.address) return; // it may well be the running server's
        auto const who = owner ? "process " + std::to_string(owner->pid) + " (" + owner->name + ")"
                               : "a program of " + user_of(socket.uid).name + " (as root this command says which)";
        auto const text = setting + ": port " + std::to_string(port) + " is taken by " + who;
        if (setting == "server.port") say.fault("port.taken", text, "End that program, or take another port: server.port.");
        else
            say.look("port.module_taken", text,
                "The module ports then stay off; everything is on the main port. server.module_ports = false says so for good.");
        return;
    }
}

void look_at_address(Patient const& patient, Findings& say) {
    auto const& server = patient.settings.server;
    auto const host = net::plain_address(server.host).value_or(server.host);
    if (is_v6(host) && !has_ipv6())
        return say.fault("ipv6.missing", "server.host is " + host + ", and this system has no IPv6",
            "Use 0.0.0.0, or give the system IPv6 (sysctl net.ipv6.conf.all.disable_ipv6=0; a container needs a network with it).");
    auto const named = addresses_of(host);
    auto const own = addresses_of_machine();
    auto const is_own = [&](std::string const& address) {
        return address == "0.0.0.0" || address == "::" || is_loopback(address) || own.contains(address);
    };
    if (!std::ranges::any_of(named, is_own))
        say.fault("host.foreign", "server.host is " + server.host + ", which is no address of this machine",
            "Use 0.0.0.0 for every address, 127.0.0.1 behind a proxy on this machine, or one that `ip address` lists.");
    if (server.port > 0 && server.port < 1024 && server_user(patient).uid != 0) {
        int first = 1024;
        std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first;
        if (server.port < first && !patient.address)
            say.look("port.privileged",
                "server.port " + std::to_string(server.port) + " needs a right that " + server_user(patient).name + " may not have",
                "systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE; or a proxy in front.");
    }
    if (server.port > 0) look_at_port(patient, host, server.port, "server.port", say);
    for (auto const port : server.module_ports)
        if (port > 0) look_at_port(patient, "127.0.0.1", std::uint16_t(port), "server.module_ports", say);
}

void look_at_proxies(Patient const& patient, Findings& say) {
    auto const& server = patient.settings.server;
    for (auto const& text : server.trusted_proxies) {
        auto const slash = text.find('/');
        auto const bits = slash == text.npos ? -1 : std::atoi(text.c_str() + slash + 1);
        if (bits >= 0 && bits < (is_v6(text) ? 16 : 8))
            say.look("proxy.everybody", "server.trusted_proxies holds " + text + ": almost anybody may claim to ask for somebody else",
                "Name the proxies' own addresses.");
    }
    if (server.base_url.starts_with("https://") && server.tls_certificate.empty() && server.trusted_proxies.empty())
        say.look("proxy.none", "server.base_url begins with https:// and neither a certificate nor a proxy is named",
            "Name the proxy in server.trusted_proxies, or set server.tls_certificate and server.tls_key.");
}

void look_at_name(Patient const& patient, Findings& say) {
    auto const& server = patient.settings.server;
    auto const& url = server.base_url;
    if (url.empty()) return;
    auto rest = url.substr(url.find("://") + 3);
    auto const name = rest.starts_with('[') ? rest.substr(1, rest.find(']') - 1) : rest.substr(0, rest.find(':'));
    auto const found = addresses_of(name);
    if (found.empty())
        return say.fault("base_url.unknown", "server.base_url: the name " + name + " has no address here",
            "Correct server.base_url, or enter the name where names are kept (DNS). `getent hosts " + name + "` has to answer.");
    auto const host = net::plain_address(server.host).value_or(server.host);
    auto const own = addresses_of_machine();
    if (host == "0.0.0.0" && server.trusted_proxies.empty())
        for (auto const& address : found)
            if (is_v6(address) && !is_loopback(address) && own.contains(address))
                return say.fault("ipv6.unserved",
                    "server.base_url: " + name + " has the IPv6 address " + address +
                        " of this machine, and server.host 0.0.0.0 listens on IPv4 only: people with IPv6 wait in vain",
                    "Use server.host = \"::\", which serves both, or take the name's AAAA record away.");
}

} // namespace

void look_at_network(Patient const& patient, Findings& say) {
    look_at_address(patient, say);
    look_at_proxies(patient, say);
    look_at_name(patient, say);
}

} // namespace mozi::app::doctor
