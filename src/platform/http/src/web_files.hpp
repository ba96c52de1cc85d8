// The embedded web interface: hashed assets for ever, pages revalidated, compressed when it was built.
#pragma once

#include "compress.hpp"

#include <mozi/base/embedded.hpp>
#include <mozi/http/call.hpp>

#include <array>
#include <map>
#include <mutex>
#include <span>

namespace mozi::http {

class WebFiles {
public:
    // "app.js.br" and "app.js.gz" are codings of "app.js".
    void mount(std::span<EmbeddedFile const> files);
    // The file at that path; for addresses of the interface itself (no dot in the last segment) its index page. Nullopt: not ours.
    // Error: "request.accept_encoding".
    Result<std::optional<net::Response>> find(net::Request const& request);

private:
    struct File {
        std::string_view bytes;
        std::string type, tag, cache;
        std::array<std::string_view, codings> coded; // empty: not in this coding
        std::array<std::shared_ptr<std::string const>, codings> bodies; // of those asked for
    };
    std::mutex mutex_;
    std::map<std::string, File, std::less<>> files_;
};

} // namespace mozi::http
