// Kinds of file systems on which databases are not safe, or do not last.
#pragma once

#include "doctor/finding.hpp"

#include <filesystem>

namespace mozi::app::doctor {

enum class Holds { databases, files };
// `type` as statfs(2) gives it. Pure.
void judge_file_system(long type, std::filesystem::path const& dir, Holds what, Findings& say);
void look_at_file_system(std::filesystem::path const& dir, Holds what, Findings& say);

} // namespace mozi::app::doctor
