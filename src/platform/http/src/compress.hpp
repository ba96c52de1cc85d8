// Content codings for text.
#pragma once

#include <string>
#include <string_view>

namespace mozi::http {

enum class Coding { identity, gzip, brotli };
std::string_view name_of(Coding coding);
// Best coding an Accept-Encoding allows (RFC 9110 §12.5.3); q=0 excludes.
Coding choose_coding(std::string_view accept_encoding);
enum class Effort { quick, thorough };
std::string encode(Coding coding, std::string_view bytes, Effort effort);

} // namespace mozi::http
