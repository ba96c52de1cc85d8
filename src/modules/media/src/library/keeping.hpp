// Film folders beside what the database knows of them. Nothing is deleted because it is not known: it is put aside, and only as long
// as that is the exception.
#pragma once

#include "library/places.hpp"

#include <mozi/media/module.hpp>

#include <functional>
#include <mutex>

namespace mozi::media {

class Keeper final : public Keeping {
public:
    struct Parts {
        db::Database& database;
        Places const& places;
        jobs::Pool& workers;
        std::function<bool(MediaId)> receiving; // an upload that is under way and has no row yet
        std::function<std::vector<Fault>()> faults;
    };
    explicit Keeper(Parts parts) : parts_(std::move(parts)) {}

    // Before jobs begin: uploads that were never acknowledged go, what the database knows again comes back from the trash.
    void recover();
    // Carries out removals that were interrupted, ends the trash's time, puts unknown folders aside. Now and then.
    void sweep();
    // Folders that no row knows, with sizes; slow. Errors: "storage.*".
    Result<Strays> look();
    // Counts what was made from uploads of before that was counted; a page of them. False: there is none left.
    bool measure();
    // In the unit that deletes the medium: its folder goes after the commit, if necessary after the next start.
    void remove_in(db::Transaction& tx, MediaId id);

    std::vector<Fault> faults() const override { return parts_.faults(); }
    std::vector<std::string> warnings() const override;
    Result<int> trash_unknown() override;
    Result<int> empty_trash() override;
    std::shared_ptr<void> hold() override;

private:
    bool put_aside(MediaId id);
    void put_back_or_end();
    void remove_now(MediaId id);

    Parts parts_;
    mutable std::mutex mutex_;
    Strays seen_; // by the last sweep, without sizes
};

} // namespace mozi::media
