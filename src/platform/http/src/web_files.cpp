// Serving the embedded files.
#include "web_files.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>

namespace mozi::http {

namespace {

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".woff2", "font/woff2"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
};

constexpr std::string_view page_policy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; media-src 'self' blob:; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\nCross-Origin-Opener-Policy: "
    "same-origin\r\nPermissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

bool compressible(std::string_view type) {
    return type.starts_with("text/") || type.find("json") != type.npos || type.find("svg") != type.npos;
}

constexpr std::pair<std::string_view, Coding> endings[] = {{".br", Coding::brotli}, {".gz", Coding::gzip}};

} // namespace

void WebFiles::mount(std::span<EmbeddedFile const> files) {
    for (auto const& file : files) {
        File made;
        made.bytes = file.bytes;
        made.type = "application/octet-stream";
        for (auto const& [ending, type] : types)
            if (file.path.ends_with(ending)) made.type = type;
        made.tag = hex(crypto::sha256(file.bytes).substr(0, 8));
        made.cache = file.path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
        files_.emplace("/" + std::string(file.path), std::move(made));
    }
    for (auto const& file : files)
        for (auto const& [ending, coding] : endings) {
            if (!file.path.ends_with(ending)) continue;
            auto const plain = files_.find("/" + std::string(file.path.substr(0, file.path.size() - ending.size())));
            if (plain == files_.end()) continue;
            plain->second.coded[std::size_t(coding)] = file.bytes;
            files_.erase("/" + std::string(file.path));
        }
}

Result<std::optional<net::Response>> WebFiles::find(net::Request const& request) {
    std::optional<net::Response> const not_ours;
    auto const decoded = percent_decode(request.path);
    if (!decoded) return not_ours;
    auto found = files_.find(*decoded);
    if (found == files_.end()) {
        auto const last = decoded->substr(decoded->rfind('/') + 1);
        if (last.find('.') != last.npos || decoded->starts_with("/api") || decoded->starts_with("/media/") ||
            decoded->starts_with("/health"))
            return not_ours;
        found = files_.find("/index.html");
        if (found == files_.end()) return not_ours;
    }
    auto& file = found->second;
    net::Response response;
    response.add("Cache-Control", file.cache);
    response.add("Vary", "Accept-Encoding");
    response.head += page_policy;
    auto const pays = compressible(file.type) && file.bytes.size() > 1024 ? Pays::yes : Pays::no;
    MOZI_TRY(auto const chosen, choose_representation(request, file.tag, pays));
    response.add("ETag", chosen.etag);
    if (chosen.known) {
        response.status = 304;
        return std::optional(std::move(response));
    }
    response.add("Content-Type", file.type);
    if (chosen.coding != Coding::identity) response.add("Content-Encoding", name_of(chosen.coding));
    std::scoped_lock const held(mutex_);
    auto& body = file.bodies[std::size_t(chosen.coding)];
    auto const coded = file.coded[std::size_t(chosen.coding)];
    // What came without this coding is small, or no text, and asked for in it once.
    if (!body) body = std::make_shared<std::string const>(coded.empty() ? encode(chosen.coding, file.bytes) : std::string(coded));
    response.body = body;
    return std::optional(std::move(response));
}

} // namespace mozi::http
