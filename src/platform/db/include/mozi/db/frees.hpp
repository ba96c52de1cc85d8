// What may be written on a full disk.
#pragma once

#include <mozi/db/database.hpp>

namespace mozi::db {

// Said in a unit that makes room, takes something away, or lets people in and out: it passes below the floor of free space
// (Options::min_free_bytes) too, and on SQLite from the reserve: an eighth of the floor, at most 4 MiB, kept as <name>.reserve. What
// else belongs to the same commit stays refused.
void frees(Transaction& tx);

} // namespace mozi::db
