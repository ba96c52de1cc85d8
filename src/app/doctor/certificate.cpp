// Certificate and key: there, readable by the server, a pair, and in time.
#include "doctor/looks.hpp"

#include "doctor/owners.hpp"

#include <mozi/net/certificate.hpp>

namespace mozi::app::doctor {

namespace {

constexpr auto soon = std::chrono::days(14);
constexpr auto renew =
    "Renew it (certbot renew, or whatever made it) and let the server read it again: systemctl reload videa-mozi, or kill -HUP.";

bool can_be_read(Patient const& patient, std::string const& setting, std::string const& file, Findings& say) {
    std::error_code failed;
    auto const there = std::filesystem::exists(file, failed);
    auto const user = server_user(patient);
    if (!there && !failed) {
        say.fault("tls.missing", setting + ": there is no file " + file, "Correct the path, or put the file there.");
    } else if (!may_read(user, file)) {
        say.fault("tls.unreadable", setting + ": " + user.name + ", who the server is, may not read " + file,
            "Let it: copy the file on renewal to a place of its own (certbot: a deploy hook), chown " + user.name +
                ", chmod 600. The folders above it count too.");
    } else return true;
    return false;
}

} // namespace

void look_at_certificate(Patient const& patient, Findings& say) {
    auto const& server = patient.settings.server;
    if (server.tls_certificate.empty()) return;
    auto const certificate = can_be_read(patient, "server.tls_certificate", server.tls_certificate, say);
    auto const key = can_be_read(patient, "server.tls_key", server.tls_key, say);
    if (!certificate || !key) return;
    auto const seen = net::look_at_certificate({server.tls_certificate, server.tls_key});
    if (!seen.fault.empty())
        return say.fault(seen.pair ? "tls.unfit" : "tls.pair", seen.fault,
            "Both are PEM files: the certificate with its chain (fullchain.pem), and the key it was made with (privkey.pem).");
    auto const now = system_clock().now();
    auto const days = [](auto time) { return std::to_string(std::chrono::duration_cast<std::chrono::days>(time).count()) + " days"; };
    if (seen.until <= now)
        say.fault("tls.expired",
            "The certificate " + server.tls_certificate + " ended on " + to_iso(seen.until) + ", " + days(now - seen.until) +
                " ago: browsers refuse it",
            renew);
    else if (seen.from > now)
        say.fault("tls.not_yet", "The certificate " + server.tls_certificate + " begins only on " + to_iso(seen.from),
            "Is this machine's clock right? Else wait, or take another.");
    else if (seen.until - now < soon)
        say.look("tls.expires",
            "The certificate " + server.tls_certificate + " ends on " + to_iso(seen.until) + ", in " + days(seen.until - now), renew);
    else say.well("tls.expired", "the certificate is good until " + to_iso(seen.until));
    if (auto const& url = server.base_url; url.starts_with("https://")) {
        auto const rest = url.substr(8);
        auto const name = rest.starts_with('[') ? rest.substr(1, rest.find(']') - 1) : rest.substr(0, rest.find(':'));
        if (!net::certificate_names(server.tls_certificate, name) && server.trusted_proxies.empty())
            say.fault("tls.name", "The certificate does not name " + name + ", by which people come (server.base_url)",
                "Get one for that name, or correct server.base_url.");
    }
    if (!seen.self_signed && seen.chain < 2)
        say.look("tls.chain", "The file " + server.tls_certificate + " holds the certificate alone, without those it depends on",
            "Give the whole chain (certbot: fullchain.pem, not cert.pem); some clients refuse it otherwise.");
}

} // namespace mozi::app::doctor
