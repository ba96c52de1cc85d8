// What the system grants the server: descriptors, and a log that takes what it writes.
#include "doctor/looks.hpp"

#include "doctor/owners.hpp"
#include "doctor/proc.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mozi::app::doctor {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t besides = 300; // databases, films on their way, the log

void look_at_descriptors(Patient const& patient, Findings& say) {
    auto const needed = std::uint64_t(patient.settings.http.max_connections) + besides;
    rlimit own{};
    getrlimit(RLIMIT_NOFILE, &own);
    auto const theirs = patient.pid > 0 ? descriptors_of(patient.pid) : std::nullopt;
    auto const granted = theirs ? theirs->soft : std::uint64_t(own.rlim_max); // a start raises its own to the most there is
    auto const whose = theirs ? "the running server may have " : "a server started from here may have ";
    auto const text = whose + std::to_string(granted) +
                      " files open, and http.max_connections = " + std::to_string(patient.settings.http.max_connections) + " needs " +
                      std::to_string(needed);
    auto const way_out = "Raise it (systemd: LimitNOFILE=" + std::to_string(needed) + "; a shell: ulimit -n " + std::to_string(needed) +
                         "; Docker: --ulimit nofile=" + std::to_string(needed) + "), or lower http.max_connections.";
    if (granted >= needed) say.well("descriptors", whose + std::to_string(granted) + " files open");
    else if (granted >= needed / 2) say.look("descriptors", text, way_out);
    else say.fault("descriptors", text + ": people are refused long before", way_out);
}

void look_at_file(std::string const& what, fs::path const& file, Patient const& patient, Findings& say) {
    auto const user = server_user(patient);
    std::error_code none;
    auto const there = fs::exists(file, none);
    auto const& asked = there ? file : fs::absolute(file).parent_path();
    struct statvfs info{};
    if (!may_write(user, asked))
        say.fault("log.not_writable", what + " " + file.string() + " cannot be written by " + user.name,
            there ? "Give it to the server: chown " + user.name + " " + file.string()
                  : "Make its folder and give it to the server: chown " + user.name + " " + asked.string());
    else if (statvfs(asked.c_str(), &info) == 0 && ((info.f_flag & ST_RDONLY) != 0 || info.f_bavail == 0))
        say.fault("log.not_writable", what + " " + file.string() + " lies on a disk that is full or read-only",
            "Make room there, or mount it for writing.");
}

void look_at_log(Patient const& patient, Findings& say) {
    if (auto const& copy = patient.settings.moderation.anchor_copy; !copy.empty())
        look_at_file("moderation.anchor_copy:", copy, patient, say);
    if (auto const& file = patient.settings.log.file; !file.empty()) return look_at_file("log.file:", file, patient, say);
    if (patient.pid <= 0) return;
    std::error_code failed;
    fs::path const end = "/proc/" + std::to_string(patient.pid) + "/fd/2";
    auto const target = fs::read_symlink(end, failed).string();
    if (failed.value() == ENOENT)
        return say.fault("log.closed", "The running server has no standard error: what it logs goes nowhere",
            "Start it with standard error open, as systemd and orchestrate.sh do.");
    if (failed) return; // not this process's to see
    if (target == "/dev/null")
        return say.look(
            "log.thrown_away", "The running server's log goes to /dev/null", "Start it with standard error to a file or the journal.");
    if (target.ends_with(" (deleted)"))
        return say.fault("log.deleted",
            "The running server writes its log to a file that was deleted: " + target.substr(0, target.size() - 10),
            "Start the server again. With log.file the server opens its log anew by itself; else a rotation has to copy and truncate "
            "(logrotate: copytruncate).");
    if (target.starts_with('/') && fs::is_regular_file(target, failed)) look_at_file("The log", target, patient, say);
}

} // namespace

void look_at_system(Patient const& patient, Findings& say) {
    look_at_descriptors(patient, say);
    look_at_log(patient, say);
}

} // namespace mozi::app::doctor
