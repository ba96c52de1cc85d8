// Files that travel inside the executable (see cmake/EmbedFiles.cmake).
#pragma once

#include <span>
#include <string_view>

namespace mozi {

struct EmbeddedFile {
    std::string_view path; // relative to the embedded folder
    std::string_view bytes;
};

} // namespace mozi
