// Film folders beside the database: put aside, put back, removed only when somebody said so.
#include "house.hpp"

#include <fstream>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;
using net::Method;
namespace fs = std::filesystem;

namespace {

// A house with that many films, and folders that nobody knows beside them.
struct Shelf {
    House house{House::Jobs::idle};
    fs::path media = house.folder.path("media");
    std::vector<std::string> films;

    explicit Shelf(int count, int strangers = 0) {
        for (int i = 0; i < count; ++i) films.push_back(house.upload("film " + std::to_string(i)));
        for (int i = 1; i <= strangers; ++i) stranger(i);
    }
    void stranger(int number) const {
        fs::create_directories(media / "files" / std::to_string(number) / "r1");
        std::ofstream(media / "files" / std::to_string(number) / "source") << "an original";
    }
    int in(std::string const& room) const { return int(std::distance(fs::directory_iterator(media / room), {})); }
    bool has(std::string const& room, std::string const& id) const { return fs::exists(media / room / id); }
    void start() { house.restart(House::Jobs::running); }
    // Until the first sweep after the start has been.
    void swept() {
        start(), house.wait_until([&] { return in("incoming") == 0 && !house.module->keeping->warnings().empty(); });
    }
    void forget(std::string const& id) {
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            tx->run("DELETE FROM job WHERE medium_id = ?", std::stoll(id));
            return tx->run("DELETE FROM medium WHERE id = ?", std::stoll(id)), Result<>{};
        }));
    }
};

} // namespace

// proves S25
TEST_CASE("a folder that nobody knows is put aside, told, kept for thirty lived days, then gone") {
    Shelf shelf(10, 1);
    shelf.swept();
    CHECK(shelf.in("files") == 10);
    REQUIRE(shelf.has("trash", "1"));
    CHECK(fs::exists(shelf.media / "trash/1/source"));
    CHECK(shelf.house.module->keeping->warnings().front().find("trash") != std::string::npos);
    shelf.house.database->live(std::chrono::hours(24 * 29));
    shelf.start();
    CHECK(shelf.has("trash", "1"));
    shelf.house.clock.advance(std::chrono::hours(24 * 365 * 2)); // the wall clock jumps two years: nothing to do with it
    shelf.start();
    CHECK(shelf.has("trash", "1"));
    shelf.house.database->live(std::chrono::hours(25));
    shelf.start();
    CHECK_FALSE(shelf.has("trash", "1"));
    CHECK(shelf.in("files") == 10);
}

TEST_CASE("more than a tenth unknown at once is another day's database: nothing moves until somebody says so") {
    Shelf shelf(8, 2);
    shelf.swept();
    CHECK(shelf.in("files") == 10);
    CHECK(shelf.in("trash") == 0);
    CHECK(shelf.house.module->keeping->warnings().front().find("2 film folders of 10") != std::string::npos);
    auto& keeping = *shelf.house.module->keeping;
    auto const found = media::look_for_strays(*shelf.house.database, shelf.media);
    REQUIRE(found);
    REQUIRE(found->unknown.size() == 2);
    CHECK(found->unknown.front().bytes == 11);
    CHECK(keeping.trash_unknown().value() == 2);
    CHECK(shelf.in("files") == 8);
    CHECK(shelf.in("trash") == 2);
    CHECK(keeping.empty_trash().value() == 2);
    CHECK(shelf.in("trash") == 0);
}

TEST_CASE("with an empty database nothing is removed at all") {
    Shelf shelf(5);
    for (auto const& film : shelf.films) shelf.forget(film);
    shelf.swept();
    CHECK(shelf.in("files") == 5);
    CHECK(shelf.in("trash") == 0);
}

TEST_CASE("what the database knows again comes back from the trash") {
    Shelf shelf(11);
    auto const film = shelf.films.front();
    fs::rename(shelf.media / "files" / film, shelf.media / "trash" / film);
    shelf.start();
    CHECK(shelf.has("files", film));
    CHECK_FALSE(shelf.has("trash", film));
    // Never over a folder that stands there: both are kept.
    fs::create_directories(shelf.media / "trash" / film);
    std::ofstream(shelf.media / "trash" / film / "source") << "another";
    shelf.start();
    CHECK(shelf.has("trash", film));
    CHECK(read_file((shelf.media / "files" / film / "source").string()) == "film 0");
}

TEST_CASE("a film somebody deleted is gone, also when the server ended before its folder was") {
    Shelf shelf(3);
    auto const film = shelf.films.front();
    CHECK(shelf.house.ask(Method::delete_, "/api/media/" + film, ada).status == 204);
    shelf.house.wait_until([&] { return !shelf.has("files", film); });
    auto const second = shelf.films.back();
    shelf.forget(second);
    REQUIRE(shelf.house.database->write(
        [&](db::Transaction& tx) -> Result<> { return tx->run("INSERT INTO removal (id) VALUES (?)", std::stoll(second)), Result<>{}; }));
    shelf.start();
    shelf.house.wait_until([&] { return !shelf.has("files", second); });
    CHECK(shelf.in("trash") == 0);
    CHECK(shelf.in("files") == 1);
}

TEST_CASE("an upload that was never acknowledged leaves nothing, one that was committed goes on") {
    Shelf shelf(1);
    for (auto const name : {"77", "78"}) fs::create_directories(shelf.media / "incoming" / name);
    std::ofstream(shelf.media / "incoming/78/source") << "half";
    auto const film = shelf.films.front();
    fs::rename(shelf.media / "files" / film, shelf.media / "incoming" / film); // its server ended between the commit and the move
    shelf.start();
    CHECK(shelf.in("incoming") == 0);
    CHECK(shelf.in("trash") == 0);
    CHECK(read_file((shelf.media / "files" / film / "source").string()) == "film 0");
}

TEST_CASE("a clock that jumps ends no upload") {
    House house(House::Jobs::running, {.upload_expiry_s = 3600});
    auto const made = house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 1.0.0", "upload-length: 10"});
    REQUIRE(made.status == 201);
    auto const where = made.header("Location");
    for (auto const years : {2, -30}) {
        house.clock.advance(std::chrono::hours(24 * 365 * years));
        house.restart(House::Jobs::running);
        CHECK(house.get(where, ada).status == 200);
    }
    house.database->live(3601s);
    house.wait_until([&] { return house.get(where, ada).status == 410; }); // the first sweep may be at it in this very moment
}
