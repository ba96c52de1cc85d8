// Everything doctor looks at, one function per kind. Each only reads, says what it found, and may throw std::exception with a sentence.
#pragma once

#include "data_folder.hpp"
#include "doctor/finding.hpp"
#include "settings.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

namespace mozi::app::doctor {

struct Patient {
    Settings settings;
    std::optional<std::string> address; // of the server that runs with this data folder
    int pid = 0; // its process; 0: not known, or none
    bool database_answers = true; // after look_at_postgres(), which found no fault there
};

void look_at_libraries(Patient const& patient, Findings& say);
void look_at_programs(Patient const& patient, Findings& say);
void look_at_walls(Patient const& patient, Findings& say);
void look_at_folder(Patient const& patient, Findings& say);
void look_at_system(Patient const& patient, Findings& say);
void look_at_clock(Patient const& patient, Findings& say);
void look_at_backup(Patient const& patient, Findings& say);
void look_at_network(Patient const& patient, Findings& say);
void look_at_certificate(Patient const& patient, Findings& say);
void look_at_postgres(Patient const& patient, Findings& say);
void look_at_base_url(Patient const& patient, Findings& say); // with a server
void look_at_running(Patient const& patient, Findings& say); // with a server
void look_at_rest(Patient const& patient, Findings& say); // without one

// A version with a known hole is said; nothing otherwise.
void look_at_version(std::string_view library, std::string_view version, Findings& say);

// A folder of this process's own, gone with it.
struct TemporaryFolder {
    std::filesystem::path path;
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
};

} // namespace mozi::app::doctor
