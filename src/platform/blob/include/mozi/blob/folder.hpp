// A folder of files with names made by the server: nothing outside it can be reached, what is written is durable.
#pragma once

#include <mozi/base/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace mozi::blob {

class Folder {
public:
    enum class Missing { make, refuse }; // make: and its owner's alone (0700), also where it was there
    // Throws std::system_error.
    explicit Folder(std::filesystem::path path, Missing missing = Missing::make);
    ~Folder();
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;

    // Opens for reading; symbolic links and ways out of the folder are refused by the kernel (openat2). Errors: "file.not_found",
    // internal. The caller closes the descriptor.
    Result<int> open(std::string_view name) const;
    // Written to a neighbour, synced, renamed, folder synced: the whole content is there or the old one. mode e.g. 0600.
    // Errors: "storage.full" (disk_full), internal.
    Result<> write(std::string_view name, std::string_view bytes, unsigned mode = 0600) const;
    Result<std::string> read(std::string_view name, std::size_t most) const;
    void remove(std::string_view name) const; // missing is fine
    // None where the file system has room but hardly a file more.
    std::uint64_t free_bytes() const;
    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
    int fd_;
};

} // namespace mozi::blob
