// `log level`: asks the running server to log more, or less.
#include "printing.hpp"

#include <mozi/base/text.hpp>

#include <stdexcept>

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

int change_log_level(Settings const& settings, std::string const& word, std::string const& lasting) {
    auto const level = from_text<LogLevel>(word);
    if (!level) return complain("The level is debug, info, warn or error.", EX_USAGE);
    auto const seconds = lasting.empty() ? std::optional<std::int64_t>(0) : seconds_of(lasting);
    if (!seconds) return complain("--for takes a number with s, m or h, at most a day: 10m.", EX_USAGE);
    if (!DataLock::address_of(settings.data.dir))
        return refuse(settings, std::runtime_error("No server runs on " + settings.data.dir + ". Its level at the start is log.level."));
    return run(settings, [&](Operator& house) {
        auto const body = "{\"level\":\"" + std::string(to_text(*level)) + "\",\"seconds\":" + std::to_string(*seconds) + "}";
        auto const answer = house.ask(Method::put, "/api/admin/log", body);
        if (!answer.good()) return refused(answer);
        std::cout << "The server logs from " << to_text(*level) << " on"
                  << (*seconds > 0 ? ", for " + lasting : std::string(", until it starts again")) << ".\n";
        return EX_OK;
    });
}

} // namespace

void add_log_commands(CLI::App& cli, Chosen& chosen) {
    struct Words {
        std::string level, lasting;
    };
    auto const w = std::make_shared<Words>();
    auto* const log = cli.add_subcommand("log", "The log of the running server");
    log->require_subcommand(1);
    auto* const level = log->add_subcommand("level", "Change how much is logged, until the next start or for some time");
    level->add_option("level", w->level, "debug, info, warn or error")->required();
    level->add_option("--for", w->lasting, "How long, such as 10m, 90s or 2h");
    level->callback([&chosen, w] { chosen = [w](Settings const& settings) { return change_log_level(settings, w->level, w->lasting); }; });
}

} // namespace mozi::app
