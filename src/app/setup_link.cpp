// Telling who may become the first administrator.
#include "setup_link.hpp"

#include "complain.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <iostream>
#include <sysexits.h>
#include <unistd.h>

namespace mozi::app {

namespace {

constexpr auto name = "setup-link";

}

void announce_setup(House& house, blob::Folder const& dir) {
    auto const token = house.users().setup_token();
    if (!token || !*token) return dir.remove(name);
    auto const link = house.address() + "/setup#" + **token;
    if (auto const written = dir.write(name, link + "\n"); !written) log::warn("setup.link", {{"why", written.error().message}});
    if (isatty(STDOUT_FILENO) == 1) std::cout << "\n  Make the first administrator: " << link << "\n\n" << std::flush;
    log::info(
        "setup.pending", {{"file", (dir.path() / name).string()},
                             {"note", "there is no administrator yet; `videa-mozi setup-link` prints the link that makes the first"}});
}

int print_setup_link(Settings const& settings) {
    auto const folder = std::filesystem::absolute(settings.data.dir).lexically_normal().string();
    try {
        blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
        std::error_code failed;
        auto const state = std::filesystem::status(dir.path() / name, failed);
        if (state.type() == std::filesystem::file_type::not_found)
            return complain("There is no such link in " + folder +
                                ": there is an administrator already, or the server has not been started with this folder yet.",
                EX_UNAVAILABLE);
        auto const link = dir.read(name, 2000);
        if (!link)
            return complain(
                folder + "/" + name + " cannot be read: " + link.error().message + " It is for the user of the server and for root.",
                EX_NOPERM);
        std::cout << trim(*link) << "\n";
        return EX_OK;
    } catch (std::exception const& cause) {
        return complain("The data folder " + folder + " cannot be looked into: " + cause.what(), EX_UNAVAILABLE);
    }
}

} // namespace mozi::app
