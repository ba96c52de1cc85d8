// `serve`: runs until a signal says stop; SIGTERM drains, SIGHUP opens the log anew and reads certificates again.
#include "commands.hpp"
#include "composition.hpp"
#include "installation.hpp"

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

void announce_setup(House& house, blob::Folder const& dir) {
    auto const token = house.users().setup_token();
    if (!token || !*token) return dir.remove("setup-link");
    auto const link = house.address() + "/setup#" + **token;
    if (auto const written = dir.write("setup-link", link + "\n"); !written) log::warn("setup.link", {{"why", written.error().message}});
    if (isatty(STDOUT_FILENO) == 1) std::cout << "\n  Make the first administrator: " << link << "\n\n" << std::flush;
    log::info("setup.pending", {{"file", (dir.path() / "setup-link").string()}});
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
    try {
        DataLock lock(settings.data.dir);
        if (!db::sqlite_checkpoints_safely() && settings.database.url.empty())
            log::warn("sqlite.old",
                {{"version", db::sqlite_version()},
                    {"note", "built with a SQLite that loses pages when a write races a checkpoint; the writer checkpoints alone"}});
        drop_taken_ports(settings);
        House house(settings, Purpose::serve, [](std::string const& why) {
            log::error("server.fail_stop", {{"why", why}});
            failed = true;
            kill(getpid(), SIGTERM);
        });
        house.start();
        lock.write_address(house.local_address());
        blob::Folder const dir(settings.data.dir);
        announce_setup(house, dir);
        announce_closed(settings);
        log::info("server.ready", {{"address", house.address()}, {"version", MOZI_VERSION},
                                      {"database", settings.database.url.empty() ? "sqlite" : "postgresql"}});
        for (;;) {
            int signal = 0;
            sigwait(&signals, &signal);
            if (signal != SIGHUP) break;
            auto const problem = house.reload();
            problem.empty() ? log::info("server.reloaded") : log::error("server.reload", {{"why", problem}});
        }
        log::info("server.stopping");
        std::thread([] {
            std::this_thread::sleep_for(most_stopping);
            log::error("server.stop_cut", {{"after_ms", std::int64_t(most_stopping.count())}});
            _exit(EX_SOFTWARE);
        }).detach();
        house.stop(failed ? std::chrono::milliseconds(500) : std::chrono::milliseconds(grace));
        log::info("server.stopped");
        return failed ? EX_SOFTWARE : EX_OK;
    } catch (NotOneInstallation const& cause) {
        log::error("server.cannot_start", {{"why", cause.what()}});
        if (isatty(STDERR_FILENO) == 1) std::cerr << "videa-mozi does not start: " << cause.what() << "\n";
        return EX_CONFIG; // starting again does not help
    } catch (std::exception const& cause) {
        log::error("server.cannot_start", {{"why", cause.what()}});
        if (isatty(STDERR_FILENO) == 1) std::cerr << "videa-mozi cannot start: " << cause.what() << "\n";
        std::string_view const why(cause.what());
        return why.find("another videa-mozi") != why.npos      ? EX_TEMPFAIL
               : why.find("may be read by others") != why.npos ? EX_CONFIG
                                                               : EX_UNAVAILABLE;
    }
}

} // namespace mozi::app
