// What other modules may ask the user module.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/result.hpp>
#include <mozi/json/describe.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi::user {

using UserId = Id<"user">;

// A person as others see them, in every reply. A hidden or deleted account keeps its id and loses the rest.
struct Person {
    UserId id;
    std::string username;
    std::string display_name;
    std::optional<std::string> avatar_url;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Person::id), field("username", &Person::username), field("displayName", &Person::display_name),
            field("avatarUrl", &Person::avatar_url)};
    }
};

class Users {
public:
    virtual ~Users() = default;
    // In the order asked; one that does not exist comes back as "deleted". At most 500. One query, mostly none (kept in memory).
    virtual Result<std::vector<Person>> find_people(std::span<UserId const> ids) = 0;
    // Error: "user.not_found".
    virtual Result<Person> get_person(UserId id) = 0;
    // The account may act as moderator now. Error: "user.not_found".
    virtual Result<bool> is_moderator(UserId id) = 0;
    // The account's rank, whatever its state; nobody's (deleted, never there) is a user's. Mostly memory, as find_people() leaves it.
    virtual Result<Role> role_of(UserId id) = 0;
    // Whether somebody besides these moderates, with at least that rank. One query.
    virtual Result<bool> others_moderate(Role least, std::span<UserId const> besides) = 0;
};

} // namespace mozi::user
