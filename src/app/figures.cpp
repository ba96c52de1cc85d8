// Registering figures, and asking for those that cost something.
#include "figures.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <fstream>
#include <sys/resource.h>

namespace mozi::app {

namespace {

constexpr auto every = std::chrono::seconds(5);

// One line of /proc/self/status, which is in kB.
double status_bytes(std::string_view name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':')
            return 1024 * double(parse_id(split(trim(std::string_view(line).substr(name.size() + 1)), ' ').front()).value_or(0));
    return 0;
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval const& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace

Figures::Figures(Needs needs) : needs_(std::move(needs)) {
    of_process();
    of_server();
    of_databases();
    of_work();
}

void Figures::of_process() {
    auto& m = needs_.metrics;
    m.gauge("videa_build_info", "1, with the version", "version=\"" MOZI_VERSION "\"", [] { return 1.0; });
    auto const started = std::chrono::duration<double>(system_clock().now().time_since_epoch()).count();
    m.gauge("videa_start_time_seconds", "When the process started, in seconds since 1970", "", [started] { return started; });
    m.counter("videa_cpu_seconds_total", "Processor time of the server, without the programs it starts", "", cpu_seconds);
    m.gauge("videa_resident_bytes", "Resident memory, anonymous and mapped", "", [] { return status_bytes("VmRSS"); });
    m.gauge("videa_anonymous_bytes", "Resident memory of its own; what counts against a limit", "", [] { return status_bytes("RssAnon"); });
    m.gauge("videa_mapped_bytes", "Resident pages of files: the system takes them back when it needs them", "",
        [] { return status_bytes("RssFile"); });
    m.counter("videa_log_lines_lost_total", "Lines of the log that could not be written", "", [] { return double(log::lost()); });
}

void Figures::of_server() {
    auto& m = needs_.metrics;
    auto const figure = [this](auto member) { return [this, member] { return double(needs_.server.figures().*member); }; };
    using F = net::ServerFigures;
    m.gauge("videa_connections", "Open connections", "", figure(&F::open));
    m.counter("videa_connections_accepted_total", "Connections that were taken", "", figure(&F::accepted));
    m.counter("videa_connections_refused_total", "Connections that were one too many", "", figure(&F::refused));
    m.counter("videa_accept_errors_total", "Connections the system could not hand over: descriptors or memory are short", "",
        figure(&F::accept_errors));
    m.counter("videa_requests_read_total", "Requests read from the wire", "", figure(&F::requests));
    m.counter("videa_framing_refused_total", "Requests refused for their framing", "", figure(&F::refused_framing));
    m.counter("videa_received_bytes_total", "Bytes that came in", "", figure(&F::bytes_in));
    m.counter("videa_sent_bytes_total", "Bytes that left", "", figure(&F::bytes_out));
    m.gauge("videa_loop_lag_seconds", "Worst event loop lag of the last 10 s", "", figure(&F::loop_lag_seconds_max));
    if (needs_.server.certificate_end())
        m.gauge("videa_tls_certificate_end_timestamp_seconds", "When the certificate in use ends, in seconds since 1970; with TLS", "",
            [this] { return double(needs_.server.certificate_end().value_or(0)); });
}

void Figures::of_databases() {
    auto& m = needs_.metrics;
    for (auto const& [name, database] : needs_.databases) {
        auto const label = "module=\"" + name + "\"";
        auto const figure = [db = database.get()](auto member) { return [db, member] { return double(db->figures().*member); }; };
        using F = db::Figures;
        m.counter("videa_db_commits_total", "Commits", label, figure(&F::commits));
        m.counter("videa_db_units_total", "Units of work written", label, figure(&F::units));
        m.counter("videa_db_reads_total", "Reads of the database", label, figure(&F::reads));
        m.counter("videa_db_failures_total", "Reads and units that the database did not carry out", label, figure(&F::failures));
        m.counter("videa_db_reads_in_others_units_total", "Reads while the reader held another module's writer", label,
            figure(&F::reads_in_others_units));
        m.gauge("videa_db_wal_bytes", "Size of the write-ahead log; SQLite", label, figure(&F::wal_bytes));
        m.gauge("videa_db_sessions_used", "Sessions somebody works with now", label, figure(&F::sessions_used));
        m.gauge("videa_db_sessions_most", "Sessions there may be: database.sessions with PostgreSQL; 0: no bound", label,
            figure(&F::sessions_most));
        m.counter("videa_db_session_waits_total", "Times somebody had to wait for a session", label, figure(&F::session_waits));
    }
}

void Figures::of_work() {
    auto& m = needs_.metrics;
    for (auto const& [name, pool] : needs_.pools) {
        auto const label = "pool=\"" + name + "\"";
        m.gauge("videa_pool_queued", "Tasks waiting for a thread", label, [pool] { return double(pool->queued()); });
        m.gauge("videa_pool_running", "Tasks that run", label, [pool] { return double(pool->running()); });
    }
    m.gauge("videa_sessions", "Sign-ins that are alive", "", [this] { return double(sessions_); });
    m.gauge("videa_preparations", "Films that are prepared or wait for it", "state=\"waiting\"", [this] { return double(waiting_); });
    m.gauge("videa_preparations", "", "state=\"running\"", [this] { return double(running_); });
    m.gauge("videa_preparations_oldest_seconds", "Since the film was queued that is not prepared for the longest time; 0: there is none",
        "", [this] {
            auto const since = Time{std::chrono::microseconds{oldest_us_.load()}};
            return since == Time{} ? 0.0 : std::max(0.0, std::chrono::duration<double>(system_clock().now() - since).count());
        });
}

void Figures::start() {
    ticker_ = std::make_unique<jobs::Ticker>("figures", every, [this] { look(); });
}

void Figures::stop() { ticker_.reset(); }

// What cannot be asked stays as it was: that the database is away is told by others.
void Figures::look() {
    if (auto const sessions = needs_.sessions()) sessions_ = *sessions;
    if (auto const queue = needs_.queue()) {
        waiting_ = queue->waiting;
        running_ = queue->running;
        oldest_us_ = queue->oldest ? queue->oldest->time_since_epoch().count() : 0;
    }
}

} // namespace mozi::app
