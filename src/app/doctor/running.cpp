// The server that runs: how it says it is, whether people reach it, and its databases beside it.
#include "doctor/databases.hpp"

#include "composition.hpp"
#include "health.hpp"

#include <mozi/json/read.hpp>
#include <mozi/net/client.hpp>

namespace mozi::app::doctor {

namespace {

// While the server goes on writing: nothing waits for it, and what is on its way is no fault.
std::string look_beside(Settings const& settings, Findings& say) {
    auto const databases = look_at_databases(settings, db::Access::beside);
    for (auto const& [name, database] : databases)
        if (auto const current = check_schema(name, *database); !current) {
            say.look("server.other_version",
                "the databases are not looked at: the running server is of another version than this (" + current.error().id + " in " +
                    name + ")",
                "Run the doctor of the running server's version.");
            return {};
        }
    for (auto const& [name, database] : databases) look_into(name, *database, say);
    if (auto const media = databases.find("media"); media != databases.end()) look_at_films(*media->second, settings, Server::runs, say);
    return look_at_record(databases, settings, say);
}

std::vector<std::pair<std::string, std::string>> insider(Settings const& settings) {
    if (settings.server.metrics_token.empty()) return {};
    return {{"Authorization", "Bearer " + settings.server.metrics_token}};
}

// The proxy writes one of the two headers and lets the client's own through in the other.
void look_at_forwarding(Patient const& patient, Findings& say) {
    auto const answer = net::fetch(*patient.address + "/metrics", "GET", insider(patient.settings), {}, std::chrono::seconds(4));
    constexpr std::string_view series = "\nvidea_forwarded_twice_total ";
    auto const at = answer ? answer->body.find(series) : std::string::npos;
    auto const count = at == std::string::npos ? 0 : std::atoll(answer->body.c_str() + at + series.size());
    if (count > 0)
        say.look("proxy.doubled",
            "Since its start the server got " + std::to_string(count) +
                " requests from a named proxy whose X-Forwarded-For and Forwarded do not say the same: "
                "who asks in them counts as the proxy",
            "Let the proxy write one and take the other away: nginx proxy_set_header Forwarded \"\"; Caddy header_up -Forwarded; HAProxy "
            "http-request del-header Forwarded.");
}

} // namespace

// Whether the address that people use leads to this very server; what it is asked says the same through either.
void look_at_base_url(Patient const& patient, Findings& say) {
    auto const& url = patient.settings.server.base_url;
    if (url.empty()) return;
    auto const ask = [](std::string const& base) { return net::fetch(base + "/api/instance", "GET", {}, {}, std::chrono::seconds(4)); };
    auto const here = ask(*patient.address), there = ask(url);
    if (!here) return; // said elsewhere
    if (!there)
        say.look("base_url.silent", url + " (server.base_url) does not answer from this machine; it may well do so from elsewhere",
            "Try it from elsewhere; if it is silent there too, look at the name's address (DNS), the proxy and the firewall.");
    else if (there->status == here->status && there->body == here->body) say.well("base_url.other", url + " leads to this server");
    else
        say.fault("base_url.other", url + " (server.base_url) is answered by something else (status " + std::to_string(there->status) + ")",
            "Correct server.base_url or the proxy. A proxy has to pass the whole host name on; below a path it is not served.");
}

void look_at_running(Patient const& patient, Findings& say) {
    auto const answer = net::fetch(*patient.address + "/health/services", "GET", insider(patient.settings), {}, std::chrono::seconds(4));
    auto const health = answer ? json::from_json<ServicesHealth>(answer->body) : internal("");
    if (!health)
        say.fault("server.silent", "the running server at " + *patient.address + " does not say how it is",
            "Is it of this configuration? Its log says what it waits for; with server.metrics_token it tells only who has that token.");
    else if (health->status == "healthy") say.well("server.health", "the running server at " + *patient.address + " is healthy");
    else say.fault("server.health", "the running server at " + *patient.address + " is " + health->status, "What follows says why.");
    for (auto const& problem : health ? health->problems : std::vector<ProblemHealth>{})
        say.told(problem.id, Verdict::fault, problem.message);
    if (health) look_at_forwarding(patient, say);
    auto const fault = patient.database_answers ? look_beside(patient.settings, say) : std::string();
    for (auto const& service : health ? health->services : std::vector<ServiceHealth>{})
        for (auto const& warning : service.warnings)
            if (service.name != "moderation-service") say.told("server.warning", Verdict::look, warning);
            else if (warning != fault) say.told("record", Verdict::fault, warning); // that the record is whole is no matter of taste
}

} // namespace mozi::app::doctor
