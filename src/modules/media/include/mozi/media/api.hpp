// The ids the media module gives out. It answers content's port for video, and about media through the directory of subjects.
#pragma once

#include <mozi/base/id.hpp>

namespace mozi::media {

using MediaId = Id<"media">;
using UserId = Id<"user">;

} // namespace mozi::media
