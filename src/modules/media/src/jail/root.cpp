// A root with nothing in it but what the program needs: a small file system in memory onto which those few places are bound.
#include "jail/walls.hpp"

#include <climits>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mozi::media {
namespace {

// Written out: Debian 12's headers have them, those of some others do not.
constexpr long sys_open_tree = 428, sys_move_mount = 429, sys_mount_setattr = 442;
constexpr unsigned clone_tree = 1, whole_tree = 0x8000, of_itself = 0x1000 /* AT_EMPTY_PATH */, from_itself = 4;
constexpr std::uint64_t read_only = 1, no_setuid = 2, no_devices = 4, no_executing = 8;

struct Attributes {
    std::uint64_t set = 0, clear = 0, propagation = 0, user_namespace = 0;
};

bool set_attributes(int mount, std::uint64_t set, unsigned flags) {
    Attributes const attributes{.set = set};
    return syscall(sys_mount_setattr, mount, "", of_itself | flags, &attributes, sizeof attributes) == 0;
}

struct Place {
    std::string path; // absolute
    std::uint64_t attributes;
    int tree = -1; // a copy of the mount, not yet anywhere
    std::string link; // instead of it, where the path is a link
    bool folder = false;
};

class Root {
public:
    bool add(std::string const& path, std::uint64_t attributes) {
        Place place{path, attributes};
        struct stat info{};
        if (lstat(path.c_str(), &info) != 0) return true; // what is not there is not missed
        if (S_ISLNK(info.st_mode)) {
            char target[PATH_MAX];
            auto const size = readlink(path.c_str(), target, sizeof target);
            if (size <= 0) return false;
            place.link.assign(target, static_cast<std::size_t>(size));
        } else {
            place.folder = S_ISDIR(info.st_mode);
            place.tree = static_cast<int>(syscall(sys_open_tree, AT_FDCWD, path.c_str(), clone_tree | whole_tree | O_CLOEXEC));
            if (place.tree < 0 || !set_attributes(place.tree, attributes, whole_tree)) return false;
        }
        places_.push_back(std::move(place));
        return true;
    }

    // From here on "/" is what was added. Whatever fails before the last step leaves the old one.
    bool enter() {
        // Above the working folder, which is held by the copies: any folder there is would do.
        if (mount("root", "..", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=1m,nr_inodes=4k,mode=0755") != 0 || chdir("..") != 0)
            return false;
        for (auto const& place : places_)
            if (!put(place)) return false;
        auto const root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        auto const closed = root >= 0 && set_attributes(root, read_only, 0);
        close(root);
        return closed && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
    }
    ~Root() {
        for (auto const& place : places_)
            if (place.tree >= 0) close(place.tree);
    }

private:
    static bool make_folders_above(std::string const& path) {
        for (auto at = path.find('/'); at != path.npos; at = path.find('/', at + 1))
            if (mkdir(path.substr(0, at).c_str(), 0755) != 0 && errno != EEXIST) return false;
        return true;
    }
    static bool put(Place const& place) {
        auto const here = place.path.substr(1);
        if (!make_folders_above(here)) return false;
        if (!place.link.empty()) return symlink(place.link.c_str(), here.c_str()) == 0;
        struct stat info{};
        if (lstat(here.c_str(), &info) != 0) {
            if (place.folder ? mkdir(here.c_str(), 0755) != 0 : mknod(here.c_str(), S_IFREG | 0444, 0) != 0) return false;
        }
        return syscall(sys_move_mount, place.tree, "", AT_FDCWD, here.c_str(), from_itself) == 0;
    }

    std::vector<Place> places_;
};

} // namespace

Wall enter_empty_root(FileAccess const& access) {
    char here[PATH_MAX];
    auto const back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    // Nothing of what follows is seen outside. Below a plain chroot, whose root is no mount, that cannot be had.
    if (back < 0 || !getcwd(here, sizeof here) || here[0] != '/' || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        if (back >= 0) close(back);
        return Wall::missing;
    }
    std::string const directory = here;
    auto const mask = umask(022); // another user passes through
    constexpr auto to_read = read_only | no_setuid | no_devices;
    Root root;
    bool good = true;
    for (auto const& folder : system_folders()) good = good && root.add(folder, to_read);
    for (auto const* folder : {"/etc/alternatives"}) good = good && root.add(folder, to_read); // links that libraries are named by
    for (auto const& file : system_files()) good = good && root.add(file, file.starts_with("/dev/") ? no_setuid : to_read);
    if (!access.program.empty()) good = good && root.add(access.program, to_read);
    if (!access.input.empty()) good = good && root.add(directory.substr(0, directory.rfind('/')) + "/source", to_read | no_executing);
    good = good && root.add(directory, no_setuid | no_devices | no_executing) && root.enter();
    umask(mask);
    auto const up = good && chdir(directory.c_str()) == 0;
    if (!up && fchdir(back) == 0) umount2("..", MNT_DETACH); // as it was
    close(back);
    return up ? Wall::up : Wall::missing;
}

} // namespace mozi::media
