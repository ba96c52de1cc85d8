// Telling who may become the first administrator.
#include "setup_link.hpp"

#include "complain.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/client.hpp>

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
    std::error_code failed;
    if (std::filesystem::status(settings.data.dir, failed).type() == std::filesystem::file_type::not_found)
        return complain("There is no folder " + folder + ": the server has not been started with it yet.", EX_UNAVAILABLE);
    auto const address = DataLock::address_of(settings.data.dir);
    if (!address)
        return complain("No server runs with the data folder " + folder + ", or it is another user's. The link is made while one runs.",
            EX_UNAVAILABLE);
    // The file of a link that was used stays until the next start.
    auto const answer = net::fetch(*address + "/api/instance", "GET", {}, {}, std::chrono::seconds(4));
    auto const instance = answer ? json::parse(answer->body) : internal("");
    auto const* pending = instance && instance->is_object() ? instance->as_object().if_contains("setupPending") : nullptr;
    if (!pending) return complain("The running server does not answer at " + *address + ".", EX_UNAVAILABLE);
    if (*pending == false) return complain("There is an administrator already: the link is used up.", EX_UNAVAILABLE);
    try {
        auto const link = blob::Folder(settings.data.dir, blob::Folder::Missing::refuse).read(name, 2000);
        if (!link) return complain(folder + "/" + name + " cannot be read: " + link.error().message, EX_NOPERM);
        std::cout << trim(*link) << "\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

} // namespace mozi::app
