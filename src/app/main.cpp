// videa-mozi: the commands and their arguments.
#include "commands.hpp"

#include <mozi/media/jail.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

using namespace mozi::app;

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "media-jail") return mozi::media::media_jail_main(argc - 1, argv + 1);
    umask(077); // databases, what SQLite puts beside them, folders, snapshots: its owner's alone, whoever starts it
    CLI::App cli{"VideaMozi: a self-hosted film and series community in one executable."};
    cli.name("videa-mozi");
    cli.require_subcommand(1);
    Given given;
    cli.add_option("--config", given.file, "Configuration file (TOML); else videa-mozi.toml here, then /etc/videa-mozi.toml");
    cli.add_option("--set", given.sets, "One setting, as section.key=value; may be repeated")->allow_extra_args(false);
    cli.fallthrough();

    auto* const serve_command = cli.add_subcommand("serve", "Run the server until SIGTERM");
    auto* const migrate_command = cli.add_subcommand("migrate", "Bring the databases' schema up to date, then end");
    auto* const config_command = cli.add_subcommand("config", "The configuration");
    config_command->require_subcommand(1);
    auto* const check_command = config_command->add_subcommand("check", "Say what is wrong with it");
    auto* const print_command = config_command->add_subcommand("print", "Print what is in force");
    auto* const example_command = config_command->add_subcommand("example", "Print every setting with its explanation");
    auto* const openapi_command = cli.add_subcommand("openapi", "Print the OpenAPI document");
    auto* const user_command = cli.add_subcommand("user", "Accounts");
    user_command->require_subcommand(1);
    auto* const create_command = user_command->add_subcommand("create", "Create an account; also while the server runs");
    NewUser user;
    create_command->add_option("--username", user.username, "Letters, digits and _")->required();
    create_command->add_option("--email", user.email, "E-mail address")->required();
    create_command->add_option("--role", user.role, "USER, MODERATOR or ADMIN");
    bool from_stdin = false;
    create_command->add_flag("--password-stdin", from_stdin, "Read the password from the first line of standard input")->required();
    auto* const events_command = cli.add_subcommand("events", "The event log; while no server runs");
    events_command->require_subcommand(1);
    auto* const dead_command = events_command->add_subcommand("dead", "List events that were given up");
    auto* const retry_command = events_command->add_subcommand("retry", "Handle them now");
    auto* const media_command = cli.add_subcommand("media", "Film folders; while no server runs");
    media_command->require_subcommand(1);
    auto* const unknown_command = media_command->add_subcommand("unknown", "List folders that the database does not know");
    bool to_trash = false;
    unknown_command->add_flag("--to-trash", to_trash, "Put them aside, however many they are; they are kept for 30 days");
    auto* const trash_command = media_command->add_subcommand("trash", "List what was put aside");
    bool empty = false;
    trash_command->add_flag("--empty", empty, "Remove it for good");
    auto* const audit_command = cli.add_subcommand("audit", "The record of decisions; while no server runs");
    audit_command->require_subcommand(1);
    auto* const accept_command = audit_command->add_subcommand("accept", "Say that the record counts as it stands, which is recorded");
    std::string reason;
    accept_command->add_option("--reason", reason, "Why, in a sentence")->required();
    auto* const installation_command = cli.add_subcommand("installation", "Which data belongs together");
    installation_command->require_subcommand(1);
    auto* const adopt_command =
        installation_command->add_subcommand("adopt", "Say that what lies in the folder and the databases now belongs together");
    auto* const log_command = cli.add_subcommand("log", "The log of the running server");
    log_command->require_subcommand(1);
    auto* const level_command = log_command->add_subcommand("level", "Change how much is logged, until the next start or for some time");
    LogChange log_change;
    level_command->add_option("level", log_change.level, "debug, info, warn or error")->required();
    level_command->add_option("--for", log_change.lasting, "How long, such as 10m, 90s or 2h");
    auto* const doctor_command = cli.add_subcommand("doctor", "Look for what is wrong");
    bool only_ready = false;
    doctor_command->add_flag("--ready", only_ready, "Only ask the running server whether it is ready");
    auto* const version_command = cli.add_subcommand("version", "Print the version");
    try {
        cli.parse(argc, argv);
    } catch (CLI::ParseError const& wrong) {
        // The library only says that a command is missing; what stands in its place is more of a help.
        auto const left = cli.remaining(true);
        if (wrong.get_exit_code() == EX_OK || left.empty()) return cli.exit(wrong) == EX_OK ? EX_OK : EX_USAGE;
        std::cerr << "videa-mozi knows no \"" << left.front()
                  << "\" here. `videa-mozi --help` lists the commands, with a command in front its own.\n";
        return EX_USAGE;
    }

    if (version_command->parsed()) {
        std::cout << "videa-mozi " MOZI_VERSION "\n";
        return EX_OK;
    }
    if (example_command->parsed()) {
        std::cout << print_settings({}, mozi::config::Style::example);
        return EX_OK;
    }
    if (check_command->parsed()) return config_check(given);
    auto const settings = load_settings(given, environ);
    if (!settings) {
        std::cerr << settings.error().message << "\n";
        return EX_CONFIG;
    }
    if (print_command->parsed()) {
        std::cout << print_settings(*settings, mozi::config::Style::values);
        return EX_OK;
    }
    if (serve_command->parsed()) return serve(*settings);
    if (migrate_command->parsed()) return migrate(*settings);
    if (openapi_command->parsed()) return print_openapi(*settings);
    if (create_command->parsed()) return create_user(*settings, user);
    if (dead_command->parsed()) return events_dead(*settings);
    if (retry_command->parsed()) return events_retry(*settings);
    if (unknown_command->parsed()) return media_strays(*settings, to_trash ? Strays::put_unknown_aside : Strays::unknown);
    if (trash_command->parsed()) return media_strays(*settings, empty ? Strays::empty_trash : Strays::trash);
    if (adopt_command->parsed()) return adopt_installation(*settings);
    if (level_command->parsed()) return change_log_level(*settings, log_change);
    if (accept_command->parsed()) return accept_record(*settings, reason);
    return doctor(*settings, only_ready ? Asks::ready : Asks::everything);
}
