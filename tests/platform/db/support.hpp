// What the tests of the database part share: one table, and a database of each engine.
#pragma once

#include "show.hpp"
#include "temp_database.hpp"

namespace mozi::test {

inline constexpr EmbeddedFile note_table[] = {{"0001_notes.sql",
    "CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, weight REAL, parent INTEGER REFERENCES note (id)) STRICT;\n"}};

// Runs the check on SQLite, and on PostgreSQL where there is one.
template <class F>
void on_each_engine(F&& check) {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        TempDatabase database("t", note_table, dialect);
        check(*database);
    }
}

inline Result<> insert(db::Database& database, std::int64_t id, std::string const& word) {
    return database.write([&](db::Transaction& tx) -> Result<> {
        tx->run("INSERT INTO note (id, word) VALUES (?, ?)", id, word);
        return {};
    });
}

inline std::vector<std::string> words(db::Database& database) {
    auto const rows = database.read([](db::Connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> all;
        c.each<std::string>("SELECT word FROM note ORDER BY id", [&](std::string word) { all.push_back(std::move(word)); });
        return all;
    });
    REQUIRE(rows);
    return *rows;
}

// What migrate() refuses with; empty when it does not.
inline std::string why(db::Database& database, std::vector<EmbeddedFile> const& files) {
    try {
        database.migrate(files);
        return "";
    } catch (db::Failure const& failure) { return failure.text; }
}

template <class T>
std::string id_of(Result<T> const& result) {
    return result ? "" : result.error().id;
}

} // namespace mozi::test
