// People in memory: the user module as others ask it. cases/users.hpp holds it to what the real one answers.
#pragma once

#include <mozi/user/api.hpp>

#include <atomic>

namespace mozi::test {

// 1 to 999 are there, of them 90 to 99 moderate, 99 as administrator.
class People final : public user::Users {
public:
    using UserId = user::UserId;
    std::atomic<int> asked{0};

    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override {
        ++asked;
        std::vector<user::Person> people;
        for (auto const id : ids) people.push_back(there(id) ? person(id) : user::Person{id, "deleted", "Deleted account", std::nullopt});
        return people;
    }
    Result<user::Person> get_person(UserId id) override {
        if (!there(id)) return not_found("user.not_found");
        return person(id);
    }
    Result<bool> is_moderator(UserId id) override {
        if (!there(id)) return not_found("user.not_found");
        return id.value >= 90 && id.value <= 99;
    }

    bool alone = false; // nobody moderates but who asks
    Result<bool> others_moderate(Role, std::span<UserId const>) override { return !alone; }
    Result<Role> role_of(UserId id) override {
        return id.value == 99 ? Role::admin : id.value >= 90 && id.value < 99 ? Role::moderator : Role::user;
    }

private:
    static bool there(UserId id) { return id.value >= 1 && id.value <= 999; }
    static user::Person person(UserId id) { return {id, "person" + id.text(), "Person " + id.text(), std::nullopt}; }
};

} // namespace mozi::test
