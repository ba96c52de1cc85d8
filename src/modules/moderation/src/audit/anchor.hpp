// What the record of decisions is held against, outside the database: a file beside the secret and, where the operator names one, another
// elsewhere. Lines are only added: "anchored <row> <hash>" of every row, "plain <row>" once, where the rows end that had no key,
// "verified <row> <hash> <microseconds>" after a look, "accepted <row> <hash>" by the operator.
#pragma once

#include <mozi/base/clock.hpp>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::moderation::audit {

struct Mark {
    std::int64_t row = 0;
    std::string hash;
    auto operator<=>(Mark const&) const = default;
};

struct Anchors {
    bool there = false; // the file beside the secret, begun as it should be
    std::int64_t plain = 0;
    Mark accepted; // up to here the record counts as it stood then
    Mark verified;
    Time whole{}; // when all of it was looked through last
    std::vector<Mark> marks; // by row; the newest few thousand
};

// Thread-safe.
class AnchorFiles {
public:
    // `copy` empty: none.
    AnchorFiles(std::filesystem::path own, std::filesystem::path copy) : own_(std::move(own)), copy_(std::move(copy)) {}
    Anchors read() const;
    bool begun() const; // quick
    // Durable when this returns. Why it could not be written; empty: it was. The file beside the secret is kept small.
    std::string add(std::string const& lines);

private:
    std::filesystem::path own_, copy_;
    mutable std::mutex mutex_;
};

std::string line_of(std::string_view what, Mark const& mark); // with its end

} // namespace mozi::moderation::audit
