// People as moderators and reporters see them.
#include "people.hpp"

#include <algorithm>

namespace mozi::moderation {

Result<std::map<UserId, Participant>> find_participants(user::Users& users, std::vector<UserId> ids) {
    constexpr std::size_t most = 500; // what Users takes at once
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (!ids.empty() && !ids.front()) ids.erase(ids.begin());
    if (ids.size() > most) ids.resize(most);
    std::map<UserId, Participant> out;
    if (ids.empty()) return out;
    MOZI_TRY(auto found, users.find_people(ids));
    for (auto& person : found) out.emplace(person.id, std::move(person));
    return out;
}

} // namespace mozi::moderation
