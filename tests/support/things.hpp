// Things and people in memory: neighbours of a module that asks about subjects. cases/subjects.hpp holds things to what real ones answer.
#pragma once

#include "people.hpp"

#include <mozi/subject/subject.hpp>

#include <atomic>
#include <list>

namespace mozi::test {

struct Thing {
    Id<"user"> owner;
    std::string title;
    bool released = true, hidden = false;
    std::optional<std::string> text = {}, address = {};
    std::optional<Subject> about = {}; // seen only by who sees that
};

class Things {
public:
    std::map<Subject, Thing> all;
    std::atomic<int> asked{0};

    Thing& at(SubjectKind kind, std::int64_t id) { return all[{kind, {id}}]; }
    bool seen(Thing const& thing, Asking const& asking) const {
        if (thing.about && (!all.contains(*thing.about) || !seen(all.at(*thing.about), asking))) return false;
        return asking.moderates || (!thing.hidden && (thing.released || thing.owner == asking.user));
    }
    static constexpr SubjectEntry::Takes nothing{.comments = false, .reactions = false};
    SubjectEntry entry(SubjectKind kind, std::string noun, SubjectEntry::Takes takes = nothing, std::optional<Gone> gone = {}) {
        paths_.push_back("/api/" + noun + "s");
        return {.kind = kind,
            .missing = not_found(noun + ".not_found"),
            .path = paths_.back(),
            .find = [this, kind](std::span<SubjectId const> ids, Asking const& asking) -> Result<std::vector<SubjectFacts>> {
                ++asked;
                std::vector<SubjectFacts> out;
                for (auto const id : ids)
                    if (auto const found = all.find({kind, id}); found != all.end()) {
                        auto const& thing = found->second;
                        out.push_back(
                            {found->first, thing.owner, thing.title, thing.text, thing.address, thing.hidden, seen(thing, asking)});
                    }
                return out;
            },
            .settle = [this, kind](db::Transaction&, SubjectId id) -> Result<bool> { return all.contains({kind, id}); },
            .gone = std::move(gone),
            .takes = takes};
    }

private:
    std::list<std::string> paths_;
};

struct Neighbours {
    People people;
    Things things;
    Directory directory;
    int asked() const { return people.asked + things.asked; }
};

} // namespace mozi::test
