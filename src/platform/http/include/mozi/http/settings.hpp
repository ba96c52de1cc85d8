// The sections [http] and [limits] of the config file.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::http {

struct ConnectionSettings {
    int head_timeout_ms = 10'000, body_timeout_ms = 15'000, idle_timeout_ms = 60'000, write_timeout_ms = 30'000;
    int max_connections = 20'000, max_connections_per_address = 256;
    std::vector<std::string> allowed_origins;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("head_timeout_ms", &ConnectionSettings::head_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A request head must be complete within this time."}),
            field("body_timeout_ms", &ConnectionSettings::body_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A body may stall this long, and must then come at 1 KiB/s or more."}),
            field("idle_timeout_ms", &ConnectionSettings::idle_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A kept-alive connection without a request is closed after this time."}),
            field("write_timeout_ms", &ConnectionSettings::write_timeout_ms,
                {.min = 100, .max = 86'400'000, .help = "A peer that takes no byte for this long is let go."}),
            field("max_connections", &ConnectionSettings::max_connections, {.min = 10, .max = 1'000'000, .help = "More are answered 503."}),
            field("max_connections_per_address", &ConnectionSettings::max_connections_per_address,
                {.min = 1, .max = 1'000'000, .help = "Per IPv4 address or IPv6 /64."}),
            field("allowed_origins", &ConnectionSettings::allowed_origins,
                {.max = 20,
                    .item_max = 300,
                    .help =
                        "Other web sites whose pages may call the API (CORS), exactly as browsers send them: https://other.example.org."}),
        };
    }
};

struct LimitSettings {
    bool enabled = true;
    int reads_per_minute = 1200, writes_per_minute = 240, sign_ins_per_minute = 20, uploads_per_minute = 1200, refusals_per_minute = 120;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("enabled", &LimitSettings::enabled,
                {.help = "Rate limits per account, or per address for visitors (IPv4, or IPv6 /64). All accounts at one address have "
                         "sixteen times as much together, as have all visitors of an IPv6 /48."}),
            field("reads_per_minute", &LimitSettings::reads_per_minute, {.min = 1, .max = 10'000'000, .help = "GET requests."}),
            field("writes_per_minute", &LimitSettings::writes_per_minute,
                {.min = 1, .max = 10'000'000, .help = "Requests that change something."}),
            field("sign_ins_per_minute", &LimitSettings::sign_ins_per_minute,
                {.min = 1,
                    .max = 10'000'000,
                    .help = "Failed sign-ins per address, not counting who is signed in there already, and likewise registrations. "
                            "All requests of either kind: sixteen times as many."}),
            field("uploads_per_minute", &LimitSettings::uploads_per_minute,
                {.min = 1, .max = 10'000'000, .help = "Requests of the upload protocol."}),
            field("refusals_per_minute", &LimitSettings::refusals_per_minute,
                {.min = 1,
                    .max = 10'000'000,
                    .help = "Answers that something is not there or not allowed (401, 403, 404, 410); further ones are 429."})};
    }
};

} // namespace mozi::http
