// Routes about who keeps how much, and what administrators do with anybody's uploads.
#pragma once

#include "storage/orphans.hpp"
#include "storage/storage.hpp"

#include <mutex>

namespace mozi::media {

class StorageHttp {
public:
    StorageHttp(Storage& storage, OrphanFinder& orphans, Library& library) : storage_(storage), orphans_(orphans), library_(library) {}
    std::vector<http::Route> routes();

private:
    struct One {
        MediaId id;
        static std::string schema_name() { return "OneStored"; }
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    struct OneOwner {
        UserId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &OneOwner::id, {.where = json::Where::path})}; }
    };
    struct ListPeople : Paging {
        static constexpr auto fields() { return paging_fields<ListPeople>(); }
    };
    Result<Usage> usage(http::Call& call, http::Empty const&) { return storage_.usage(call.viewer.id); }
    Result<Usage> usage_of(http::Call&, OneOwner const& in) { return storage_.usage(in.id); }
    Result<Page<PersonsStorage>> people(http::Call&, ListPeople const& in) { return storage_.people(in); }
    Result<Page<StoredMedium>> list(http::Call& call, ListStored const& in) { return storage_.list(in, call.asking()); }
    Result<> look(http::Call& call, ListStored& in) { // what is shown and what is not stands in no index
        call.slow = call.slow || in.shown.has_value();
        return {};
    }
    Result<http::Empty> remove(http::Call& call, OverAnother const& in);
    Result<MediaView> retry(http::Call& call, One const& in) { return library_.retry(in.id, call.asking()); }
    Result<Orphans> find_orphans(http::Call&, http::Empty const&);
    Result<MendedOrphans> mend_orphans(http::Call&, http::Empty const&);

    Storage& storage_;
    OrphanFinder& orphans_;
    std::mutex looking_; // one at a time: each goes through the whole disk
    Library& library_;
};

} // namespace mozi::media
