// The embedded interface: which address gives which file, and what a browser may keep of it.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;

namespace {

constexpr EmbeddedFile files[] = {
    {"index.html", "<!doctype html>the page"},
    {"assets/index-A1b2.js", "export {}"},
    {"sw.js", "self.addEventListener('fetch', () => {})"},
    {"manifest.webmanifest", "{}"},
    {"icons/192.png", "\x89PNG"},
};

struct Mounted : House {
    Mounted() { gateway->mount_web(files); }
};

} // namespace

TEST_CASE("parts with their content in their name are kept for ever, everything else is asked for again") {
    Mounted house;
    struct {
        std::string target, type, cache;
    } const table[] = {
        {"/assets/index-A1b2.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
        {"/", "text/html; charset=utf-8", "no-cache"},
        {"/sw.js", "text/javascript; charset=utf-8", "no-cache"}, // a worker that is kept could never be replaced
        {"/manifest.webmanifest", "application/manifest+json", "no-cache"},
        {"/icons/192.png", "image/png", "no-cache"},
    };
    for (auto const& row : table) {
        CAPTURE(row.target);
        auto const reply = house.get(row.target);
        CHECK(reply.status == 200);
        CHECK(reply.header("Content-Type") == row.type);
        CHECK(reply.header("Cache-Control") == row.cache);
        auto const again = house.ask({.target = row.target, .headers = {"if-none-match: " + reply.header("ETag")}});
        CHECK(again.status == 304);
    }
}

TEST_CASE("the policy lets the worker, the manifest and media of our own in, and nothing inline") {
    Mounted house;
    auto const policy = house.get("/").header("Content-Security-Policy");
    for (auto const part : {"default-src 'none'", "script-src 'self'", "style-src 'self'", "worker-src 'self'", "manifest-src 'self'",
             "media-src 'self' blob:"})
        CHECK(policy.find(part) != policy.npos);
    CHECK(policy.find("unsafe") == policy.npos);
    CHECK(house.get("/sw.js").header("Content-Security-Policy") == policy);
}

TEST_CASE("an address without an ending is the page; a file that is not there is missed") {
    Mounted house;
    for (auto const target : {"/film/5", "/watch/5?t=3", "/browse"}) {
        CAPTURE(target);
        CHECK(house.get(target).body == "<!doctype html>the page");
    }
    for (auto const target : {"/assets/index-old.js", "/icons/16.png", "/media/5/open/r1/poster.jpg", "/api/nothing"}) {
        CAPTURE(target);
        CHECK(house.get(target).status == 404);
    }
}
