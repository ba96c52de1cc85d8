// A house with a few things of each kind there is.
#pragma once

#include "composition.hpp"
#include "wire.hpp"

namespace mozi::test {

struct OfOneKind {
    std::string module; // in whose database they are
    std::vector<SubjectId> ids;
};

struct OfEachKind {
    std::string owner; // ada's token: all of it is hers
    Id<"user"> ada;
    std::map<SubjectKind, OfOneKind> things;
};

// In states that hiding has to do with. Fails the test when there is nothing of a kind.
OfEachKind fill(app::House& house);

// On SQLite without a `url`.
app::Settings settings_of(std::filesystem::path const& data, std::string const& url);

} // namespace mozi::test
