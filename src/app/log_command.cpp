// `log level`: asks the running server to log more, or less.
#include "commands.hpp"
#include "complain.hpp"
#include "composition.hpp"
#include "data_folder.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/client.hpp>

#include <sysexits.h>

namespace mozi::app {

namespace {

// "90s", "10m", "2h" as seconds, at most a day; nothing for anything else.
std::optional<std::int64_t> seconds_of(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    auto const unit = text.back() == 's' ? 1 : text.back() == 'm' ? 60 : text.back() == 'h' ? 3600 : 0;
    auto const count = parse_id(text.substr(0, text.size() - 1));
    if (unit == 0 || !count || *count < 1 || *count > 86'400 / unit) return std::nullopt;
    return *count * unit;
}

} // namespace

int change_log_level(Settings const& settings, LogChange const& change) {
    log::configure({"error", "text"});
    auto const level = from_text<LogLevel>(change.level);
    if (!level) return complain("The level is debug, info, warn or error.", EX_USAGE);
    auto const lasting = change.lasting.empty() ? std::optional<std::int64_t>(0) : seconds_of(change.lasting);
    if (!lasting) return complain("--for takes a number with s, m or h, at most a day: 10m.", EX_USAGE);
    try {
        auto const address = DataLock::address_of(settings.data.dir);
        if (!address) return complain("No server runs on " + settings.data.dir + ". Its level at the start is log.level.", EX_UNAVAILABLE);
        std::string body = "{\"operatorToken\":";
        json::write_string(body, user::operator_token(installation_secret(blob::Folder(settings.data.dir)), system_clock().now()));
        body += ",\"level\":\"" + std::string(to_text(*level)) + "\",\"seconds\":" + std::to_string(*lasting) + "}";
        auto const answer =
            net::fetch(*address + "/api/operator/log", "PUT", {{"Content-Type", "application/json"}}, body, std::chrono::seconds(10));
        if (!answer) return complain("The running server does not answer at " + *address + ".", EX_UNAVAILABLE);
        if (answer->status != 200) return complain("The server refused: " + answer->body, EX_DATAERR);
        std::cout << "The server logs from " << to_text(*level) << " on"
                  << (*lasting > 0 ? ", for " + change.lasting : std::string(", until it starts again")) << ".\n";
        return EX_OK;
    } catch (std::exception const& cause) { return complain(cause.what(), EX_UNAVAILABLE); }
}

} // namespace mozi::app
