// The addresses of the modules: five more listeners of the same process, on loopback.
#include "support.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

using namespace mozi::test;

namespace {

// Ports that were free a moment ago.
std::array<int, 6> free_ports() {
    std::array<int, 6> ports{}, sockets{};
    for (std::size_t i = 0; i < ports.size(); ++i) {
        sockets[i] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(sockets[i], reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::getsockname(sockets[i], reinterpret_cast<sockaddr*>(&address), &size) == 0);
        ports[i] = ntohs(address.sin_port);
    }
    for (auto const socket : sockets) ::close(socket);
    return ports;
}

} // namespace

// proves S2, S34
TEST_CASE("each of the six addresses says how it is, and answers for its module alone") {
    auto const ports = free_ports();
    std::string modules;
    for (std::size_t i = 1; i < ports.size(); ++i) modules += (i > 1 ? "," : "") + std::to_string(ports[i]);
    Folder folder;
    Server const server(
        folder.path / "data", {"server.port=" + std::to_string(ports[0]), "server.module_ports=[" + modules + "]", "limits.enabled=false"});
    std::array<std::string_view, 6> const services{
        "api-gateway", "user-service", "content-service", "social-service", "moderation-service", "media-service"};
    // One route of each, in their order; the first address has all.
    std::array<std::string, 6> const of{"", "/api/users/1", "/api/movies", "/api/movies/1/comments", "/api/reports", "/api/media"};
    for (std::size_t at = 0; at < ports.size(); ++at) {
        CAPTURE(at);
        auto const health = server.get_at(std::uint16_t(ports[at]), "/health");
        CHECK(health.status == 200);
        CHECK(health.json().at("service").as_string() == services[at]);
        for (std::size_t owner = 1; owner < of.size(); ++owner) {
            CAPTURE(of[owner]);
            // Refused or missing, a route that is there has an answer of its own.
            auto const answers = server.get_at(std::uint16_t(ports[at]), of[owner]).id() != "request.address";
            CHECK(answers == (at == 0 || at == owner));
        }
    }
}
