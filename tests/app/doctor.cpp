// Faults planted for real, one after another, while no server runs: doctor names each with its cause and its way out, and changes nothing.
#include "certificate.hpp"
#include "doctored.hpp"

#include "doctor/file_systems.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace mozi::test {

Mute::Mute() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(fd, 8) == 0);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
}
Mute::~Mute() { ::close(fd); }

} // namespace mozi::test

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

// A house that was made once and is copied for each fault.
struct Bed {
    fs::path data, other; // its own folder; a second house, untouched
    std::vector<std::string> sets, before;
    Certificate const& certificate;
    std::vector<std::shared_ptr<void>> held; // as long as doctor looks
};

struct Planted {
    std::string id, verdict, says, way_out;
    std::function<void(Bed&)> plant;
    bool root = false; // only root can plant it
};

std::string microseconds_from_now(std::chrono::hours hours) {
    auto const when = std::chrono::system_clock::now() + hours;
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count());
}

// An ffmpeg of another making: so many encoders, and no more.
std::string other_ffmpeg(std::string const& version, std::string const& encoders) {
    return "case \"$*\" in *-version*) echo 'ffmpeg version " + version + " Copyright (c) somebody' ;; *-encoders*) for e in " + encoders +
           "; do echo \" V....D $e  an encoder\"; done ;; "
           "*-filters*) echo ' ... zscale  V->V  scales' ;; esac\n";
}

std::function<void(Bed&)> set(std::string text) {
    return [text](Bed& bed) { bed.sets.push_back(text); };
}

std::function<void(Bed&)> program(std::string version, std::string encoders) {
    return [=](Bed& bed) {
        write_program(bed.data.parent_path() / "ffmpeg", other_ffmpeg(version, encoders));
        bed.sets.push_back("media.ffmpeg=" + (bed.data.parent_path() / "ffmpeg").string());
    };
}

std::function<void(Bed&)> sql(std::string module, std::string text) {
    return [=](Bed& bed) { run_sql(bed.data / (module + ".db"), text); };
}

// Where the rows of a table begin.
int page_of(fs::path const& file, std::string const& table) {
    sqlite3* database = nullptr;
    int page = 0;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    auto const take = [](void* into, int, char** values, char**) { return *static_cast<int*>(into) = std::atoi(values[0]), 0; };
    sqlite3_exec(database, ("SELECT rootpage FROM sqlite_master WHERE name = '" + table + "'").c_str(), take, &page, nullptr);
    sqlite3_close(database);
    REQUIRE(page > 1);
    return page;
}

std::function<void(Bed&)> mounted(std::string how) {
    return [=](Bed& bed) { bed.before = {"unshare", "-m", "sh", "-c", how + " && exec \"$@\"", bed.data.string()}; };
}

void give_to_nobody(Bed& bed) {
    for (auto const& entry : fs::recursive_directory_iterator(bed.data)) REQUIRE(::chown(entry.path().c_str(), 65534, 65534) == 0);
    REQUIRE(::chown(bed.data.c_str(), 65534, 65534) == 0);
}

std::function<void(Bed&)> tls(std::string certificate, std::string key, std::function<void(Bed&)> more = {}) {
    return [=](Bed& bed) {
        auto const files = bed.certificate.files();
        bed.sets.push_back("server.tls_certificate=" + (certificate.empty() ? files.certificate_chain : certificate));
        bed.sets.push_back("server.tls_key=" + (key.empty() ? files.private_key : key));
        if (more) more(bed);
    };
}

std::string medium(std::string const& id, std::string const& status) {
    return "INSERT INTO medium (id, owner_id, filename, metadata, size, received, status, created_at) VALUES (" + id +
           ", 1, 'f.mp4', '', 1, 1, '" + status + "', 1);";
}

std::vector<Planted> all() {
    auto const old = "INSERT INTO outbox (name, version, payload, created_at) VALUES ('x', 1, '{}', " +
                     microseconds_from_now(std::chrono::hours(17520)) + ")";
    auto const dead = "INSERT INTO dead_event (listener, source, seq, name, payload, reason, failed_at) VALUES ('social.people', 'user', "
                      "1, 'x', '{}', 'because', 1)";
    auto const backup = [](std::string text) { return [=](Bed& bed) { std::ofstream(bed.data / "backup-status") << text; }; };
    return {
        {"programs.missing", "fault", "/nowhere/ffmpeg is missing", "apt-get install ffmpeg", set("media.ffmpeg=/nowhere/ffmpeg")},
        {"programs.encoders", "fault", "aac for sound", "whole ffmpeg", program("6.0", "libx264 mjpeg")},
        {"programs.encoders", "fault", "libx264 for pictures", "--enable-libx264", program("6.0", "h264_vaapi aac mjpeg")},
        {"programs.broken", "fault", "does not say its version: cannot open shared object", "Install Debian's package",
            [](Bed& bed) {
                write_program(bed.data.parent_path() / "ffmpeg", "echo 'cannot open shared object' >&2; exit 127\n");
                bed.sets.push_back("media.ffmpeg=" + (bed.data.parent_path() / "ffmpeg").string());
            }},
        {"libraries.hole", "look", "ffmpeg 4.3.1 has a known hole: CVE-2022-48434", "apt-get upgrade",
            program("4.3.1", "libx264 aac mjpeg")},
        {"data.disk", "fault", "(data.min_free_bytes) nothing is saved", "Make room", set("data.min_free_bytes=1125899906842624")},
        {"data.read_only", "fault", "mounted read-only", "dmesg", mounted("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\""),
            true},
        {"data.read_only", "fault", "Its own user may not write", "chmod -R u+rwX",
            [](Bed& bed) { fs::permissions(bed.data / "user.db", fs::perms(0400)); }},
        {"data.owner", "fault", "social.db (of root)", "chown -R",
            [](Bed& bed) {
                give_to_nobody(bed);
                REQUIRE(::chown((bed.data / "social.db").c_str(), 0, 0) == 0);
            },
            true},
        {"data.unreadable", "fault", "cannot be looked into by", "sudo -u",
            [](Bed& bed) {
                fs::permissions(bed.data.parent_path(), fs::perms(0700));
                bed.before = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
            },
            true},
        {"data.rights", "look", "user.db", "doctor --fix", [](Bed& bed) { fs::permissions(bed.data / "user.db", fs::perms(0644)); }},
        {"data.not_lasting", "look", "lies on tmpfs", "mount a volume", mounted("mount -t tmpfs tmpfs \"$0\""), true},
        {"data.shared", "fault", "user.db open, and is not the server", "a data folder of its own",
            [](Bed& bed) { bed.held.push_back(std::make_shared<std::ifstream>(bed.data / "user.db")); }},
        {"installation.refused", "fault", "lost its file secret", "restore it from a backup",
            [](Bed& bed) { fs::remove(bed.data / "secret"); }},
        {"secret", "fault", "too short", "Restore it from a backup", [](Bed& bed) { std::ofstream(bed.data / "secret") << "short\n"; }},
        {"secret", "fault", "may be read by others", "chmod 600", [](Bed& bed) { fs::permissions(bed.data / "secret", fs::perms(0644)); }},
        {"installation.refused", "fault", "database of content is missing or empty", "restore it from a backup",
            [](Bed& bed) { fs::remove(bed.data / "content.db"); }},
        {"installation.refused", "fault", "database of content is missing or empty", "restore it from a backup",
            [](Bed& bed) { fs::resize_file(bed.data / "content.db", 0); }},
        {"installation.refused", "fault", "belongs to another installation", "Correct data.dir",
            [](Bed& bed) { fs::copy_file(bed.other / "user.db", bed.data / "user.db", fs::copy_options::overwrite_existing); }},
        {"installation.refused", "fault", "as when a disk is not mounted", "mount what is missing",
            [](Bed& bed) { fs::remove_all(bed.data / "media"); }},
        {"database.damaged", "fault", "social database", "from a backup",
            [](Bed& bed) {
                std::fstream file(bed.data / "social.db", std::ios::in | std::ios::out | std::ios::binary);
                file.seekp(std::streamoff(page_of(bed.data / "social.db", "comment") - 1) * 4096);
                file << std::string(4096, 'g');
            }},
        {"schema.newer", "fault", "newer videa-mozi", "Start that version",
            sql("moderation", "INSERT INTO schema_migration SELECT version + 90, name, sha256, applied_at FROM schema_migration")},
        {"clock.wrong", "fault", "the latest event in the database of social", "timedatectl", sql("social", old)},
        {"port.taken", "fault", "(test_app)", "server.port",
            [](Bed& bed) {
                auto const mute = std::make_shared<Mute>();
                bed.held.push_back(mute);
                bed.sets.push_back("server.port=" + std::to_string(mute->port));
            }},
        {"host.foreign", "fault", "192.0.2.7, which is no address of this machine", "ip address", set("server.host=192.0.2.7")},
        {"ipv6.missing", "fault", "this system has no IPv6", "0.0.0.0",
            [](Bed& bed) {
                bed.sets.push_back("server.host=::");
                bed.before = {"unshare", "-n"}; // a network in which nothing was set up
            },
            true},
        {"base_url.unknown", "fault", "films.invalid has no address", "getent hosts films.invalid",
            [](Bed& bed) {
                bed.sets.push_back("server.base_url=http://films.invalid");
                bed.before = {"unshare", "-n"};
            },
            true},
        {"proxy.everybody", "look", "0.0.0.0/0", "own addresses", set("server.trusted_proxies=[\"0.0.0.0/0\"]")},
        {"configuration", "fault", "neither an address nor a network", "config example", set("server.trusted_proxies=[\"10.0.0.0/33\"]")},
        {"tls.missing", "fault", "there is no file /nowhere/cert.pem", "Correct the path", tls("/nowhere/cert.pem", "")},
        {"tls.unreadable", "fault", "may not read", "chown nobody", tls("", "", give_to_nobody), true},
        {"tls.pair", "fault", "do not belong together", "the key it was made with",
            [](Bed& bed) {
                auto const other = std::make_shared<Certificate>();
                bed.held.push_back(other);
                tls("", other->files().private_key)(bed);
            }},
        {"tls.unfit", "fault", "no certificate that can be read", "PEM", tls("/etc/hostname", "")},
        {"tls.expired", "fault", "ended on", "certbot renew", tls("", "", [](Bed& bed) { bed.certificate.renew(2, -86400 * 3); })},
        {"tls.expires", "look", "in 3 days", "certbot renew", tls("", "", [](Bed& bed) { bed.certificate.renew(3, 86400 * 3 + 600); })},
        {"events.dead.social", "fault", "social gave up 1 event", "events retry", sql("social", dead)},
        {"jobs.lost", "fault", "1 film should be prepared and stands in no queue: 4711", "retry",
            [](Bed& bed) {
                fs::create_directories(bed.data / "media/files/4711");
                run_sql(bed.data / "media.db", medium("4711", "PROCESSING"));
            }},
        {"media.unknown", "fault", "1 film folder of 1 are not known", "media unknown --to-trash",
            [](Bed& bed) { fs::create_directories(bed.data / "media/files/4712"); }},
        {"media.lost_files", "fault", "1 film of the database has no folder", "from a backup", sql("media", medium("4713", "READY"))},
        {"log.not_writable", "fault", "moderation.anchor_copy: /nowhere/anchor cannot be written", "Make its folder",
            set("moderation.anchor_copy=/nowhere/anchor")},
        {"log.not_writable", "fault", "log.file: /nowhere/server.log cannot be written", "Make its folder",
            set("log.file=/nowhere/server.log")},
        {"descriptors", "fault", "256 files open", "LimitNOFILE=", [](Bed& bed) { bed.before = {"prlimit", "--nofile=256:256"}; }},
        {"backup.old", "look", "of 2020-01-01", "videa-mozi backup", backup(R"({"lastGood":"2020-01-01T00:00:00Z","path":"/tmp"})")},
        {"backup.gone", "look", "nothing is there now", "Mount", backup(R"({"lastGood":"2999-01-01T00:00:00Z","path":"/nowhere/b"})")},
        {"backup.unknown", "look", "cannot be read", "videa-mozi backup", backup("nonsense")},
    };
}

} // namespace

// proves S35
TEST_CASE("doctor names each planted fault with its cause and its way out, and changes nothing") {
    Folder folder;
    auto const made = folder.path / "made", other = folder.path / "other";
    for (auto const& data : {made, other}) REQUIRE(run(command(data, {"migrate"}), "/").status == 0);
    auto const well = doctor(made, {"http.max_connections=2000"});
    CHECK_MESSAGE(well.status == 0, well.raw);
    Certificate const certificate;
    int number = 0;
    for (auto const& planted : all()) {
        CAPTURE(planted.id);
        CAPTURE(planted.says);
        if (planted.root && ::geteuid() != 0) {
            skip("only root can plant " + planted.id, Skipped::part);
            continue;
        }
        if (planted.verdict == "fault") CHECK_MESSAGE(well.of(planted.id).empty(), well.raw);
        certificate.renew(1, 86400 * 365);
        auto const data = folder.path / std::to_string(++number) / "data";
        fs::create_directories(data.parent_path());
        fs::copy(made, data, fs::copy_options::recursive);
        for (auto const& entry : fs::recursive_directory_iterator(data))
            fs::permissions(entry.path(), fs::status(made / fs::relative(entry.path(), data)).permissions());
        fs::permissions(data, fs::perms(0700));
        Bed bed{data, other, {"http.max_connections=2000"}, {}, certificate, {}};
        planted.plant(bed);
        auto const before = tree(data);
        auto const ran = doctor(data, bed.sets, bed.before);
        CHECK(tree(data) == before);
        check_told(ran, planted.id, planted.verdict, planted.says, planted.way_out);
        fs::remove_all(data.parent_path());
    }
}

TEST_CASE("file systems are known by their numbers: databases are not safe on the network's, films are") {
    using namespace mozi::app::doctor;
    struct {
        long type;
        Holds what;
        int faults, looks;
    } const table[] = {{0x6969, Holds::databases, 1, 0}, {0x6969, Holds::files, 0, 0}, {0xff534d42, Holds::databases, 1, 0},
        {long(int(0xff534d42)), Holds::databases, 1, 0}, {0x65735546, Holds::databases, 0, 1}, {0x794c7630, Holds::files, 0, 1},
        {0xef53, Holds::databases, 0, 0}, {0x58465342, Holds::databases, 0, 0}};
    for (auto const& row : table) {
        CAPTURE(row.type);
        int faults = 0, looks = 0;
        Findings say([&](Finding const& finding) {
            faults += finding.verdict == Verdict::fault;
            looks += finding.verdict == Verdict::look;
            CHECK_FALSE(finding.way_out.empty());
        });
        judge_file_system(row.type, "/srv/data", row.what, say);
        CHECK(faults == row.faults);
        CHECK(looks == row.looks);
    }
}

TEST_CASE("doctor --fix says what it would do, does nothing unasked, and tells what it did") {
    Folder folder;
    auto const data = folder.path / "data";
    REQUIRE(run(command(data, {"migrate"}), "/").status == 0);
    fs::permissions(data / "user.db", fs::perms(0666));
    fs::permissions(data / "secret", fs::perms(0644));
    std::ofstream(data / "installation.abc.part") << "half";
    fs::last_write_time(data / "installation.abc.part", fs::file_time_type::clock::now() - std::chrono::hours(2));
    std::ofstream(data / "secret.now.part") << "a write that is on its way";
    fs::permissions(data / "secret.now.part", fs::perms(0600));
    auto const outside = folder.path / "outside";
    std::ofstream(outside) << "not ours";
    fs::permissions(outside, fs::perms(0644));
    fs::create_symlink(outside, data / "link.db");
    auto const before = tree(data);
    auto const asked = run(command(data, {"doctor", "--fix"}), "/");
    CHECK(tree(data) == before);
    CHECK(asked.status == 69);
    CHECK_MESSAGE(
        asked.out.find("Would take from others what they may do with " + (data / "user.db").string()) != std::string::npos, asked.out);
    CHECK(asked.out.find("Nothing was changed. --yes") != std::string::npos);
    {
        auto const lock = std::make_unique<Server>(folder.path / "running");
        CHECK(run(command(folder.path / "running", {"doctor", "--fix", "--yes"}), "/").out.find("stop it first") != std::string::npos);
    }
    auto const done = run(command(data, {"doctor", "--fix", "--yes"}), "/");
    for (auto const* says : {"user.db is its owner's alone.", "Who has read it before still knows it", "installation.abc.part is gone."})
        CHECK_MESSAGE(done.out.find(says) != std::string::npos, done.out);
    CHECK(int(fs::status(data / "user.db").permissions()) == 0600);
    CHECK(int(fs::status(data / "secret").permissions()) == 0600);
    CHECK_FALSE(fs::exists(data / "installation.abc.part"));
    CHECK(fs::exists(data / "secret.now.part"));
    CHECK(int(fs::status(outside).permissions()) == 0644);
    fs::remove(data / "link.db");
    CHECK(doctor(data).status == 0);
    if (::geteuid() != 0) return skip("only root can give files away", Skipped::part);
    REQUIRE(::chown((data / "social.db").c_str(), 65534, 65534) == 0);
    CHECK(doctor(data).status == 69);
    CHECK(run(command(data, {"doctor", "--fix", "--yes"}), "/").out.find("social.db belongs to root.") != std::string::npos);
    CHECK(doctor(data).status == 0);
}
