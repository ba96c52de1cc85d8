// The floor of the HTTP edge: net alone answers /health/ping, ranges of a file and sinks for bodies. For measuring.
// usage: net_floor [port] [io threads] [file] [certificate key]   ends on a line or end of its standard input
#include <mozi/net/server.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace mozi::net;

struct Discard final : BodySink {
    More write(std::span<char const>) override { return More::yes; }
    void finish(bool) override {}
};

class Floor final : public Application {
public:
    explicit Floor(char const* path) {
        if (path == nullptr) return;
        int const fd = ::open(path, O_RDONLY | O_CLOEXEC);
        struct stat info{};
        if (fd < 0 || ::fstat(fd, &info) != 0) {
            std::perror(path);
            std::exit(66);
        }
        file_ = std::make_shared<File const>(fd, static_cast<std::uint64_t>(info.st_size));
    }

    Accept on_head(Request& request) override {
        Accept accept;
        accept.body_limit = UINT64_MAX;
        if (request.method == Method::post) accept.sink = std::make_shared<Discard>();
        return accept;
    }

    void on_request(std::shared_ptr<Request> request, Responder respond) override {
        Response response;
        if (request->path == "/health/ping") {
            response.head = "Content-Type: application/json\r\n";
            response.body = std::string(R"({"status":"ok"})");
        } else if (request->path == "/file" && file_) {
            range(*request, response);
        } else if (request->method != Method::post) {
            response.status = 404;
        }
        respond(std::move(response));
    }

    Response on_refused(Request*, int status, std::string_view, std::string_view sentence) override {
        Response response;
        response.status = status;
        response.body = std::string(sentence);
        return response;
    }

    void on_done(Request const&, Answered const&) override {}

private:
    void range(Request const& request, Response& response) const {
        std::uint64_t first = 0, last = file_->size - 1;
        if (auto const* text = request.find("Range"); text != nullptr && text->starts_with("bytes=")) {
            auto const* const end = text->data() + text->size();
            auto const dash = std::from_chars(text->data() + 6, end, first).ptr;
            std::from_chars(std::min(dash + 1, end), end, last);
            response.status = 206;
        }
        last = std::min(last, file_->size - 1);
        first = std::min(first, last);
        response.head = "Content-Type: application/octet-stream\r\n";
        response.body = FileRange{file_, first, last - first + 1};
    }

    std::shared_ptr<File const> file_;
};

} // namespace

int main(int argc, char** argv) {
    ServerOptions options;
    options.listen.push_back({"127.0.0.1", static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0), {}});
    options.io_threads = argc > 2 ? std::atoi(argv[2]) : 1;
    options.max_connections_per_address = 20'000;
    if (argc > 5) options.listen.push_back({"127.0.0.1", 0, TlsFiles{argv[4], argv[5]}});
    Floor floor(argc > 3 ? argv[3] : nullptr);
    Server server(options, floor);
    server.start();
    std::printf("listening on %d", server.port(0));
    if (argc > 5) std::printf(", TLS on %d", server.port(1));
    std::printf(", pid %d\n", getpid());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
        auto const figures = server.figures();
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        auto const us = [](timeval const& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
        std::printf("requests %llu bytes_out %llu cpu_us %.0f user_us %.0f\n", static_cast<unsigned long long>(figures.requests),
            static_cast<unsigned long long>(figures.bytes_out), us(usage.ru_utime) + us(usage.ru_stime), us(usage.ru_utime));
        std::fflush(stdout);
    }
    server.stop(std::chrono::seconds(1));
}
