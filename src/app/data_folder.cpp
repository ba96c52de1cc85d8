// The data folder: its lock and its secret.
#include "data_folder.hpp"

#include "installation.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/db/sole_use.hpp>
#include <mozi/log/log.hpp>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

namespace mozi::app {

void close_to_others(std::filesystem::path const& dir) {
    namespace fs = std::filesystem;
    constexpr auto others = fs::perms::group_all | fs::perms::others_all;
    auto const close = [&](fs::path const& path) {
        std::error_code failed;
        auto const state = fs::symlink_status(path, failed);
        if (failed || fs::is_symlink(state) || path.filename() == "secret" || (state.permissions() & others) == fs::perms::none) return;
        fs::permissions(path, others, fs::perm_options::remove, failed);
        if (failed) log::warn("data.open_to_others", {{"path", path.string()}, {"why", failed.message()}});
    };
    for (auto const& folder : {dir, dir / "snapshots", dir / "media"}) {
        std::error_code none;
        for (auto const& entry : fs::directory_iterator(folder, none)) close(entry.path());
    }
}

namespace {

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? std::string(name) : std::string("this machine");
}

// The lines of the lock: the server's address, which is empty while none listens, and the process.
std::vector<std::string> lines_of(int fd) {
    char text[600] = {};
    auto const got = pread(fd, text, sizeof text - 1, 0);
    std::vector<std::string> out;
    for (auto const line : split(std::string_view(text, got > 0 ? std::size_t(got) : 0), '\n')) out.emplace_back(trim(line));
    out.resize(std::max<std::size_t>(out.size(), 2));
    return out;
}

// ": process 4711 on films1", unless that one is gone and its word an old one.
std::string by_whom(int fd) {
    auto const who = lines_of(fd)[1];
    int process = 0;
    if (std::sscanf(who.c_str(), "process %d on ", &process) != 1 || process <= 0) return {};
    auto const here = who == "process " + std::to_string(process) + " on " + host_name();
    return here && kill(process, 0) != 0 && errno == ESRCH ? std::string() : ": " + config::shown(who);
}

} // namespace

std::string this_process() { return "process " + std::to_string(getpid()) + " on " + host_name(); }

void must_own(std::filesystem::path const& dir) {
    auto const owner = owner_of_data(dir);
    if (!owner || *owner == geteuid()) return;
    struct stat folder{};
    // A folder of root's that others were given to write in, as container platforms mount it, is for whoever runs there.
    if (*owner == 0 && stat((dir / "installation").c_str(), &folder) != 0 && access(dir.c_str(), W_OK) == 0) return;
    auto const name = name_of_user(*owner);
    auto const named = name.find(' ') == name.npos;
    throw WrongUser("The data folder " + dir.string() + " belongs to " + name + ", and this runs as " + name_of_user(geteuid()) +
                    ": a server of " + name + " could not open what it would write. Run it as that user, with " +
                    (named ? "sudo -u " + name : "setpriv --reuid " + std::to_string(*owner) + " --clear-groups") + " in front.");
}

DataLock::DataLock(std::filesystem::path const& dir, Missing missing) {
    if (missing == Missing::make) {
        must_own(dir);
        std::filesystem::create_directories(dir);
    }
    fd_ = ::open((dir / "lock").c_str(), missing == Missing::make ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
    if (fd_ < 0 && missing == Missing::leave && errno == ENOENT) return;
    auto const code = errno;
    if (fd_ < 0 && (code == EACCES || code == EPERM)) must_own(dir);
    if (fd_ < 0) throw std::runtime_error("cannot write in the data folder " + dir.string() + ": " + std::generic_category().message(code));
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        auto const who = by_whom(fd_);
        ::close(fd_);
        throw db::InUse("another videa-mozi uses the data folder " + dir.string() + who +
                        ". Stop it first, or give this one a folder of its own with --set data.dir=…");
    }
    if (missing == Missing::make) write_address("");
}

DataLock::~DataLock() {
    if (fd_ >= 0) ::close(fd_);
}

void DataLock::write_address(std::string const& url) {
    auto const text = url + "\n" + this_process() + "\n";
    // Whoever looks meanwhile finds an address: never nothing, and of a longer one before only what follows its line.
    if (pwrite(fd_, text.data(), text.size(), 0) < 0 || ftruncate(fd_, off_t(text.size())) != 0) log::warn("lock.address", {});
}

std::optional<std::string> DataLock::address_of(std::filesystem::path const& dir) {
    auto const fd = ::open((dir / "lock").c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    auto const address = lines_of(fd)[0];
    auto const taken = flock(fd, LOCK_EX | LOCK_NB) != 0;
    ::close(fd);
    return taken && !address.empty() ? std::optional(address) : std::nullopt;
}

std::string fault_of_secret(blob::Folder const& dir) {
    auto const path = dir.path() / "secret";
    struct stat info{};
    if (stat(path.c_str(), &info) != 0) return {}; // it is made
    auto const restore = ". Restore it from a backup; without it nobody stays signed in.";
    if (!S_ISREG(info.st_mode)) return path.string() + " is no file" + restore;
    if ((info.st_mode & 077) != 0) return path.string() + " may be read by others. Take that right away: chmod 600 " + path.string();
    auto const known = dir.read("secret", 300);
    if (!known) return path.string() + " cannot be read" + restore;
    if (trim(*known).size() < 43) return path.string() + " is too short for a secret" + restore;
    if (known->size() > 200) return path.string() + " is too long for a secret" + restore;
    return {};
}

std::string installation_secret(blob::Folder const& dir) {
    auto const path = dir.path() / "secret";
    if (auto const fault = fault_of_secret(dir); !fault.empty()) throw NotOneInstallation(fault);
    if (auto const known = dir.read("secret", 200)) return std::string(trim(*known));
    auto const made = random_token(32);
    auto const written = dir.write("secret", made + "\n");
    if (!written) throw std::runtime_error("cannot write " + path.string() + ": " + written.error().message);
    return made;
}

} // namespace mozi::app
