// The ids the social module gives out. It answers content's port for counts, and about comments through the directory of subjects.
#pragma once

#include <mozi/base/subject.hpp>

namespace mozi::social {

using CommentId = Id<"comment">;
using UserId = Id<"user">;

} // namespace mozi::social
