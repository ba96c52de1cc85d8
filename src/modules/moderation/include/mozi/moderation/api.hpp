// Nobody calls the moderation module; it is heard through its events. The ids it gives out:
#pragma once

#include <mozi/base/subject.hpp>

namespace mozi::moderation {

using ReportId = Id<"report">;
using mozi::ActionId;

} // namespace mozi::moderation
