// What the service manager that started this process (systemd) is told: that it is ready, how it is, that it lives, that it ends.
#pragma once

#include <mozi/jobs/pool.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mozi::app {

// sd_notify(3): one datagram to the socket that the environment names; without one nothing is said to anybody. Thread-safe.
class ServiceManager {
public:
    // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment: children are not the service. Before any thread.
    ServiceManager();
    // Lines such as READY=1 or STATUS=a sentence.
    void tell(std::string const& lines) const;

    struct Life {
        std::function<std::string()> status; // one line
        std::function<std::string()> stands_still; // why only a new start would help; empty: it lives
    };
    // As long as it is kept, each second: STATUS when it is another one, and WATCHDOG=1 while it lives, where the manager waits for that.
    [[nodiscard]] std::unique_ptr<jobs::Ticker> keep_telling(Life life) const;

private:
    struct Told {
        std::string status, still; // the latest one; why it stands still
        std::chrono::steady_clock::time_point beaten{};
    };
    void look(Life const& life, Told& told) const;

    std::string address_; // of the socket, as sockaddr_un has it; empty: nobody listens
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace mozi::app
