// Versions of libraries with holes that matter here.
#include "doctor/looks.hpp"

#include <mozi/base/text.hpp>
#include <mozi/db/database.hpp>
#include <mozi/net/certificate.hpp>

#include <algorithm>
#include <array>

namespace mozi::app::doctor {

namespace {

using Version = std::array<int, 3>;

// Small on purpose: what concerns us, by the number under which it is known. From `since` until before `mended` in that line of releases.
struct Hole {
    std::string_view library;
    Version since, mended;
    std::string_view number, what;
};
constexpr Hole holes[] = {
    {"SQLite", {3, 0, 0}, {3, 50, 2}, "CVE-2025-6965", "a crafted query can write beyond memory"},
    {"OpenSSL", {3, 0, 0}, {3, 0, 7}, "CVE-2022-3602", "a crafted certificate can write beyond memory"},
    {"OpenSSL", {3, 0, 0}, {3, 0, 15}, "CVE-2024-5535", "choosing a protocol (ALPN) can read beyond memory"},
    {"OpenSSL", {3, 1, 0}, {3, 1, 7}, "CVE-2024-5535", "choosing a protocol (ALPN) can read beyond memory"},
    {"OpenSSL", {3, 2, 0}, {3, 2, 3}, "CVE-2024-5535", "choosing a protocol (ALPN) can read beyond memory"},
    {"OpenSSL", {3, 3, 0}, {3, 3, 2}, "CVE-2024-5535", "choosing a protocol (ALPN) can read beyond memory"},
    {"ffmpeg", {0, 0, 0}, {5, 1, 2}, "CVE-2022-48434", "decoding in threads can use memory that was given back"},
    {"ffmpeg", {5, 1, 2}, {5, 1, 6}, "CVE-2024-7272", "a crafted sound can write beyond memory"},
};

// "5.1.9-0+deb12u1", "n7.0": the numbers at its beginning; nothing where there are none, as of a build from yesterday's sources.
std::optional<Version> version_of(std::string_view text) {
    if (text.starts_with('n')) text.remove_prefix(1);
    Version out{};
    std::size_t part = 0;
    bool any = false;
    for (char const c : text) {
        if (c >= '0' && c <= '9' && out[part] < 100'000) out[part] = out[part] * 10 + (c - '0'), any = true;
        else if (c != '.' || !any || ++part == out.size()) break;
    }
    return any && text.find('.') != text.npos ? std::optional(out) : std::nullopt;
}

} // namespace

void look_at_version(std::string_view library, std::string_view version, Findings& say) {
    auto const known = version_of(version);
    if (!known) return;
    std::string found;
    for (auto const& hole : holes)
        if (hole.library == library && *known >= hole.since && *known < hole.mended)
            found += (found.empty() ? "" : "; ") + std::string(hole.number) + ", " + std::string(hole.what);
    auto const name = std::string(library) + " " + std::string(version);
    if (!found.empty())
        say.look("libraries.hole", name + " has a known hole: " + found,
            "Bring the system up to date (apt-get update && apt-get upgrade) and start the server again. A distribution may have mended "
            "it under the old number.");
}

void look_at_libraries(Patient const&, Findings& say) {
    if (db::sqlite_checkpoints_safely()) say.well("libraries.sqlite", "SQLite " + db::sqlite_version());
    else
        say.fault("libraries.sqlite",
            "SQLite " + db::sqlite_version() + ": releases before 3.51.3 can lose pages in a race; the writer checkpoints alone",
            "Build with scripts/fetch-sqlite.sh, which brings one without it.");
    look_at_version("SQLite", db::sqlite_version(), say);
    auto const openssl = net::tls_library_version();
    say.well("libraries.openssl", "OpenSSL " + openssl);
    look_at_version("OpenSSL", openssl, say);
}

} // namespace mozi::app::doctor
