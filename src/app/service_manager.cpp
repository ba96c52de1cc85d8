// Talking to systemd.
#include "service_manager.hpp"

#include <mozi/log/log.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mozi::app {

namespace {

std::string take_from_environment(char const* name) {
    auto const* const value = getenv(name);
    std::string out = value ? value : "";
    unsetenv(name);
    return out;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (code != std::errc{} || end != text.data() + text.size() || out <= 0) return std::nullopt;
    return out;
}

} // namespace

ServiceManager::ServiceManager() {
    auto address = take_from_environment("NOTIFY_SOCKET");
    auto const period = number(take_from_environment("WATCHDOG_USEC"));
    auto const meant = take_from_environment("WATCHDOG_PID"); // empty: whoever reads it
    if (address.size() < 2 || address.size() >= sizeof(sockaddr_un::sun_path)) return;
    if (address.front() == '@') address.front() = '\0'; // a name without a file
    else if (address.front() != '/') return;
    address_ = std::move(address);
    if (period && (meant.empty() || number(meant) == getpid())) watchdog_ = std::chrono::microseconds(*period);
}

void ServiceManager::tell(std::string const& lines) const {
    if (address_.empty()) return;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    auto const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    // It is never waited for: the manager counts what comes, and who does not listen is no manager.
    if (sendto(fd, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<sockaddr const*>(&to), size) < 0)
        log::debug("service_manager", {{"why", std::generic_category().message(errno)}});
    ::close(fd);
}

std::unique_ptr<jobs::Ticker> ServiceManager::keep_telling(Life life) const {
    if (address_.empty()) return nullptr;
    constexpr auto second = std::chrono::microseconds(1'000'000);
    auto const every = std::max(std::chrono::microseconds(10'000), watchdog_ ? std::min(*watchdog_ / 4, second) : second);
    return std::make_unique<jobs::Ticker>("service", std::chrono::duration_cast<std::chrono::milliseconds>(every),
        [this, life = std::move(life), told = Told{}]() mutable { look(life, told); });
}

void ServiceManager::look(Life const& life, Told& told) const {
    if (auto status = life.status(); status != told.status) {
        tell("STATUS=" + status);
        told.status = std::move(status);
    }
    if (!watchdog_) return;
    auto still = life.stands_still();
    if (!still.empty() && told.still.empty())
        log::error("server.stands_still", {{"why", still}, {"note", "while this lasts the service manager is not told that it lives"}});
    told.still = std::move(still);
    auto const now = std::chrono::steady_clock::now();
    if (!told.still.empty() || now - told.beaten < *watchdog_ / 5) return;
    tell("WATCHDOG=1");
    told.beaten = now;
}

} // namespace mozi::app
