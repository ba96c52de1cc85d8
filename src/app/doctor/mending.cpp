// Mending: rights, owners, leftovers.
#include "doctor/mending.hpp"

#include "doctor/owners.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

namespace mozi::app::doctor {

namespace fs = std::filesystem;

namespace {

// Opened without following a link: what was looked at is what is changed.
class Held {
public:
    explicit Held(fs::path const& path) : fd_(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)) {
        good_ = fd_ >= 0 && fstat(fd_, &info_) == 0 && !S_ISLNK(info_.st_mode);
    }
    ~Held() {
        if (fd_ >= 0) ::close(fd_);
    }
    Held(Held const&) = delete;
    Held& operator=(Held const&) = delete;
    bool good() const { return good_; }
    struct stat const& info() const { return info_; }
    bool only_name() const { return S_ISDIR(info_.st_mode) || info_.st_nlink == 1; } // nobody's file under a second name
    std::string place() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
    struct stat info_{};
    bool good_;
};

std::string failure() { return std::generic_category().message(errno); }

std::string take_rights(fs::path const& path) {
    Held const held(path);
    if (!held.good()) return "it has gone";
    return ::chmod(held.place().c_str(), held.info().st_mode & 07700) == 0 ? std::string() : failure();
}

std::string give(fs::path const& path, uid_t uid, gid_t gid) {
    Held const held(path);
    if (!held.good() || !held.only_name()) return "it is not what it was";
    return ::chown(held.place().c_str(), uid, gid) == 0 ? std::string() : failure();
}

std::string remove_leftover(fs::path const& path) {
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return "it is not what it was";
    return ::unlink(path.c_str()) == 0 ? std::string() : failure();
}

void add_mends(fs::path const& path, struct stat const& owner, std::vector<Mend>& out) {
    Held const held(path);
    if (!held.good()) return;
    auto const& info = held.info();
    auto const name = path.string();
    if (geteuid() == 0 && info.st_uid != owner.st_uid && held.only_name()) {
        auto const user = user_of(owner.st_uid).name;
        out.push_back({"give " + name + " to " + user, name + " belongs to " + user,
            [=, uid = owner.st_uid, gid = owner.st_gid] { return give(path, uid, gid); }});
    }
    if ((info.st_mode & 077) != 0)
        out.push_back({"take from others what they may do with " + name,
            name + " is its owner's alone" +
                (path.filename() == "secret" ? ". Who has read it before still knows it: they can make sign-ins of anybody" : ""),
            [=] { return take_rights(path); }});
    if (S_ISREG(info.st_mode) && path.extension() == ".part" && info.st_mtime < time(nullptr) - 3600)
        out.push_back({"remove " + name + ", left by a write that was cut off", name + " is gone", [=] { return remove_leftover(path); }});
}

} // namespace

std::vector<Mend> mends_for(Patient const& patient) {
    std::vector<Mend> out;
    auto const dir = fs::absolute(patient.settings.data.dir);
    struct stat owner{};
    if (stat(dir.c_str(), &owner) != 0 || !S_ISDIR(owner.st_mode)) return out;
    add_mends(dir, owner, out);
    for (auto const& folder : {dir, dir / "snapshots", dir / "media"}) {
        std::error_code failed;
        for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) add_mends(at->path(), owner, out);
    }
    return out;
}

bool mend(Patient const& patient, Agreed agreed) {
    if (patient.address) return std::cout << "Nothing is mended while a server runs: stop it first.\n", false;
    DataLock const lock(patient.settings.data.dir, DataLock::Missing::leave); // and none begins meanwhile
    auto const mends = mends_for(patient);
    if (mends.empty()) return std::cout << "There is nothing that can be mended safely by itself.\n", true;
    for (auto const& one : mends) std::cout << "Would " << one.would << ".\n";
    if (agreed == Agreed::ask) {
        if (isatty(STDIN_FILENO) != 1) return std::cout << "Nothing was changed. --yes does it without asking.\n", false;
        std::cout << "Do it? [y/N] " << std::flush;
        std::string answer;
        std::getline(std::cin, answer);
        if (answer != "y" && answer != "yes") return std::cout << "Nothing was changed.\n", false;
    }
    auto all = true;
    for (auto const& one : mends) {
        auto const why = one.now();
        std::cout << (why.empty() ? "Done: " + one.did : "Not done: " + one.would + ": " + why) << ".\n";
        all = all && why.empty();
    }
    return std::cout << "videa-mozi doctor looks again.\n", all;
}

} // namespace mozi::app::doctor
