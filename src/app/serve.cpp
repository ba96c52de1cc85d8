// `serve`: runs until a signal says stop; SIGTERM drains, SIGHUP opens the log anew and reads certificates again.
#include "commands.hpp"
#include "composition.hpp"
#include "hold.hpp"
#include "installation.hpp"
#include "service_manager.hpp"
#include "settings_faults.hpp"
#include "setup_link.hpp"

#include <mozi/log/log.hpp>

#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <iostream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <thread>
#include <unistd.h>

namespace mozi::app {

namespace {

constexpr auto grace = std::chrono::seconds(7); // docker gives 10 s in all
constexpr auto most_stopping =
    std::chrono::milliseconds(9500); // what hangs on a database that is gone is cut off: nothing acknowledged depends on it

std::atomic<bool> failed{false};

// As many descriptors as the system allows: a connection needs one, a file on its way another.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

bool is_taken(int port) {
    auto const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    auto const taken = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd, 1) != 0;
    ::close(fd);
    return taken;
}

// A second instance on this machine still starts: the five ports are the first one's.
void drop_taken_ports(Settings& settings) {
    auto& ports = settings.server.module_ports;
    for (auto const port : ports)
        if (is_taken(port)) {
            log::warn("server.module_ports",
                {{"port", port}, {"note", "taken by another program; the module ports stay off, everything is on the main port"}});
            return ports.clear();
        }
}

// For `systemctl status`.
std::string status_of(House const& house) {
    std::string out;
    for (auto const& ailment : house.ailments()) out += (out.empty() ? "" : ", ") + ailment.id;
    return "Answers at " + house.address() + (out.empty() ? "" : "; not as it should be: " + out + " (videa-mozi doctor says more)");
}

// By when a service manager puts messages in their order.
std::string monotonic_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return "MONOTONIC_USEC=" + std::to_string(std::int64_t(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}

// What is on the disk cannot be known, or somebody else has the database: from here on nothing more may be written.
void end(std::string const& why) {
    log::error("server.fail_stop", {{"why", why}});
    failed = true;
    kill(getpid(), SIGTERM);
}

void announce_closed(Settings const& settings) {
    if (settings.community.registration == user::Registration::closed)
        log::info("community.closed", {{"note", "nobody can join; community.registration = \"OPEN\" lets everybody"}});
}

} // namespace

int serve(Settings const& given) {
    auto settings = given;
    auto const log_problem = log::configure(
        {std::string(to_text(settings.log.level)), std::string(to_text(settings.log.format)), settings.log.file, settings.log.addresses});
    if (!log_problem.empty()) {
        log::error("server.cannot_start", {{"why", "the log cannot be written to " + log_problem}});
        return EX_CONFIG;
    }
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (auto const signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr); // before any thread, so that only sigwait sees them
    raise_file_limit();
    ServiceManager manager;
    manager.tell("STATUS=Opening the databases; after an upgrade, bringing them up to date");
    log::info("server.settings", {{"file", settings.where.file.string()}, {"data", settings.data.dir},
                                     {"data_from", settings.where.origin("data.dir")}, {"user", name_of_user(geteuid())}});
    auto const refused = [](std::string const& why, int status) {
        log::error("server.cannot_start", {{"why", why}});
        if (isatty(STDERR_FILENO) == 1) std::cerr << "videa-mozi does not start: " << why << "\n";
        return status;
    };
    try {
        if (auto const faults = faults_of_files(settings); !faults.empty()) return refused(faults.front(), EX_CONFIG);
        Hold hold(settings, Hold::Takes::make, end);
        if (!db::sqlite_checkpoints_safely() && settings.database.url.empty())
            log::warn("sqlite.old",
                {{"version", db::sqlite_version()},
                    {"note", "built with a SQLite that loses pages when a write races a checkpoint; the writer checkpoints alone"}});
        drop_taken_ports(settings);
        House house(settings, Purpose::serve, end);
        house.start();
        blob::Folder const dir(settings.data.dir);
        announce_setup(house, dir);
        hold.write_address(house.local_address()); // who finds it there finds the link as well
        announce_closed(settings);
        log::info("server.ready",
            {{"address", house.address()}, {"version", MOZI_VERSION}, {"database", settings.database.url.empty() ? "sqlite" : "postgresql"},
                {"data", std::filesystem::absolute(settings.data.dir).lexically_normal().string()}, {"uid", std::int64_t(geteuid())}});
        manager.tell("READY=1\nSTATUS=" + status_of(house));
        auto telling = manager.keep_telling({[&house] { return status_of(house); }, [&house] { return house.stands_still(); }});
        for (;;) {
            int signal = 0;
            sigwait(&signals, &signal);
            if (signal != SIGHUP) break;
            manager.tell("RELOADING=1\n" + monotonic_now());
            auto const problem = house.reload();
            problem.empty() ? log::info("server.reloaded") : log::error("server.reload", {{"why", problem}});
            manager.tell("READY=1");
        }
        log::info("server.stopping");
        telling.reset();
        manager.tell("STOPPING=1\nSTATUS=Requests under way are finished");
        std::thread([] {
            std::this_thread::sleep_for(most_stopping);
            log::error("server.stop_cut", {{"after_ms", std::int64_t(most_stopping.count())}});
            _exit(EX_SOFTWARE);
        }).detach();
        house.stop(failed ? std::chrono::milliseconds(500) : std::chrono::milliseconds(grace));
        log::info("server.stopped");
        return failed ? EX_SOFTWARE : EX_OK;
    } catch (std::exception const& cause) { return refused(cause.what(), status_of(cause)); }
}

} // namespace mozi::app
