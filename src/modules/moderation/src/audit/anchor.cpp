// Reading and adding to the anchors' files.
#include "anchor.hpp"

#include <mozi/base/id.hpp>
#include <mozi/base/text.hpp>
#include <mozi/blob/folder.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::moderation::audit {

namespace {

constexpr std::int64_t most_read = 1 << 20; // the end of a longer file
constexpr off_t most_kept = 512 << 10;
constexpr std::size_t marks_kept = 2000;

struct Descriptor {
    int fd;
    explicit Descriptor(int opened) : fd(opened) {}
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
};

std::optional<std::string> text_of(std::filesystem::path const& path) {
    Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat info{};
    if (file.fd < 0 || fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    auto const from = std::max<std::int64_t>(0, info.st_size - most_read);
    std::string out(static_cast<std::size_t>(info.st_size - from), '\0');
    std::size_t have = 0;
    while (have < out.size()) {
        auto const got = pread(file.fd, out.data() + have, out.size() - have, static_cast<off_t>(from + static_cast<std::int64_t>(have)));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    if (from > 0) out.erase(0, out.find('\n') + 1);
    return out;
}

// A line that cannot be read was cut off by a power failure; it is left out.
void take_line(std::string_view line, Anchors& into) {
    auto const words = split(line, ' ');
    auto const row = words.size() > 1 ? parse_id(words[1]) : std::nullopt;
    if (words[0] == "plain" && words.size() == 2 && (row || words[1] == "0")) into.there = true, into.plain = row.value_or(0);
    if (!row || words.size() < 3 || words[2].size() != 64) return;
    Mark mark{*row, std::string(words[2])};
    if (words[0] == "anchored") into.marks.push_back(std::move(mark));
    if (words[0] == "verified" && words.size() == 4) {
        into.marks.push_back(mark);
        into.verified = std::move(mark);
        into.whole = Time{std::chrono::microseconds{parse_id(words[3]).value_or(0)}};
    }
    if (words[0] == "accepted") {
        into.accepted = into.verified = std::move(mark);
        into.marks.clear();
        into.whole = {};
    }
}

void take(std::string_view text, Anchors& into) {
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        if (end < text.size()) take_line(text.substr(at, end - at), into);
        at = end + 1;
    }
}

std::string written(Descriptor const& file, std::string const& bytes) {
    if (file.fd < 0) return std::strerror(errno);
    struct stat info{};
    char last = '\n';
    auto const torn = fstat(file.fd, &info) == 0 && info.st_size > 0 && pread(file.fd, &last, 1, info.st_size - 1) == 1 && last != '\n';
    auto const whole = (torn ? "\n" : "") + bytes;
    std::size_t done = 0;
    while (done < whole.size()) {
        auto const wrote = ::write(file.fd, whole.data() + done, whole.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return std::strerror(errno);
        done += static_cast<std::size_t>(wrote);
    }
    return fdatasync(file.fd) == 0 ? std::string() : std::strerror(errno);
}

std::string add_to(std::filesystem::path const& path, std::string const& lines) {
    Descriptor const file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    auto const why = written(file, lines);
    return why.empty() ? why : path.string() + ": " + why;
}

// What it says in few lines.
std::string compact(Anchors const& known) {
    auto out = "plain " + std::to_string(known.plain) + "\n";
    if (known.accepted.row) out += line_of("accepted", known.accepted);
    auto const from = known.marks.size() > marks_kept ? known.marks.size() - marks_kept : 0;
    for (auto i = from; i < known.marks.size(); ++i) out += line_of("anchored", known.marks[i]);
    if (known.verified.row) {
        auto line = line_of("verified", known.verified);
        line.insert(line.size() - 1, " " + std::to_string(known.whole.time_since_epoch().count()));
        out += line;
    }
    return out;
}

} // namespace

std::string line_of(std::string_view what, Mark const& mark) {
    return std::string(what) + " " + std::to_string(mark.row) + " " + mark.hash + "\n";
}

Anchors AnchorFiles::read() const {
    std::scoped_lock const held(mutex_);
    Anchors own;
    take(text_of(own_).value_or(""), own);
    Anchors elsewhere;
    if (!copy_.empty())
        if (auto const more = text_of(copy_)) take(*more, elsewhere);
    // Its marks count as much; where it was begun by an earlier installation, or accepted anew, that is its own affair.
    for (auto& mark : elsewhere.marks)
        if (mark.row > own.accepted.row) own.marks.push_back(std::move(mark));
    std::ranges::sort(own.marks);
    own.marks.erase(std::unique(own.marks.begin(), own.marks.end()), own.marks.end());
    return own;
}

bool AnchorFiles::begun() const {
    {
        Descriptor const file(::open(own_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        char first[6] = {};
        if (file.fd < 0) return false;
        if (pread(file.fd, first, sizeof first, 0) == sizeof first && std::string_view(first, sizeof first) == "plain ") return true;
    }
    return read().there;
}

std::string AnchorFiles::add(std::string const& lines) {
    std::scoped_lock const held(mutex_);
    auto why = add_to(own_, lines);
    if (!copy_.empty()) {
        auto const elsewhere = add_to(copy_, lines);
        if (why.empty()) why = elsewhere;
    }
    struct stat info{};
    if (::stat(own_.c_str(), &info) == 0 && info.st_size > most_kept) {
        Anchors known;
        take(text_of(own_).value_or(""), known);
        auto const kept = blob::Folder(own_.parent_path(), blob::Folder::Missing::refuse).write(own_.filename().string(), compact(known));
        if (!kept && why.empty()) why = kept.error().detail;
    }
    return why;
}

} // namespace mozi::moderation::audit
