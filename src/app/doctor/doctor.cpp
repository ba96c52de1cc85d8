// `doctor`: one look after another, each with a limit, and what they found.
#include "commands.hpp"
#include "complain.hpp"
#include "doctor/looks.hpp"
#include "doctor/mending.hpp"
#include "doctor/proc.hpp"
#include "installation.hpp"
#include "looking.hpp"

#include <mozi/log/log.hpp>
#include <mozi/net/client.hpp>

#include <condition_variable>
#include <pwd.h>
#include <sysexits.h>
#include <thread>
#include <unistd.h>

namespace mozi::app {

using namespace doctor;

namespace {

using namespace std::chrono_literals;

int ask_ready(Settings const& settings) {
    auto const address = DataLock::address_of(settings.data.dir);
    if (!address) return complain("No server runs with the data folder " + settings.data.dir + ".", EX_UNAVAILABLE);
    auto const answer = net::fetch(*address + "/health/ready", "GET", {}, {}, std::chrono::seconds(4));
    if (!answer) return complain("The server at " + *address + " does not answer.", EX_UNAVAILABLE);
    std::cout << answer->body << "\n";
    return answer->status == 200 ? EX_OK : EX_UNAVAILABLE;
}

std::string user_name() {
    auto const* const known = getpwuid(geteuid());
    return known ? known->pw_name : std::to_string(geteuid());
}

// A path in full; none where there is none.
std::string named(std::string const& path) {
    std::error_code failed;
    return path.empty() ? "none (defaults)" : std::filesystem::absolute(path, failed).lexically_normal().string();
}

struct Kind {
    char const *id, *what; // "clock", "the clock"
    std::chrono::seconds most;
    void (*look)(Patient const&, Findings&);
    enum class When { always, running, resting } when = When::always;
};

constexpr Kind kinds[] = {
    {"libraries", "the libraries", 5s, look_at_libraries},
    {"programs", "ffmpeg and ffprobe", 120s, look_at_programs},
    {"walls", "the jail", 90s, look_at_walls},
    {"folder", "the data folder", 30s, look_at_folder},
    {"system", "what the system grants", 15s, look_at_system},
    {"network", "addresses and names", 20s, look_at_network},
    {"tls", "the certificate", 10s, look_at_certificate},
    {"backup", "the backup", 10s, look_at_backup},
    {"postgres", "PostgreSQL", 15s, look_at_postgres},
    {"clock", "the clock", 30s, look_at_clock},
    {"base_url", "server.base_url", 20s, look_at_base_url, Kind::When::running},
    {"running", "the running server", 1200s, look_at_running, Kind::When::running},
    {"rest", "the databases and film folders", 3600s, look_at_rest, Kind::When::resting},
};

// What one look and whoever waits for it share: it may be left behind, hanging on a file system or a name server.
struct Shared {
    explicit Shared(Patient const& of) : patient(of) {}
    Patient const patient;
    std::mutex mutex;
    std::condition_variable told;
    std::vector<Finding> findings;
    bool done = false;
};

void run(Kind const& kind, Shared& shared) {
    Findings say([&shared](Finding const& finding) {
        std::scoped_lock const held(shared.mutex);
        shared.findings.push_back(finding);
        shared.told.notify_all();
    });
    try {
        kind.look(shared.patient, say);
    } catch (NoInstallation const& cause) {
        say.told("installation.none", doctor::Verdict::look, cause.what());
    } catch (NotOneInstallation const& cause) {
        say.told("installation.refused", doctor::Verdict::fault, cause.what());
    } catch (db::Failure const& cause) {
        say.told(cause.kind == db::Failure::Kind::io ? "database.damaged" : "database.failed", doctor::Verdict::fault, cause.what());
    } catch (std::exception const& cause) { say.told(std::string(kind.id) + ".failed", doctor::Verdict::fault, cause.what()); }
    std::scoped_lock const held(shared.mutex);
    shared.done = true;
    shared.told.notify_all();
}

// False: it did not come back in time, and goes on without us.
bool look(Kind const& kind, Patient const& patient, Report& report) {
    auto const shared = std::make_shared<Shared>(patient);
    std::thread([kind, shared] { run(kind, *shared); }).detach();
    auto const end = std::chrono::steady_clock::now() + kind.most;
    for (;;) {
        std::unique_lock held(shared->mutex);
        auto const something = shared->told.wait_until(held, end, [&] { return shared->done || !shared->findings.empty(); });
        auto const found = std::exchange(shared->findings, {});
        auto const done = shared->done;
        held.unlock();
        for (auto const& finding : found) report.add(finding);
        if (done) return true;
        if (something) continue;
        report.add({std::string(kind.id) + ".hangs", doctor::Verdict::fault,
            "Looking at " + std::string(kind.what) + " did not end within " + std::to_string(kind.most.count()) + " s",
            "A disk, a network file system or a name server does not answer; the log of the system (dmesg) may say which."});
        return false;
    }
}

} // namespace

int doctor_command(Given const& given, DoctorOrders const& orders) {
    auto const settings = load_settings(given, environ);
    if (!settings) {
        if (orders.json) {
            Report report(Form::json, {named(configuration_file(given)), {}, {}, user_name()});
            report.add({"configuration", doctor::Verdict::fault, settings.error().message,
                "Correct that line; videa-mozi config example explains every setting."});
            report.end();
        }
        return complain(settings.error().message, EX_CONFIG);
    }
    if (orders.only_ready) return ask_ready(*settings);
    log::configure({"error", "text"});
    Patient patient{*settings, DataLock::address_of(settings->data.dir)};
    if (patient.address)
        if (auto const holder = holder_of_lock(std::filesystem::path(settings->data.dir) / "lock")) patient.pid = holder->pid;
    auto const& server = settings->server;
    auto const host = server.host.find(':') == std::string::npos ? server.host : "[" + server.host + "]";
    Report report(orders.json ? Form::json : Form::text,
        {named(configuration_file(given)), named(settings->data.dir),
            patient.address.value_or(host + ":" + std::to_string(server.port) + " (no server runs)"), user_name()});
    auto all_back = true;
    for (auto const& kind : kinds) {
        if (kind.when != Kind::When::always && (kind.when == Kind::When::running) != patient.address.has_value()) continue;
        auto const before = report.faults();
        all_back = look(kind, patient, report) && all_back;
        if (kind.look == look_at_postgres && report.faults() > before) patient.database_answers = false;
    }
    report.end();
    auto mended = true;
    if (orders.fix) try {
            mended = mend(patient, orders.yes ? Agreed::yes : Agreed::ask);
        } catch (std::exception const& cause) { mended = complain(cause.what(), 0) != 0; }
    auto const status = report.faults() || !mended ? EX_UNAVAILABLE : EX_OK;
    if (!all_back) std::cout << std::flush, _exit(status); // nothing waits for what hangs
    return status;
}

} // namespace mozi::app
