// What media tests share: this program as jail, another as hostile decoder, folders, videos made on the spot.
#pragma once

#include "skip.hpp"
#include "transcode/prepare.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mozi::test {

// A folder of its own, gone afterwards.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(TempFolder const&) = delete;
    TempFolder& operator=(TempFolder const&) = delete;
    std::string path(std::string const& name = {}) const { return name.empty() ? path_ : path_ + "/" + name; }

private:
    std::string path_;
};

// A copy of this program that any user may execute; it serves as the jail.
std::string const& this_program();
// A copy of the small program that does deeds in ffmpeg's place (inside/).
std::string const& inside_program();
// The jail as the server uses it, with the real ffmpeg.
media::JailSettings real_jail();
// Whether the whole program runs under a sanitizer, which needs more address space than a jail gives.
bool sanitized();

// The shadow memory of ThreadSanitizer does not fit into any jail, and this program plays the jailed one.
#if defined(__has_feature)
inline constexpr bool under_thread_sanitizer = __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_THREAD__)
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

// Runs a program without the jail; true for exit status 0. Its stdout goes to `output`.
bool run(std::vector<std::string> arguments, std::string* output = nullptr);
// ffmpeg with quiet options in front.
void make_video(std::vector<std::string> arguments);
// One line per stream or packet, as ffprobe's csv prints it.
std::vector<std::string> ffprobe(std::string const& file, std::vector<std::string> arguments);
void write_file(std::string const& path, std::string_view bytes);
std::string read_file(std::string const& path);

// A media playlist: how long each segment is, and whether it has ended.
struct List {
    std::vector<double> durations;
    bool ended = false;
    double length() const;
};
List read_list(std::string const& text);

// A medium's folder with `source` already in it.
media::Place place_of(TempFolder const& folder);
media::Prepared prepare_here(TempFolder const& folder);

// Processes that work in this folder or below it, also when it has been removed.
int processes_in(std::string const& folder);

} // namespace mozi::test
