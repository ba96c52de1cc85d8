// Sums that are kept, in order; nothing is added up when it is asked for.
#include "storage/storage.hpp"

#include "library/repository.hpp"

#include <algorithm>
#include <map>

namespace mozi::media {

namespace {

constexpr std::size_t most_titles = 20;

Result<std::map<UserId, user::Person>> people_of(user::Users& users, std::vector<UserId> ids) {
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::map<UserId, user::Person> out;
    if (ids.empty()) return out;
    MOZI_TRY(auto found, users.find_people(ids));
    for (auto& person : found) out.emplace(person.id, std::move(person));
    return out;
}

std::int64_t total_of(db::Connection& c, ListStored const& asked) {
    auto const number = [](auto const& row) { return row ? std::get<0>(*row) : 0; };
    if (asked.owner && !asked.shown) return repository::totals(c, *asked.owner).media;
    if (!asked.shown) return number(c.one<std::int64_t>("SELECT CAST(coalesce(sum(media), 0) AS BIGINT) FROM owner_total"));
    static std::string const shown = "SELECT count(*) FROM medium m WHERE EXISTS (SELECT 1 FROM title t WHERE t.media_id = m.id)";
    static std::string const unused = "SELECT count(*) FROM medium m WHERE NOT EXISTS (SELECT 1 FROM title t WHERE t.media_id = m.id)";
    auto const& sql = *asked.shown ? shown : unused;
    return number(asked.owner ? c.one<std::int64_t>(sql + " AND m.owner_id = ?", *asked.owner) : c.one<std::int64_t>(sql));
}

} // namespace

std::string stored_sql(ListStored const& asked) {
    std::string where = "WHERE ";
    if (asked.owner) where += "m.owner_id = ? AND ";
    if (asked.shown) where += std::string(*asked.shown ? "" : "NOT ") + "EXISTS (SELECT 1 FROM title t WHERE t.media_id = m.id) AND ";
    return db::select<Medium>(where + "(m.on_disk, m.id) < (?, ?) ORDER BY m.on_disk DESC, m.id DESC LIMIT ? OFFSET ?");
}

std::string people_sql() {
    return "SELECT owner_id, bytes, media FROM owner_total WHERE media > 0 AND (bytes, owner_id) < (?, ?) ORDER BY bytes DESC, owner_id "
           "DESC LIMIT ? OFFSET ?";
}

Result<Usage> Storage::usage(UserId owner) {
    auto const& s = parts_.settings;
    return parts_.database.read([&](db::Connection& c) -> Result<Usage> {
        auto const totals = repository::totals(c, owner);
        return Usage{totals.bytes, s.quota_bytes ? std::optional(s.quota_bytes) : std::nullopt, totals.media,
            repository::open_uploads(c, owner), s.open_uploads, repository::unused_films(c, owner), s.unused_films};
    });
}

Result<Page<PersonsStorage>> Storage::people(Paging const& paging) {
    static Pager<std::int64_t, UserId> const pager("storage");
    MOZI_TRY(auto const after, pager.after(paging.after));
    std::int64_t total = 0;
    MOZI_TRY(auto rows, parts_.database.read([&](db::Connection& c) -> Result<std::vector<PersonsStorage>> {
        total = std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM owner_total WHERE media > 0").value());
        auto const [bytes, id] = after ? *after : before_first<std::int64_t, UserId>(SortOrder::desc);
        std::vector<PersonsStorage> out;
        static auto const sql = people_sql();
        c.each<UserId, std::int64_t, std::int64_t>(
            sql, [&](UserId owner, std::int64_t used, std::int64_t media) { out.push_back({{owner, {}, {}, {}}, used, media}); }, bytes, id,
            std::int64_t(paging.limit + 1), paging.offset());
        return out;
    }));
    auto next = pager.cut(rows, paging.limit, [](PersonsStorage const& row) { return std::tuple{row.used, row.person.id}; });
    std::vector<UserId> ids;
    for (auto const& row : rows) ids.push_back(row.person.id);
    MOZI_TRY(auto people, people_of(parts_.users, std::move(ids)));
    for (auto& row : rows) row.person = people[row.person.id];
    return Page<PersonsStorage>{std::move(rows), Pagination::of(paging, total, std::move(next))};
}

// The names of what shows them: one question here, one to whoever knows titles.
Result<> Storage::add_titles(std::vector<StoredMedium>& media, Asking const& asking) {
    if (media.empty() || !parts_.directory) return {};
    std::vector<MediaId> ids;
    for (auto const& medium : media) ids.push_back(medium.id);
    std::map<Subject, MediaId> shown;
    MOZI_CHECK(parts_.database.read([&](db::Connection& c) -> Result<> {
        constexpr std::int64_t most = 500; // what an owner of a kind is asked at once
        c.each<MediaId, SubjectId>(
            "SELECT media_id, movie_id FROM title WHERE media_id IN {list} ORDER BY movie_id LIMIT ?",
            [&](MediaId id, SubjectId movie) { shown.emplace(Subject{SubjectKind::movie, movie}, id); }, db::id_list<MediaId>(ids), most);
        return {};
    }));
    std::vector<Subject> subjects;
    for (auto const& [subject, id] : shown) subjects.push_back(subject);
    MOZI_TRY(auto const facts, parts_.directory->find(subjects, asking));
    std::map<MediaId, std::vector<std::string>> names;
    for (auto const& [subject, about] : facts) names[shown.at(subject)].push_back(about.title.value_or(subject.text()));
    for (auto& medium : media) {
        medium.titles = std::move(names[medium.id]);
        if (medium.titles.size() > most_titles) medium.titles.resize(most_titles);
    }
    return {};
}

Result<Page<StoredMedium>> Storage::list(ListStored const& asked, Asking const& asking) {
    static Pager<std::int64_t, MediaId> const pager("stored");
    MOZI_TRY(auto const after, pager.after(asked.after));
    std::int64_t total = 0;
    MOZI_TRY(auto rows, parts_.database.read([&](db::Connection& c) -> Result<std::vector<Medium>> {
        total = total_of(c, asked);
        auto const [bytes, id] = after ? *after : before_first<std::int64_t, MediaId>(SortOrder::desc);
        std::vector<db::Param> params;
        if (asked.owner) params.push_back(db::to_param(*asked.owner));
        for (auto param :
            {db::to_param(bytes), db::to_param(id), db::to_param(std::int64_t(asked.limit + 1)), db::to_param(asked.offset())})
            params.push_back(std::move(param));
        return db::rows<Medium>(c, stored_sql(asked), std::span<db::Param const>(params));
    }));
    auto next = pager.cut(rows, asked.limit, [](Medium const& m) { return std::tuple{m.on_disk, m.id}; });
    std::vector<UserId> owners;
    for (auto const& row : rows) owners.push_back(row.owner);
    MOZI_TRY(auto people, people_of(parts_.users, std::move(owners)));
    Page<StoredMedium> page;
    for (auto& m : rows) {
        auto& out = page.data.emplace_back();
        auto const hidden = m.taken_away();
        out = {m.id, people[m.owner], std::move(m.filename), m.size.value_or(m.received), m.on_disk, m.made.has_value(), m.status,
            std::nullopt, hidden, m.created_at, {}};
        if (m.status == Status::failed) out.error = FailureView{std::string(to_text(m.reason)), std::string(sentence(m.reason))};
    }
    MOZI_CHECK(add_titles(page.data, asking));
    page.pagination = Pagination::of(asked, total, std::move(next));
    return page;
}

} // namespace mozi::media
