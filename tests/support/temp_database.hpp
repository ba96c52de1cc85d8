// A fresh, migrated database for one test: SQLite in a folder of its own, or a PostgreSQL schema of its own; gone afterwards.
#pragma once

#include "skip.hpp"

#include <mozi/db/database.hpp>
#include <mozi/events/events.hpp>

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

namespace mozi::test {

// SQLite, and PostgreSQL where there is one.
inline std::vector<db::Dialect> dialects() {
    std::vector<db::Dialect> all{db::Dialect::sqlite};
    if (postgres()) all.push_back(db::Dialect::postgres);
    return all;
}

template <class F, class House>
std::type_identity<House> house_of(void (F::*)(House&) const);

// The body with a house of its own, of the kind it takes, on each engine. What a house has to hold at any time it holds afterwards.
template <class F>
void on_each_database(F&& body) {
    using House = typename decltype(house_of(&std::remove_cvref_t<F>::operator()))::type;
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        House house(dialect);
        body(house);
        if constexpr (requires { house.holds(); }) house.holds();
    }
}

class TempDatabase {
public:
    // Platform tables first, then the module's. Throws db::Failure.
    TempDatabase(std::string const& module, std::span<EmbeddedFile const> migrations, db::Dialect dialect = db::Dialect::sqlite) {
        static std::atomic<int> made{0};
        auto const name = module + "_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
        db::Options options{.name = name, .dir = std::filesystem::temp_directory_path() / ("videa-test-" + name), .min_free_bytes = 0};
        if (dialect == db::Dialect::postgres) options.url = postgres();
        else dir_ = options.dir;
        schema_ = "videa_" + name;
        database_ = db::Database::open(options);
        database_->migrate(mozi_platform_schema(), "platform");
        database_->migrate(migrations);
    }

    ~TempDatabase() {
        if (dir_.empty())
            (void)database_->write([&](db::Transaction& tx) -> Result<> {
                tx->run("DROP SCHEMA " + schema_ + " CASCADE");
                return {};
            });
        database_.reset();
        std::error_code ignored;
        if (!dir_.empty()) std::filesystem::remove_all(dir_, ignored);
    }
    TempDatabase(TempDatabase const&) = delete;
    TempDatabase& operator=(TempDatabase const&) = delete;

    db::Database& operator*() { return *database_; }
    db::Database* operator->() { return database_.get(); }

private:
    std::filesystem::path dir_;
    std::string schema_;
    std::unique_ptr<db::Database> database_;
};

} // namespace mozi::test
