// Several databases brought up to date as one: all of them, or none.
#pragma once

#include <mozi/db/database.hpp>

#include <string>
#include <vector>

namespace mozi::db {

struct Ledger {
    std::string name; // as of Database::migrate()
    std::span<EmbeddedFile const> migrations;
};

struct Upgrade {
    std::string database; // its name: the schema is videa_<name>
    std::vector<Ledger> ledgers; // in this order
};

// Every pending step of all in one transaction; a step that fails leaves every schema as it was. Returns how many ran. Waits up to ten
// minutes for another instance that migrates. Throws Failure with a sentence.
int migrate_together(std::string const& url, std::vector<Upgrade> const& all);

// While it lives, f is told of each copy that Database::migrate() on this thread makes of a SQLite database, by the database's name: the
// copy lies there whole, and the first pending step runs next. f may throw: then no step runs.
class TellsCopies {
public:
    using Told = std::function<void(std::string const& database, std::filesystem::path const& copy)>;
    explicit TellsCopies(Told f);
    ~TellsCopies();
    TellsCopies(TellsCopies const&) = delete;
    TellsCopies& operator=(TellsCopies const&) = delete;
};

} // namespace mozi::db
