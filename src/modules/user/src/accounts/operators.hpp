// What this machine's command line proves itself with: it can read the installation's secret.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/http/access.hpp>

#include <string_view>

namespace mozi::user {

// Somebody with a token of user::operator_token() that is valid now; nothing: it is none. Pure.
std::optional<http::Viewer> operator_of(std::string_view secret, std::string_view token, Time now);

} // namespace mozi::user
