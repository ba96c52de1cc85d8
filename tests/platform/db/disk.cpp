// What only SQLite has: the log and its checkpoints, a disk that fills, reads that take too long.
#include "support.hpp"

#include <mozi/db/frees.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <thread>

using namespace mozi;
using namespace mozi::test;

namespace {

std::filesystem::path fresh_folder() {
    static int made = 0;
    auto const folder =
        std::filesystem::temp_directory_path() / ("videa-test-disk-" + std::to_string(::getpid()) + "-" + std::to_string(++made));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

struct Folder {
    std::filesystem::path path = fresh_folder();
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

std::unique_ptr<db::Database> open_in(std::filesystem::path const& dir, std::uint64_t floor = 0) {
    auto database = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = floor});
    database->migrate(note_table);
    return database;
}

Result<> fill(db::Database& database, int id, std::size_t bytes) {
    return insert(database, id, std::to_string(id) + std::string(bytes, 'x'));
}

struct Unmount {
    std::filesystem::path const& path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
};

} // namespace

TEST_CASE("cached statements hold no read transaction: the log can be emptied at any time") {
    Folder folder;
    auto const database = open_in(folder.path);
    for (int i = 1; i <= 200; ++i) REQUIRE(fill(*database, i, 2000));
    auto const stopped_early = [](db::Connection& c) {
        c.one<std::string>("SELECT word FROM note ORDER BY word");
        c.each<std::int64_t>("SELECT id FROM note", [](std::int64_t) { return false; });
        try {
            c.one<std::int64_t>("SELECT abs(-9223372036854775807 - 1) FROM note"); // fails while it runs
        } catch (db::Failure const&) {}
    };
    // Three readers, all with statements that were left in the middle.
    REQUIRE(database->read([&](db::Connection& a) -> Result<> {
        stopped_early(a);
        return database->read([&](db::Connection& b) -> Result<> {
            stopped_early(b);
            return database->read([&](db::Connection& c) -> Result<> { return stopped_early(c), Result<>{}; });
        });
    }));
    REQUIRE(std::filesystem::file_size(folder.path / "t.db-wal") > 200 * 2000);
    auto const emptied = database->read([](db::Connection& c) -> Result<std::int64_t> {
        return std::get<0>(c.one<std::int64_t, std::int64_t, std::int64_t>("PRAGMA wal_checkpoint(TRUNCATE)").value());
    });
    REQUIRE(emptied);
    CHECK(*emptied == 0);
    CHECK(std::filesystem::file_size(folder.path / "t.db-wal") == 0);
}

TEST_CASE("the maintenance checkpoint copies the log back and keeps it bounded") {
    Folder folder;
    auto const database = open_in(folder.path);
    for (int i = 1; i <= 12; ++i) REQUIRE(fill(*database, i, 1 << 20));
    auto const wal = [&] { return std::filesystem::file_size(folder.path / "t.db-wal"); };
    auto const before = std::filesystem::file_size(folder.path / "t.db");
    database->checkpoint();
    CHECK(database->figures().wal_bytes > 12u << 20);
    CHECK(std::filesystem::file_size(folder.path / "t.db") > before + (11u << 20));
    auto const grown = wal();
    for (int i = 13; i <= 18; ++i) REQUIRE(fill(*database, i, 1 << 20)); // all was copied back: the log starts over
    CHECK(wal() == grown);
}

TEST_CASE("below the floor writes are refused before they touch the disk, reads go on, and space brings writing back") {
    Folder folder;
    { REQUIRE(insert(*open_in(folder.path), 1, "kept")); }
    {
        auto const database = open_in(folder.path, std::uint64_t{1} << 62);
        auto const refused = insert(*database, 2, "no");
        REQUIRE(id_of(refused) == "storage.full");
        CHECK(refused.error().code == Code::disk_full);
        CHECK(refused.error().retry_after_s > 0);
        Result<> inside;
        std::vector<std::function<void()>> tasks{[&] { inside = insert(*database, 2, "no"); }};
        CHECK(database->batch(tasks));
        CHECK(id_of(inside) == "storage.full");
        CHECK_FALSE(database->probe());
        CHECK(words(*database) == std::vector<std::string>{"kept"});
    }
    auto const database = open_in(folder.path);
    CHECK(insert(*database, 2, "again"));
    CHECK(database->probe());
}

TEST_CASE("below the floor only those pass that free, also beside others in one commit") {
    Folder folder;
    { REQUIRE(insert(*open_in(folder.path), 1, "kept")); }
    auto const database = open_in(folder.path, std::uint64_t{1} << 62);
    auto const insert_freeing = [&](int id, std::string const& word) {
        return database->write([&](db::Transaction& tx) -> Result<> {
            // As behind an Idempotency-Key: the unit inside says it for the one around it.
            return tx.database().write([&](db::Transaction& inner) -> Result<> {
                db::frees(inner);
                inner->run("INSERT INTO note (id, word) VALUES (?, ?)", id, word);
                return {};
            });
        });
    };
    CHECK(insert_freeing(2, "signed in"));
    std::vector<Result<>> outcomes(4);
    std::vector<std::function<void()>> tasks{[&] { outcomes[0] = insert(*database, 3, "no"); },
        [&] { outcomes[1] = insert_freeing(4, "hidden"); }, [&] { outcomes[2] = insert(*database, 5, "no"); },
        [&] { outcomes[3] = insert_freeing(6, "deleted"); }};
    CHECK(database->batch(tasks));
    CHECK(id_of(outcomes[0]) == "storage.full");
    CHECK(id_of(outcomes[2]) == "storage.full"); // what the one before it may is not what this one may
    CHECK((outcomes[1] && outcomes[3]));
    CHECK(words(*database) == std::vector<std::string>{"kept", "signed in", "hidden", "deleted"});
}

TEST_CASE("on a disk without a byte left the reserve carries what frees, and is laid by again when there is room") {
    Folder folder;
    if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=24m") != 0)
        return skip(std::string("no mount here: ") + std::strerror(errno));
    Unmount const unmount{folder.path};
    auto const database = open_in(folder.path, 8u << 20);
    database->checkpoint();
    auto const reserve = folder.path / "t.reserve";
    REQUIRE(std::filesystem::file_size(reserve) == 1u << 20);
    {
        std::ofstream ballast(folder.path / "ballast", std::ios::binary);
        std::string const block(64 << 10, 'x');
        while (ballast.write(block.data(), std::streamsize(block.size())).flush()) {}
    }
    REQUIRE(std::filesystem::space(folder.path).available < 64 << 10);
    auto const spaced = [&](auto&& act) { // it looks at the disk every tenth of a second
        for (auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(5); std::chrono::steady_clock::now() < end;)
            if (act()) return true;
        return false;
    };
    CHECK(spaced([&] { return id_of(insert(*database, 1, "no")) == "storage.full"; }));
    int signed_in = 0;
    std::string why;
    for (int i = 10; i < 210; ++i) {
        auto const done = database->write([&](db::Transaction& tx) -> Result<> {
            db::frees(tx);
            tx->run("INSERT INTO note (id, word) VALUES (?, ?)", i, std::to_string(i));
            return {};
        });
        signed_in += done.has_value();
        if (!done) why = done.error().detail;
        if (i % 20 == 0) database->checkpoint(); // as its thread does
    }
    CHECK_MESSAGE(signed_in == 200, why);
    CHECK(std::filesystem::file_size(reserve) == 0);
    // What is refused costs no room, however often it is tried.
    auto const log_before = std::filesystem::file_size(folder.path / "t.db-wal");
    for (int i = 0; i < 50; ++i) CHECK(id_of(insert(*database, 2, "still no")) == "storage.full");
    CHECK(std::filesystem::file_size(folder.path / "t.db-wal") == log_before);
    std::filesystem::remove(folder.path / "ballast");
    auto const again = spaced([&] {
        auto const done = insert(*database, 3, "again");
        if (!done) why = done.error().detail;
        return done.has_value();
    });
    CHECK_MESSAGE(again, why);
    CHECK(spaced([&] {
        database->checkpoint();
        return std::filesystem::file_size(reserve) == 1u << 20;
    }));
}

TEST_CASE("a disk that fills within the time that an answer about it is believed takes what frees all the same") {
    Folder folder;
    if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=24m") != 0)
        return skip(std::string("no mount here: ") + std::strerror(errno));
    Unmount const unmount{folder.path};
    auto const database = open_in(folder.path, 8u << 20);
    database->checkpoint();
    REQUIRE(insert(*database, 1, "there is room")); // asked and believed
    auto const ballast = ::open((folder.path / "ballast").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    for (off_t end = 0; ::posix_fallocate(ballast, end, 4096) == 0;) end += 4096;
    ::close(ballast);
    CHECK(database->write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        return tx->run("INSERT INTO note (id, word) VALUES (?, ?)", 2, std::string(60'000, 'x')), Result<>{};
    }));
}

TEST_CASE("a disk that really fills loses nothing that was answered, and goes on when there is space") {
    Folder folder;
    if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=3m") != 0) {
        return skip(std::string("no mount here: ") + std::strerror(errno));
    }
    Unmount const unmount{folder.path};
    bool fatal = false;
    auto database =
        db::Database::open({.name = "t", .dir = folder.path, .min_free_bytes = 0, .on_fatal = [&](std::string const&) { fatal = true; }});
    database->migrate(note_table);
    std::vector<std::string> kept;
    Result<> last;
    for (int i = 1; last && i < 2000; ++i)
        if (last = fill(*database, i, 9000); last) kept.push_back(std::to_string(i) + std::string(9000, 'x'));
    REQUIRE(id_of(last) == "storage.full");
    CHECK(words(*database) == kept);
    // A batch whose second task meets the full disk: its answer and its neighbours' are the same refusal.
    std::vector<Result<>> outcomes(3);
    int told = 0;
    std::vector<std::function<void()>> tasks{
        [&] {
            outcomes[0] = database->write([&](db::Transaction& tx) -> Result<> { return tx.after_commit([&] { ++told; }), Result<>{}; });
        },
        [&] {
            try { // as the gateway does with whatever a handler throws
                outcomes[1] = fill(*database, 5000, 40 << 20); // more than the page cache: meets the disk before the commit
            } catch (std::exception const&) {}
        },
        [&] { outcomes[2] = insert(*database, 5001, "after the failure"); },
    };
    CHECK(id_of(database->batch(tasks)) == "storage.full");
    CHECK(told == 0);
    CHECK(words(*database) == kept);
    REQUIRE(::mount("tmpfs", folder.path.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
    CHECK(insert(*database, 3000, "space again"));
    database.reset();
    database = open_in(folder.path);
    kept.push_back("space again");
    CHECK(words(*database) == kept);
    CHECK_FALSE(fatal);
}

TEST_CASE("a copy before an upgrade that cannot be made says whose it is, changes nothing and leaves no part of itself") {
    Folder folder;
    auto const snapshots = folder.path / "snapshots";
    std::filesystem::create_directories(snapshots);
    auto const database = open_in(folder.path);
    for (int i = 1; i <= 40; ++i) REQUIRE(fill(*database, i, 100'000));
    std::vector const later{note_table[0], EmbeddedFile{"0002_more.sql", "CREATE TABLE more (id INTEGER);"}};
    auto const says = [&](std::string_view what) {
        auto const text = why(*database, later);
        CHECK_MESSAGE(text.find("The database of t was not changed") != text.npos, text);
        CHECK_MESSAGE(text.find(what) != text.npos, text);
        CHECK(id_of(database->check_schema(later)) == "schema.older");
    };
    if (::mount("tmpfs", snapshots.c_str(), "tmpfs", 0, "size=1m") == 0) {
        says("full");
        CHECK(std::filesystem::is_empty(snapshots));
        ::umount2(snapshots.c_str(), MNT_DETACH);
    }
    std::filesystem::remove(snapshots);
    std::ofstream(snapshots) << "a file where the folder is meant";
    says("snapshots");
    std::filesystem::remove(snapshots);
    CHECK(why(*database, later) == "");
    CHECK(std::filesystem::exists(snapshots / "t.before-schema-0002_more.db"));
}

namespace {

// Of both engines, one whose reads may take so long.
template <class F>
void with_read_limit(std::chrono::milliseconds limit, F const& body) {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        Folder folder;
        db::Options options{.name = "t_slow_" + std::to_string(::getpid()), .dir = folder.path, .read_limit = limit, .min_free_bytes = 0};
        if (dialect == db::Dialect::postgres) options.url = postgres();
        auto const schema = "videa_" + options.name;
        auto const database = db::Database::open(std::move(options));
        body(*database);
        if (dialect == db::Dialect::postgres)
            (void)database->write(
                [&](db::Transaction& tx) -> Result<> { return tx->run("DROP SCHEMA IF EXISTS " + schema + " CASCADE"), Result<>{}; });
    }
}

Result<> read_for_minutes(db::Connection& c) {
    c.one<std::int64_t>("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n");
    return {};
}

Result<std::int64_t> read_42(db::Connection& c) { return std::get<0>(c.one<std::int64_t>("SELECT 41 + 1").value()); }

} // namespace

TEST_CASE("a read past its time is cut, and the reader is good again afterwards") {
    with_read_limit(std::chrono::milliseconds(100), [](db::Database& database) {
        auto const began = std::chrono::steady_clock::now();
        CHECK(id_of(database.read(&read_for_minutes)) == "storage.too_slow");
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
        CHECK(database.read(&read_42).value() == 42);
    });
}

TEST_CASE("under a cut a read has so much work, however long it may take, and waiting is no work") {
    with_read_limit(std::chrono::minutes(2), [](db::Database& database) {
        auto const began = std::chrono::steady_clock::now();
        {
            db::Cut const cut(std::chrono::milliseconds(60));
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            CHECK(database.read(&read_42).value() == 42);
            CHECK(id_of(database.read(&read_for_minutes)) == "storage.too_slow");
        }
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
        CHECK(database.read(&read_42).value() == 42);
    });
}
