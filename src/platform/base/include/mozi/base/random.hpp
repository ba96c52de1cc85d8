// Randomness for secrets and names, from OpenSSL's generator.
#pragma once

#include <cstddef>
#include <string>

namespace mozi {

// `bytes` random bytes as raw string. Aborts the process when the system has no randomness.
std::string random_bytes(std::size_t bytes);
// The same as base64url without padding: 32 bytes are 43 characters.
std::string random_token(std::size_t bytes = 32);

} // namespace mozi
