// videa-mozi: the commands and their arguments.
#include "commands.hpp"
#include "commands_of_operators.hpp"
#include "setup_link.hpp"

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
    auto* const print_command = config_command->add_subcommand("print", "Print what is in force, passwords and tokens as ***");
    bool where = false, secrets = false;
    auto* const where_flag =
        print_command->add_flag("--where", where, "Say which file was taken, and behind each value where it came from");
    print_command->add_flag("--secrets", secrets, "Print passwords and tokens as they are")->excludes(where_flag);
    auto* const example_command = config_command->add_subcommand("example", "Print every setting with its explanation");
    auto* const openapi_command = cli.add_subcommand("openapi", "Print the OpenAPI document");
    auto* const media_command = cli.add_subcommand("media", "Uploads, and their folders on the disk");
    media_command->require_subcommand(1);
    auto* const unknown_command =
        media_command->add_subcommand("unknown", "List folders that the database does not know; while no server runs");
    bool to_trash = false;
    unknown_command->add_flag("--to-trash", to_trash, "Put them aside, however many they are; they are kept for 30 days");
    auto* const trash_command = media_command->add_subcommand("trash", "List what was put aside; while no server runs");
    bool empty = false;
    trash_command->add_flag("--empty", empty, "Remove it for good");
    auto* const audit_command = cli.add_subcommand("audit", "The record of decisions");
    audit_command->require_subcommand(1);
    auto* const accept_command =
        audit_command->add_subcommand("accept", "Say that the record counts as it stands, which is recorded; while no server runs");
    std::string reason;
    accept_command->add_option("--reason", reason, "Why, in a sentence")->required();
    auto* const installation_command = cli.add_subcommand("installation", "Which data belongs together");
    installation_command->require_subcommand(1);
    auto* const adopt_command =
        installation_command->add_subcommand("adopt", "Say that what lies in the folder and the databases now belongs together");
    auto* const backup_command = cli.add_subcommand("backup", "Make a backup; also while the server runs");
    std::string target, source;
    backup_command->add_option("DIR", target, "Folder that gets it, in a folder of its own by its time; else the setting backup.dir");
    auto* const verify_command = backup_command->add_subcommand("verify", "Read a backup through and hold it against its manifest");
    verify_command->add_option("DIR", source, "The backup, or the folder of several: its newest")->required();
    auto* const restore_command = cli.add_subcommand("restore", "Put a backup back into an empty data folder");
    restore_command->add_option("FROM", source, "The backup, or the folder of several: its newest")->required();
    auto* const upgrade_command = cli.add_subcommand("upgrade", "What a start with this version does to the data");
    bool only_check = false;
    upgrade_command->add_flag("--check", only_check, "Say it, and change nothing")->required();
    Chosen chosen; // of the commands of operators
    add_commands_of_operators(cli, *media_command, *audit_command, chosen);
    auto* const doctor = cli.add_subcommand("doctor", "Look for what is wrong");
    DoctorOrders orders;
    doctor->add_flag("--ready", orders.only_ready, "Only ask the running server whether it is ready");
    auto* const as_json = doctor->add_flag("--json", orders.json, "Print one JSON object instead of lines");
    auto* const fix =
        doctor->add_flag("--fix", orders.fix, "Mend what loses nothing: rights, owners, leftovers; asks first")->excludes(as_json);
    doctor->add_flag("--yes", orders.yes, "With --fix: do not ask")->needs(fix);
    auto* const link_command = cli.add_subcommand("setup-link", "Print the one-time link that makes the first administrator");
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
    if (doctor->parsed()) return doctor_command(given, orders);
    auto const settings = load_settings(given, environ);
    if (!settings) {
        std::cerr << settings.error().message << "\n";
        return EX_CONFIG;
    }
    if (print_command->parsed()) {
        using mozi::config::Style;
        std::cout << (where ? print_whereabouts(*settings) : print_settings(*settings, secrets ? Style::secrets : Style::values));
        return EX_OK;
    }
    if (link_command->parsed()) return print_setup_link(*settings);
    if (serve_command->parsed()) return serve(*settings);
    if (migrate_command->parsed()) return migrate(*settings);
    if (openapi_command->parsed()) return print_openapi(*settings);
    if (chosen) return chosen(*settings);
    if (unknown_command->parsed()) return media_strays(*settings, to_trash ? Strays::put_unknown_aside : Strays::unknown);
    if (trash_command->parsed()) return media_strays(*settings, empty ? Strays::empty_trash : Strays::trash);
    if (adopt_command->parsed()) return adopt_installation(*settings);
    if (verify_command->parsed()) return backup_verify(source);
    if (backup_command->parsed()) return backup(*settings, target);
    if (restore_command->parsed()) return restore(*settings, source);
    if (upgrade_command->parsed()) return upgrade_check(*settings);
    if (accept_command->parsed()) return accept_record(*settings, reason);
    return EX_USAGE;
}
