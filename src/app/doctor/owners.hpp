// Which user the server is, and what that user may do with a file.
#pragma once

#include "doctor/looks.hpp"

#include <sys/types.h>

namespace mozi::app::doctor {

struct User {
    uid_t uid = 0;
    std::string name;
    std::vector<gid_t> groups;
};
User user_of(uid_t uid);
// Of the running server; else the owner of the data folder; else who asks.
User server_user(Patient const& patient);
// By the permission bits of the file and of every folder above it; root may anything.
bool may_read(User const& user, std::filesystem::path const& file);
bool may_write(User const& user, std::filesystem::path const& file);

} // namespace mozi::app::doctor
