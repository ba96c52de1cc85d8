// The real executable on a free port, in a folder of its own, and talking to it.
#pragma once

#include "run.hpp"
#include "skip.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace mozi::test {

struct Reply {
    int status = 0; // 0: nobody answered, or not to the end
    std::string head;
    std::string body;
    boost::json::value json() const;
    std::string id() const; // of a problem, else empty
    std::string header(std::string const& name) const; // as the server spells it; empty when absent
};

// A folder that goes away with its owner.
struct Folder {
    std::filesystem::path path;
    Folder();
    ~Folder();
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
};

std::vector<std::string> command(
    std::filesystem::path const& data, std::vector<std::string> const& words, std::vector<std::string> const& sets = {});

std::string read_file(std::filesystem::path const& path);
// The data of an earlier release (a folder of tests/releases) as its server left it.
void restore(std::filesystem::path const& release, std::filesystem::path const& data);

class Server {
public:
    // Starts and waits until it is ready. Fails the test when it ends before.
    explicit Server(std::filesystem::path data, std::vector<std::string> sets = {});
    ~Server(); // SIGTERM when it still runs
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    int stop(int signal = SIGTERM); // exit status, or 128 + signal
    std::uint16_t port() const { return port_; }
    pid_t pid() const { return child_; }
    std::filesystem::path const& data() const { return data_; }
    std::string log() const; // so far
    bool wait_for_log(std::string const& text, std::chrono::seconds within = std::chrono::seconds(30)) const;

    // Asked again whenever the server has said something.
    bool wait_until(std::function<bool()> const& done, std::chrono::seconds within = std::chrono::seconds(30)) const;

    Reply ask(std::string const& method, std::string const& target, std::string const& token = {}, std::string const& body = {},
        std::vector<std::pair<std::string, std::string>> headers = {}) const;
    Reply get(std::string const& target, std::string const& token = {}) const { return ask("GET", target, token); }
    Reply get_at(std::uint16_t port, std::string const& target) const; // at another address of the same process

private:
    std::filesystem::path data_;
    pid_t child_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    mutable std::condition_variable said_;
    std::string log_;
    bool ended_ = false;
    std::thread reader_;
};

inline constexpr std::string_view password = "canary-password-3141";

struct Person {
    std::string id, access, refresh;
};
Person person_of(Reply const& reply); // of {user, tokens}
Person first_admin(Server const& server);
Person join(Server const& server, std::string const& name);
Person sign_in(Server const& server, std::string const& name);
// By the command line, while the server runs.
Person appoint(Server const& server, std::string const& name, std::string const& role);
std::string setup_token(Server const& server);

} // namespace mozi::test
