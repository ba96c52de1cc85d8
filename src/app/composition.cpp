// Composition: config → log → databases → migrations → modules in order → dispatcher → listeners.
#include "composition.hpp"

#include "administration.hpp"
#include "effects_check.hpp"
#include "figures.hpp"
#include "health.hpp"
#include "installation.hpp"
#include "instance.hpp"
#include "log_level.hpp"
#include "looking.hpp"
#include "upgrade.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/db/upgrade.hpp>
#include <mozi/log/log.hpp>
#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>
#include <mozi/social/module.hpp>

#include <malloc.h>
#include <thread>
#include <utility>

namespace mozi {
std::span<EmbeddedFile const> mozi_web_files();
}

namespace mozi::app {

namespace {

int processors() { return std::max(1, int(std::thread::hardware_concurrency())); }

// What is read slowly holds at most half of the processors, and of PostgreSQL's sessions.
int slow_readers(Settings const& s) { return std::max(1, std::min(processors(), s.database.sessions) / 2); }

http::GatewayOptions gateway_options(Settings const& s, std::string const& secret) {
    http::GatewayOptions out;
    out.visitors = s.community.visitors_read ? http::Visitors::may_read : http::Visitors::must_sign_in;
    out.allowed_origins = s.http.allowed_origins;
    out.limits_enabled = s.limits.enabled;
    out.reads_per_minute = s.limits.reads_per_minute;
    out.writes_per_minute = s.limits.writes_per_minute;
    out.sign_ins_per_minute = s.limits.sign_ins_per_minute;
    out.uploads_per_minute = s.limits.uploads_per_minute;
    out.refusals_per_minute = s.limits.refusals_per_minute;
    out.trusted_proxies = s.server.trusted_proxies;
    out.base_url = s.server.base_url;
    out.sealing_key = crypto::derive(secret, "stored replies");
    out.main_port = s.server.port;
    constexpr std::string_view order[] = {"user", "content", "social", "moderation", "media"};
    for (std::size_t i = 0; i < s.server.module_ports.size() && i < 5; ++i)
        out.module_ports.emplace_back(std::uint16_t(s.server.module_ports[i]), order[i]);
    using Hsts = http::GatewayOptions::Hsts;
    out.hsts = s.server.tls_certificate.empty() ? Hsts::off : s.server.hsts_subdomains ? Hsts::with_subdomains : Hsts::this_host;
    return out;
}

net::ServerOptions server_options(Settings const& s) {
    net::ServerOptions out;
    std::optional<net::TlsFiles> tls;
    if (!s.server.tls_certificate.empty()) tls = net::TlsFiles{s.server.tls_certificate, s.server.tls_key};
    out.listen.push_back({s.server.host, s.server.port, tls});
    for (auto const port : s.server.module_ports) out.listen.push_back({"127.0.0.1", std::uint16_t(port), std::nullopt});
    out.io_threads = s.server.io_threads ? s.server.io_threads : std::min(4, processors());
    using ms = std::chrono::milliseconds;
    out.head_timeout = ms(s.http.head_timeout_ms);
    out.body_timeout = ms(s.http.body_timeout_ms);
    out.idle_timeout = ms(s.http.idle_timeout_ms);
    out.write_timeout = ms(s.http.write_timeout_ms);
    out.max_connections = std::size_t(s.http.max_connections);
    out.max_connections_per_address = std::size_t(s.http.max_connections_per_address);
    out.trusted_proxies = s.server.trusted_proxies;
    return out;
}

// Who owns a kind hears what is decided about its things. Throws std::logic_error naming a kind of which nobody does.
template <events::Event E>
void check_hears(Module const& module) {
    for (auto const& entry : module.subjects) {
        E about;
        about.action_id = {1}; // what cannot be read concerns everybody
        about.subject_id = 1;
        about.kind = entry.kind;
        if (std::ranges::none_of(module.listeners, [told = events::told(about)](events::Listener const& listener) {
                return listener.source == E::source && listener.event == E::name && (!listener.concerns || listener.concerns(told));
            }))
            throw std::logic_error(
                module.name + " owns the kind " + std::string(to_text(entry.kind.value)) + " and does not hear " + std::string(E::name));
    }
}

// Who owns a kind says where its things lie, so that they are held against decisions. Throws std::logic_error.
void check_places(Module const& module) {
    auto const all = module_places();
    for (auto const& entry : module.subjects)
        if (auto const own = all.find(module.name); own == all.end() || std::ranges::none_of(own->second, [&](effects::Place const& place) {
                return place.listener.empty() && place.kind == entry.kind;
            }))
            throw std::logic_error(
                module.name + " owns the kind " + std::string(to_text(entry.kind.value)) + " and does not say where its things lie");
}

std::vector<db::Upgrade> all_schemas() {
    std::vector<db::Upgrade> out;
    for (auto const name : module_names())
        out.push_back({std::string(name), {{"platform", mozi_platform_schema()}, {"schema", module_migrations().at(std::string(name))}}});
    return out;
}

// What becomes of an upgrade that failed, for the end of a sentence.
std::string put_back(Upgrade& upgrade) {
    try {
        auto const said = upgrade.put_back();
        return said.empty() ? said : " " + said;
    } catch (std::exception const& cause) {
        return std::string(" What was migrated before it could not be put back (") + cause.what() + "); the next start tries again.";
    }
}

} // namespace

struct House::Parts {
    Settings settings;
    blob::Folder dir;
    std::string secret;
    metrics::Registry metrics;
    // Versions that caches look at.
    db::Topic people, movies, engagement, media_topic;
    std::map<std::string, std::unique_ptr<db::Database>> databases;
    jobs::Pool workers, hashers, slow;
    events::Dispatcher dispatcher;
    events::Outbox outbox;
    content::Ports ports;
    user::UserModule user;
    media::MediaModule media;
    Module content;
    Directory directory;
    social::SocialModule social;
    moderation::ModerationModule moderation;
    std::unique_ptr<http::Gateway> gateway;
    std::unique_ptr<net::Server> server;
    std::unique_ptr<HealthRoutes> health;
    std::unique_ptr<InstanceRoutes> instance;
    std::unique_ptr<AdministrationRoutes> administration;
    std::unique_ptr<LogRoutes> log_level;
    std::unique_ptr<Vitals> vitals; // while it runs
    std::unique_ptr<Figures> figures; // likewise
    std::unique_ptr<jobs::Ticker> maintenance; // waits for nobody
    std::unique_ptr<jobs::Ticker> housekeeping; // may wait for a database
    void keep_lived() {
        for (auto const& [name, database] : databases)
            if (auto const kept = database->keep_lived(); !kept)
                log::warn("db.lived_not_kept", {{"database", name}, {"why", kept.error().detail}});
    }
    std::atomic<bool> stopping{false};
    bool setup_link_may_exist = true; // of the maintenance thread: the used link is removed

    Parts(Settings const& s, Purpose purpose)
        : settings(s), dir(s.data.dir, purpose == Purpose::work ? blob::Folder::Missing::refuse : blob::Folder::Missing::make),
          workers("worker", s.server.workers ? s.server.workers : std::max(4, processors() * 2), 4096),
          hashers("hasher", s.server.hashers, 128), slow("slow", slow_readers(s), 256, {.most_at_once = 2, .niceness = 5}),
          dispatcher({}, metrics), outbox([this](db::Database const& source) { dispatcher.wake(source); }) {}
};

House::House(Settings const& s, Purpose purpose, std::function<void(std::string const&)> on_fatal)
    : parts_(std::make_unique<Parts>(s, purpose)) {
    auto& p = *parts_;
    // Only what belongs together is opened for writing; a missing database is a loss, unless nothing is there at all.
    Upgrade upgrade(p.dir);
    upgrade.go_on();
    auto const open = [&](std::string const& name) {
        db::Options const options{.name = name,
            .dir = s.data.dir,
            .url = s.database.url,
            .readers = s.database.sessions,
            .min_free_bytes = std::uint64_t(s.data.min_free_bytes),
            .on_fatal = on_fatal};
        auto database = db::Database::open(options);
        p.dispatcher.add_source(name, *database);
        p.databases[name] = std::move(database);
    };
    // They are judged as they lie there: opening one for writing changes it already, and a refusal leaves every byte alone.
    auto installation = [&] {
        auto const there = look_at_databases(s);
        Installation found(s, p.dir, there);
        found.decide();
        auto const older = must_be_upgradable(there);
        check_whole(s, there, older);
        check_room(s, older);
        return found;
    }();
    if (purpose != Purpose::work) installation.enter();
    p.secret = installation_secret(p.dir);
    for (auto const name : module_names())
        if (Installation::exists(s, std::string(name))) open(std::string(name));

    // The schema, before anybody reads or listens.
    auto const migrations = module_migrations();
    auto const bring_up = [&](std::string const& name) {
        if (!p.databases.contains(name)) open(name);
        p.databases.at(name)->migrate(mozi_platform_schema(), "platform");
        p.databases.at(name)->migrate(migrations.at(name));
    };
    auto const context = [&](db::Database& database) { return ModuleContext{database, p.outbox, system_clock(), p.metrics}; };
    try {
        db::TellsCopies const tells([&](std::string const& name, std::filesystem::path const& copy) { upgrade.copied(name, copy); });
        if (purpose != Purpose::work) {
            if (!s.database.url.empty()) db::migrate_together(s.database.url, all_schemas());
            for (auto const name : module_names()) bring_up(std::string(name));
        }
        installation.complete(p.databases);
        upgrade.done();
    } catch (std::exception const& cause) {
        p.databases.clear();
        throw std::runtime_error(cause.what() + put_back(upgrade));
    }
    if (purpose != Purpose::work) close_to_others(p.dir.path());
    auto &user_db = *p.databases.at("user"), &content_db = *p.databases.at("content"), &media_db = *p.databases.at("media"),
         &social_db = *p.databases.at("social"), &moderation_db = *p.databases.at("moderation");

    // Modules in the order of modules.cmake; ports are filled in as their owners come to be.
    p.user =
        user::make_user(context(user_db), {p.secret, s.community.registration, std::chrono::minutes(s.auth.access_minutes),
                                              std::chrono::days(s.auth.refresh_days), &p.people, std::chrono::days(s.auth.session_days),
                                              {s.community.name, s.server.base_url}, s.limits.enabled ? s.limits.sign_ins_per_minute : 0});
    p.directory.add(p.user.module.subjects);
    p.content = content::make_content(context(content_db),
        {*p.user.users, p.ports, s.community.who_creates, p.movies, {&p.people, &p.movies, &p.engagement, &p.media_topic},
            s.community.unreleased_per_member, s.community.titles_per_day});
    p.directory.add(p.content.subjects);
    p.media = media::make_media(
        context(media_db), {.users = *p.user.users,
                               .settings = s.media,
                               .dir = std::filesystem::path(s.data.dir) / "media",
                               .signing_key = crypto::derive(p.secret, "playback"),
                               .min_free_bytes = std::uint64_t(s.data.min_free_bytes),
                               .recall_viewer = p.user.authenticate.recall_session,
                               .viewer_of = p.user.authenticate.by_session,
                               .workers = p.workers,
                               .media = p.media_topic,
                               .visitors = s.community.visitors_read ? http::Visitors::may_read : http::Visitors::must_sign_in,
                               .directory = &p.directory});
    p.ports.videos = p.media.videos.get();
    p.directory.add(p.media.module.subjects);
    p.social = social::make_social(context(social_db), {*p.user.users, p.directory, p.engagement, s.community.comments_per_day});
    p.ports.engagement = p.social.engagement.get();
    p.directory.add(p.social.module.subjects);
    auto record = record_settings(s, p.secret);
    record.check_effects = [this] { return check_effects({databases(), module_places(), [this] { return !parts_->stopping.load(); }}); };
    p.moderation = moderation::make_moderation(context(moderation_db), {*p.user.users, p.directory, std::move(record)});
    p.directory.add(p.moderation.module.subjects);
    p.directory.check_complete();

    // The gateway and its table.
    p.gateway = std::make_unique<http::Gateway>(
        gateway_options(s, p.secret), p.user.authenticate, http::Pools{p.workers, p.hashers, p.slow}, p.metrics);
    auto const mount = [&](Module& module, db::Database& database) {
        check_hears<moderation::ContentHidden>(module), check_hears<moderation::ContentRestored>(module), check_places(module);
        p.dispatcher.add_listeners(database, std::move(module.listeners));
        p.gateway->mount(module.name, &database, std::move(module.routes));
    };
    mount(p.user.module, user_db);
    mount(p.content, content_db);
    mount(p.media.module, media_db);
    mount(p.social.module, social_db);
    mount(p.moderation.module, moderation_db);
    p.health = std::make_unique<HealthRoutes>(HealthRoutes::Needs{s, p.databases, p.metrics, p.workers, *p.gateway,
        [this] { return parts_->server ? parts_->server->figures() : net::ServerFigures{}; }, *p.media.keeping, *p.moderation.record,
        [this] { return ailments(); }});
    p.gateway->mount("health", nullptr, p.health->routes());
    p.instance = std::make_unique<InstanceRoutes>(InstanceRoutes::Needs{s, *p.gateway, p.user.has_admin});
    p.gateway->mount("health", nullptr, p.instance->routes());
    p.administration = std::make_unique<AdministrationRoutes>(
        AdministrationRoutes::Needs{p.databases, p.dispatcher, *p.gateway, p.dir, *p.moderation.record});
    p.gateway->mount("admin", nullptr, p.administration->routes());
    p.log_level = std::make_unique<LogRoutes>(s.log.level);
    p.gateway->mount("admin", nullptr, p.log_level->routes());
    p.gateway->mount_web(mozi_web_files());
    p.instance->describe();
    if (purpose == Purpose::serve) p.server = std::make_unique<net::Server>(server_options(s), *p.gateway);
}

// Also when start() failed, or never was: listeners and workers end before what they refer to.
House::~House() {
    parts_->stopping = true;
    parts_->workers.stop();
    parts_->hashers.stop();
    parts_->slow.stop();
    if (parts_->moderation.stop_jobs) parts_->moderation.stop_jobs();
    parts_->dispatcher.stop();
}

void House::start() {
    auto& p = *parts_;
    p.dispatcher.start();
    p.vitals = std::make_unique<Vitals>(Vitals::Needs{p.databases, p.dispatcher, p.dir, std::uint64_t(p.settings.data.min_free_bytes),
        [&p] {
            std::vector<Ailment> out;
            for (auto& fault : p.media.keeping->faults()) out.push_back({std::move(fault.id), std::move(fault.sentence)});
            return out;
        },
        p.metrics});
    p.vitals->start();
    p.maintenance = std::make_unique<jobs::Ticker>(
        "maintenance", std::chrono::milliseconds(250), [&p, before = std::chrono::steady_clock::now()]() mutable {
            // A machine that slept, or a steady clock that is not: no tick is longer than this.
            auto const now = std::chrono::steady_clock::now();
            auto const passed = std::min<std::chrono::steady_clock::duration>(now - std::exchange(before, now), std::chrono::seconds(5));
            for (auto const& [name, database] : p.databases) {
                database->live(std::chrono::duration_cast<std::chrono::microseconds>(passed));
                database->checkpoint();
            }
            p.log_level->tick();
        });
    p.housekeeping = std::make_unique<jobs::Ticker>("housekeeping", std::chrono::minutes(1), [&p, minute = 0]() mutable {
        if (minute % 30 == 0) p.gateway->forget_old_answers();
        if (minute % 10 == 1) p.dispatcher.trim();
        ++minute;
    });
    p.server->start();
    p.figures = std::make_unique<Figures>(Figures::Needs{p.metrics, p.databases,
        {{"workers", &p.workers}, {"hashers", &p.hashers}, {"slow", &p.slow}}, *p.server, p.user.count_sessions, p.media.queue});
    p.figures->start();
    p.media.start_jobs();
    p.moderation.start_jobs();
    malloc_trim(0); // what start-up needed and nobody needs again
}

void House::stop(std::chrono::milliseconds grace) {
    auto& p = *parts_;
    p.stopping = true;
    p.gateway->set_draining();
    std::thread parking([&] { p.media.stop_jobs(); });
    p.server->stop(grace);
    parking.join();
    p.workers.stop();
    p.hashers.stop();
    p.slow.stop();
    p.moderation.stop_jobs();
    p.dispatcher.stop();
    p.housekeeping.reset();
    if (p.vitals) p.vitals->stop();
    if (p.figures) p.figures->stop();
    p.maintenance.reset();
    p.keep_lived();
}

http::Gateway& House::gateway() { return *parts_->gateway; }
std::uint16_t House::port() const { return parts_->server->port(0); }
user::UserModule& House::users() { return parts_->user; }
events::Dispatcher& House::dispatcher() { return parts_->dispatcher; }
Directory const& House::directory() const { return parts_->directory; }
std::string House::secret() const { return parts_->secret; }
media::Keeping& House::keeping() { return *parts_->media.keeping; }
moderation::Record& House::record() { return *parts_->moderation.record; }
std::string House::reload() {
    auto problem = log::reopen();
    if (auto tls = parts_->server->reload_tls(); !tls.empty()) problem += (problem.empty() ? "" : "; ") + tls;
    return problem;
}

std::vector<Ailment> House::ailments() const { return parts_->vitals ? parts_->vitals->ailments() : std::vector<Ailment>{}; }

std::string House::stands_still() const {
    constexpr double patience = 10; // seconds
    if (parts_->server->figures().loop_lag_seconds_max > patience) return "a thread of the connections does not come round any more";
    if (!parts_->settings.database.url.empty()) return {};
    auto const hanging = parts_->vitals->hanging();
    return hanging.empty() ? hanging : "the database of " + hanging + " does not come back from a write";
}

std::string House::address() const {
    auto const& s = parts_->settings.server;
    if (!s.base_url.empty()) return s.base_url;
    return (s.tls_certificate.empty() ? "http://localhost:" : "https://localhost:") + std::to_string(port());
}

std::string House::local_address() const {
    auto const& s = parts_->settings.server;
    auto const host = s.host == "0.0.0.0" ? "127.0.0.1" : s.host == "::" ? "::1" : s.host;
    return (s.tls_certificate.empty() ? "http://" : "https://") + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
           std::to_string(port());
}

std::map<std::string, db::Database*> House::databases() const {
    std::map<std::string, db::Database*> out;
    for (auto const& [name, database] : parts_->databases) out[name] = database.get();
    return out;
}

moderation::RecordSettings record_settings(Settings const& settings, std::string const& secret) {
    return {
        crypto::derive(secret, "audit"), std::filesystem::path(settings.data.dir) / "audit-anchor", settings.moderation.anchor_copy, {}};
}

std::map<std::string, std::span<EmbeddedFile const>> module_migrations() {
    return {{"user", user::user_migrations()}, {"content", content::content_migrations()}, {"media", media::media_migrations()},
        {"social", social::social_migrations()}, {"moderation", moderation::moderation_migrations()}};
}

std::map<std::string, std::vector<effects::Place>> module_places() {
    return {{"user", user::user_places()}, {"content", content::content_places()}, {"media", media::media_places()},
        {"social", social::social_places()}};
}

Result<> check_schema(std::string const& module, db::Database& database) {
    auto const platform = database.check_schema(mozi_platform_schema(), "platform");
    if (!platform && platform.error().id != "schema.older") return platform;
    auto const own = database.check_schema(module_migrations().at(module));
    return own ? platform : own; // newer, or older like the platform
}

} // namespace mozi::app
