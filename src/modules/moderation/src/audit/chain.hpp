// The record of decisions as the running server keeps it: rows are added in units, anchored within a second, and looked through in the
// background. Thread-safe.
#pragma once

#include "check.hpp"

#include <mozi/jobs/pool.hpp>
#include <mozi/moderation/module.hpp>

#include <atomic>

namespace mozi::moderation::audit {

class Chain final : public Record {
public:
    // Begins the anchor where there never was one: rows of before are bound by it from then on.
    Chain(db::Database& database, Clock const& clock, RecordSettings settings);

    // In the unit of what it records. Throws db::Failure.
    void append(db::Transaction& tx, Entry const& entry);

    // Record
    Result<std::int64_t> verify() override;
    Result<std::int64_t> accept(std::string const& reason) override;
    Result<> note(Id<"user"> by, std::string_view what, std::string const& subject, std::string const& reason) override;
    std::vector<std::string> warnings() const override;

    // Anchors what was added since, and looks through the record where that is due: from where it was left at the first call, all of it
    // once a day. One thread calls it; false from go_on() ends a look early.
    void tend();
    void start();
    void stop();

private:
    std::string begin(); // why it failed; empty: it did not
    enum class Scope { whole, rest };
    void anchor();
    void look(Anchors const& anchors, Scope scope);
    Result<Seen> look_and_note(Anchors const& anchors, Scope scope);
    void found(std::optional<Error> problem);

    db::Database& database_;
    Clock const& clock_;
    RecordSettings settings_;
    AnchorFiles files_;
    std::atomic<bool> stopping_{false};
    bool begun_ = false; // of the one thread, as the next
    Time whole_{};
    std::unique_ptr<jobs::Ticker> ticker_;

    mutable std::mutex mutex_; // guards the rest
    std::vector<Mark> added_; // and not yet anchored; bounded
    Mark newest_; // that this process added
    std::optional<Error> problem_;
    std::string unwritten_; // why the anchor could not be written
};

} // namespace mozi::moderation::audit
