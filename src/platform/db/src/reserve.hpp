// Room that is taken beforehand, so that on a disk without any there is still some for what frees.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace mozi::db {

class Reserve {
public:
    Reserve(std::string path, std::uint64_t bytes) : path_(std::move(path)), bytes_(bytes) {}
    // Makes the file whole again where so much more than the floor is free. Where the file system cannot, there is none.
    void keep(std::uint64_t spare);
    // Gives it up where less than its own size is free.
    void spend_below(std::uint64_t free);

private:
    std::string path_;
    std::uint64_t bytes_;
    std::atomic<bool> whole_{false};
};

} // namespace mozi::db
