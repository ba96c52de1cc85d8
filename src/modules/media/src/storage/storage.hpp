// Who keeps how much. Thread-safe.
#pragma once

#include "library/library.hpp"
#include "storage/model.hpp"

namespace mozi::media {

class Storage {
public:
    struct Parts {
        db::Database& database;
        user::Users& users;
        Directory const* directory; // nothing: titles have no names here
        Settings const& settings;
    };
    explicit Storage(Parts parts) : parts_(parts) {}

    Result<Usage> usage(UserId owner);
    // Who keeps most first. Error: "request.cursor".
    Result<Page<PersonsStorage>> people(Paging const& paging);
    // What takes most first. Error: "request.cursor".
    Result<Page<StoredMedium>> list(ListStored const& asked, Asking const& asking);

private:
    Result<> add_titles(std::vector<StoredMedium>& media, Asking const& asking);

    Parts parts_;
};

// Their statements, for who proves which index they take.
std::string stored_sql(ListStored const& asked);
std::string people_sql();

} // namespace mozi::media
