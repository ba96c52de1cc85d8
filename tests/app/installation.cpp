// Which data belongs together: judged from every evidence, and by the real executable on real folders.
#include "support.hpp"

#include "installation.hpp"

#include <fstream>

using namespace mozi::test;
using mozi::app::Evidence;
namespace fs = std::filesystem;

namespace {

using Mark = Evidence::Mark;

// Everything of installation "x" is there.
Evidence whole() {
    Evidence out;
    out.folder = Mark::complete;
    out.id = "x";
    out.media = "x";
    out.secret = true;
    out.films = true;
    for (auto const name : mozi::app::module_names()) out.databases[std::string(name)] = {true, "x"};
    out.where_databases_are = "in the data folder /d";
    out.data_folder = "/d";
    return out;
}

Evidence nothing() {
    Evidence out;
    for (auto const name : mozi::app::module_names()) out.databases[std::string(name)] = {};
    return out;
}

Evidence unmarked() { // as a version before installations had ids left it
    auto out = whole();
    out.folder = Mark::none;
    out.id.clear();
    out.media.clear();
    for (auto& [name, belonging] : out.databases) belonging.installation.clear();
    return out;
}

std::string refusal(Evidence evidence, std::function<void(Evidence&)> const& change) {
    change(evidence);
    return mozi::app::judge(evidence).refusal;
}

bool is_refused(fs::path const& data, std::string_view says, std::vector<std::string> const& sets = {}) {
    auto const ran = run(command(data, {"serve"}, sets), "/");
    CHECK(ran.status == 78);
    CHECK_MESSAGE(ran.err.find(says) != std::string::npos, ran.err);
    return ran.status == 78;
}

void plant_film(fs::path const& data) {
    fs::create_directories(data / "media/files/4711");
    std::ofstream(data / "media/files/4711/source") << "an original";
    fs::last_write_time(data / "media/files/4711", fs::file_time_type::clock::now() - std::chrono::hours(24 * 365));
}

bool film_is_there(fs::path const& data) { return fs::exists(data / "media/files/4711/source"); }

} // namespace

TEST_CASE("what fits is let in, with the id it has") {
    CHECK(mozi::app::judge(whole()).id == "x");
    CHECK(mozi::app::judge(nothing()).id == "");
    CHECK(mozi::app::judge(nothing()).refusal == "");
    CHECK(refusal(nothing(), [](Evidence& e) { e.secret = true; }) == ""); // put there beforehand
    CHECK(refusal(whole(), [](Evidence& e) { e.databases["media"].installation.clear(); }) == ""); // an older backup of it
    CHECK(mozi::app::judge(unmarked()).refusal == "");
    CHECK(mozi::app::judge(unmarked()).id != "");
    auto moved = whole();
    moved.folder = Mark::none;
    moved.id.clear(); // copied without its mark
    CHECK(mozi::app::judge(moved).id == "x");
    auto cut_off = nothing();
    cut_off.folder = Mark::begun;
    cut_off.id = "y";
    cut_off.secret = true;
    cut_off.databases["user"] = {true, "y"};
    cut_off.databases["content"] = {true, ""};
    CHECK(mozi::app::judge(cut_off).id == "y");
    CHECK(mozi::app::judge(cut_off).refusal == "");
}

TEST_CASE("what does not fit is refused, by name and with a way out") {
    struct {
        std::string_view says;
        std::function<void(Evidence&)> change;
    } const with_mark[] = {
        {"The database of media is missing", [](Evidence& e) { e.databases["media"] = {}; }},
        {"databases of content, media, moderation, social and user are missing",
            [](Evidence& e) {
                for (auto& [name, b] : e.databases) b = {};
            }},
        {"The database of user in the data folder /d belongs to another installation",
            [](Evidence& e) { e.databases["user"].installation = "z"; }},
        {"media in /d belongs to another installation", [](Evidence& e) { e.media = "z"; }},
        {"as when a disk is not mounted",
            [](Evidence& e) {
                e.media.clear();
                e.films = false;
            }},
        {"lost its file secret", [](Evidence& e) { e.secret = false; }},
    };
    for (auto const& row : with_mark) {
        auto const said = refusal(whole(), row.change);
        CHECK_MESSAGE(said.find(row.says) != std::string::npos, said);
        CHECK(said.find("installation adopt") != std::string::npos);
    }
    auto const no_mark = [](std::function<void(Evidence&)> const& change) { return refusal(unmarked(), change); };
    CHECK(no_mark([](Evidence& e) { e.databases["media"] = {}; }).find("database of media is missing") != std::string::npos);
    CHECK(no_mark([](Evidence& e) {
        for (auto& [name, b] : e.databases) b = {};
    }).find("There are films") != std::string::npos);
    CHECK(no_mark([](Evidence& e) { e.secret = false; }).find("secret") != std::string::npos);
    CHECK(refusal(whole(), [](Evidence& e) {
        e.folder = Mark::none;
        e.id.clear();
        e.media = "z";
    }).find("media in /d") != std::string::npos);
    CHECK(refusal(nothing(), [](Evidence& e) {
        e.folder = Mark::begun;
        e.id = "y";
        e.databases["user"] = {true, "x"};
    }).find("another installation") != std::string::npos);
}

TEST_CASE("a start never costs a film, whatever became of the databases") {
    Folder folder;
    auto const data = folder.path / "data";
    {
        Server server(data);
        join(server, "ada");
        CHECK(server.stop() == 0);
    }
    plant_film(data);
    auto const away = folder.path / "away";
    auto const missing = [&](std::string const& what, std::string_view says) {
        CAPTURE(what);
        fs::rename(data / what, away);
        CHECK(is_refused(data, says));
        CHECK_FALSE(fs::exists(data / what)); // nothing was made in its place
        fs::rename(away, data / what);
        CHECK(film_is_there(data));
    };
    for (auto const* module : {"media", "user", "content"})
        missing(std::string(module) + ".db", std::string("database of ") + module + " is missing");
    missing("secret", "secret");
    fs::rename(data / "media", away); // an unmounted disk
    CHECK(is_refused(data, "not mounted"));
    fs::create_directories(data / "media"); // its mount point
    CHECK(is_refused(data, "not mounted"));
    fs::remove_all(data / "media"), fs::rename(away, data / "media");
    fs::resize_file(data / "content.db", 0), fs::remove(data / "content.db-wal");
    CHECK(is_refused(data, "database of content is missing or empty"));
    if (auto const* url = postgres()) CHECK(is_refused(data, "missing or empty at database.url", {std::string("database.url=") + url}));
    CHECK(film_is_there(data));

    // The operator means it: what is missing is made, and the films are still not touched.
    CHECK(run(command(data, {"installation", "adopt"}), "/").status == 0);
    {
        Server server(data);
        CHECK(server.wait_for_log("media.unknown_folders"));
        CHECK(film_is_there(data));
        CHECK(run(command(data, {"doctor"}), "/").out.find("1 film folder of 1 are not known") != std::string::npos);
        CHECK(server.get("/health/ready").status == 200);
        CHECK(server.stop() == 0);
    }
    CHECK(run(command(data, {"media", "unknown"}), "/").out.find("4711") != std::string::npos);
    CHECK(film_is_there(data));
    CHECK(run(command(data, {"media", "unknown", "--to-trash"}), "/").status == 0);
    CHECK(fs::exists(data / "media/trash/4711/source"));
    CHECK(run(command(data, {"doctor"}), "/").out.find("in the trash") != std::string::npos);
    CHECK(run(command(data, {"media", "trash", "--empty"}), "/").out.find("1 folders removed") != std::string::npos);
    CHECK_FALSE(fs::exists(data / "media/trash/4711"));
}

TEST_CASE("another installation's database is not taken, and a first start that was cut off goes on") {
    Folder folder;
    auto const one = folder.path / "one", two = folder.path / "two";
    for (auto const& data : {one, two}) {
        Server server(data);
        CHECK(server.stop() == 0);
    }
    plant_film(one);
    fs::copy_file(two / "media.db", one / "media.db", fs::copy_options::overwrite_existing);
    CHECK(is_refused(one, "database of media in the data folder"));
    CHECK(film_is_there(one));
    auto const three = folder.path / "three";
    fs::create_directories(three);
    std::ofstream(three / "installation") << "cut-off\nbegun\n";
    Server server(three);
    CHECK(server.get("/health/ready").status == 200);
    std::string id;
    std::ifstream(three / "installation") >> id;
    CHECK(id == "cut-off");
}
