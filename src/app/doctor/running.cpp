// The server that runs: how it says it is, whether people reach it, and its databases beside it.
#include "doctor/databases.hpp"

#include "composition.hpp"
#include "health.hpp"

#include <mozi/json/read.hpp>
#include <mozi/net/client.hpp>

namespace mozi::app::doctor {

namespace {

// Whether the address that people use leads to this very server; what it is asked says the same through either.
void doubt_base_url(Patient const& patient, Findings& say) {
    auto const& url = patient.settings.server.base_url;
    if (url.empty()) return;
    auto const ask = [](std::string const& base) { return net::fetch(base + "/api/instance", "GET", {}, {}, std::chrono::seconds(4)); };
    auto const here = ask(*patient.address), there = ask(url);
    if (!here) return;
    if (!there)
        say.look("base_url.silent", url + " (server.base_url) does not answer from this machine; it may well do so from elsewhere",
            "Try it from elsewhere; if it is silent there too, look at the name's address (DNS), the proxy and the firewall.");
    else if (there->status == here->status && there->body == here->body) say.well("base_url.other", url + " leads to this server");
    else
        say.fault("base_url.other", url + " (server.base_url) is answered by something else (status " + std::to_string(there->status) + ")",
            "Correct server.base_url or the proxy. A proxy has to pass the whole host name on; below a path it is not served.");
}

// While the server goes on writing: nothing waits for it, and what is on its way is no fault.
std::string look_at_record_beside(Settings const& settings, Findings& say) {
    auto const databases = look_at_databases(settings, db::Access::beside);
    for (auto const& [name, database] : databases)
        if (auto const current = check_schema(name, *database); !current) {
            say.look("record.other_version",
                "the record of decisions is not looked at: the running server is of another version than this (" + current.error().id +
                    " in " + name + ")",
                "Run the doctor of the running server's version.");
            return {};
        }
    return look_at_record(databases, settings, say);
}

} // namespace

void look_at_running(Patient const& patient, Findings& say) {
    auto const answer = net::fetch(*patient.address + "/health/services", "GET", {}, {}, std::chrono::seconds(4));
    auto const health = answer ? json::from_json<ServicesHealth>(answer->body) : internal("");
    if (!health)
        say.fault("server.silent", "the running server at " + *patient.address + " does not say how it is",
            "Its log says what it waits for; with server.metrics_token it tells only who has the token.");
    else if (health->status == "healthy") say.well("server.health", "the running server at " + *patient.address + " is healthy");
    else say.fault("server.health", "the running server at " + *patient.address + " is " + health->status, "What follows says why.");
    for (auto const& problem : health ? health->problems : std::vector<ProblemHealth>{})
        say.told(problem.id, Verdict::fault, problem.message);
    doubt_base_url(patient, say);
    auto const fault = look_at_record_beside(patient.settings, say);
    for (auto const& service : health ? health->services : std::vector<ServiceHealth>{})
        for (auto const& warning : service.warnings)
            if (service.name != "moderation-service") say.told("server.warning", Verdict::look, warning);
            else if (warning != fault) say.told("record", Verdict::fault, warning); // that the record is whole is no matter of taste
}

} // namespace mozi::app::doctor
