// Users, owners and permission bits.
#include "doctor/owners.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace mozi::app::doctor {

namespace fs = std::filesystem;

namespace {

enum class Wish : unsigned { enter = 1, write = 2, read = 4 };

bool may(User const& user, fs::path const& path, Wish wish) {
    struct stat info{};
    if (stat(path.c_str(), &info) != 0) return false;
    if (user.uid == 0) return true;
    auto const bits = info.st_uid == user.uid                                            ? info.st_mode >> 6
                      : std::ranges::find(user.groups, info.st_gid) != user.groups.end() ? info.st_mode >> 3
                                                                                         : info.st_mode;
    return (bits & unsigned(wish)) != 0;
}

bool may_reach(User const& user, fs::path const& file) {
    std::error_code failed;
    auto const whole = fs::weakly_canonical(file, failed); // links may lead elsewhere
    for (auto folder = (failed ? fs::absolute(file) : whole).parent_path();; folder = folder.parent_path()) {
        if (!may(user, folder, Wish::enter)) return false;
        if (folder == folder.root_path()) return true;
    }
}

} // namespace

User user_of(uid_t uid) {
    User out{uid, std::to_string(uid), {}};
    if (auto const* const known = getpwuid(uid)) {
        out.name = known->pw_name;
        int count = 64;
        out.groups.resize(std::size_t(count));
        if (getgrouplist(known->pw_name, known->pw_gid, out.groups.data(), &count) < 0) count = 64;
        out.groups.resize(std::size_t(std::clamp(count, 0, 64)));
    }
    return out;
}

User server_user(Patient const& patient) {
    struct stat info{};
    if (patient.pid > 0 && stat(("/proc/" + std::to_string(patient.pid)).c_str(), &info) == 0) return user_of(info.st_uid);
    if (stat(patient.settings.data.dir.c_str(), &info) == 0) return user_of(info.st_uid);
    return user_of(geteuid());
}

bool may_read(User const& user, fs::path const& file) { return may_reach(user, file) && may(user, file, Wish::read); }
bool may_write(User const& user, fs::path const& file) { return may_reach(user, file) && may(user, file, Wish::write); }

} // namespace mozi::app::doctor
