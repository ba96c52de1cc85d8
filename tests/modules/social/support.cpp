// The recount: what every kept number must be, from the rows alone.
#include "support.hpp"

#include <sstream>

namespace mozi::social {

namespace {

struct Row {
    std::int64_t id, movie, parent;
    bool deleted, hidden, listed;
};

} // namespace

std::string House::recount() {
    std::ostringstream wrong;
    std::map<std::int64_t, Row> rows;
    for (auto const& [id, movie, parent, deleted, hidden, listed] : test::table<std::int64_t, std::int64_t, std::int64_t, bool, bool, bool>(
             *database, "SELECT id, subject_id, parent_id, is_deleted, is_hidden, is_listed FROM comment ORDER BY id"))
        rows[id] = {id, movie, parent, deleted, hidden, listed};
    using Five = std::array<std::int64_t, 5>;
    std::map<std::int64_t, Five> kept_comment, kept_title, true_comment, true_title; // likes, shown, listed, rows
    for (auto const& [id, likes, replies, listed, kept] : test::table<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
             *database, "SELECT subject_id, likes, comments, listed, kept FROM subject_count WHERE subject_id IN (SELECT id FROM comment)"))
        kept_comment[id] = {likes, replies, listed, kept, 0};
    for (auto const& [id, likes, comments, listed, kept] :
        test::table<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(*database,
            "SELECT subject_id, likes, comments, listed, kept FROM subject_count WHERE subject_id NOT IN (SELECT id FROM comment)"))
        kept_title[id] = {likes, comments, listed, kept, 0};
    for (auto const& [id, count] : test::table<std::int64_t, std::int64_t>(
             *database, "SELECT subject_id, count(*) FROM reaction WHERE subject_id IN (SELECT id FROM comment) GROUP BY subject_id"))
        true_comment[id][0] = count;
    for (auto const& [id, count] : test::table<std::int64_t, std::int64_t>(
             *database, "SELECT subject_id, count(*) FROM reaction WHERE subject_id NOT IN (SELECT id FROM comment) GROUP BY subject_id"))
        true_title[id][0] = count;
    for (auto at = rows.rbegin(); at != rows.rend(); ++at) { // children have larger ids than their parents
        auto const& row = at->second;
        auto const shown = !row.deleted && !row.hidden;
        auto const listed = shown || true_comment[row.id][2] > 0;
        if (listed != row.listed) wrong << "comment " << row.id << " is_listed " << row.listed << "; ";
        if (row.deleted && true_comment[row.id][3] == 0) wrong << "comment " << row.id << " is an empty tombstone; ";
        true_title[row.movie][1] += shown;
        auto& above = row.parent ? true_comment[row.parent] : true_title[row.movie];
        if (row.parent) above[1] += shown;
        above[2] += listed;
        ++above[3];
    }
    auto const hidden = test::table<std::int64_t>(*database, "SELECT DISTINCT subject_id FROM effect ORDER BY subject_id");
    for (auto const& [id, row] : rows)
        if (row.hidden != (std::find(hidden.begin(), hidden.end(), std::tuple{id}) != hidden.end()))
            wrong << "comment " << id << " is_hidden " << row.hidden << "; ";
    auto const compare = [&](char const* what, auto const& kept, auto& truth) {
        for (auto const& [id, numbers] : kept)
            if (numbers != truth[id])
                wrong << what << " " << id << " keeps " << numbers[0] << "," << numbers[1] << "," << numbers[2] << "," << numbers[3]
                      << " instead of " << truth[id][0] << "," << truth[id][1] << "," << truth[id][2] << "," << truth[id][3] << "; ";
        for (auto const& [id, numbers] : truth)
            if (!kept.contains(id) && numbers != Five{}) wrong << what << " " << id << " has no counts; ";
    };
    compare("comment", kept_comment, true_comment);
    compare("title", kept_title, true_title);
    return wrong.str();
}

std::string House::dump() {
    std::ostringstream out;
    for (auto const& row : test::table<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t,
             std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(*database,
             "SELECT id, subject_id, parent_id, depth, content, is_edited, is_deleted, is_hidden, is_listed, version, "
             "created_at, updated_at FROM comment ORDER BY id"))
        std::apply([&](auto const&... column) { ((out << column << '|'), ...); }, row), out << '\n';
    using Number = std::int64_t;
    for (auto const& row : test::table<Number, Number, Number, Number, Number, Number>(
             *database, "SELECT subject_id, likes, comments, listed, kept, is_gone FROM subject_count ORDER BY subject_id"))
        std::apply([&](auto const&... column) { ((out << column << '|'), ...); }, row), out << '\n';
    for (auto const& row : test::table<Number, Number, std::string, Number>(
             *database, "SELECT subject_id, person_id, type, created_at FROM reaction ORDER BY subject_id, person_id"))
        std::apply([&](auto const&... column) { ((out << column << '|'), ...); }, row), out << '\n';
    for (auto const& row : test::table<Number, Number, std::string>(*database, "SELECT * FROM effect ORDER BY 1, 2, 3"))
        std::apply([&](auto const&... column) { ((out << column << '|'), ...); }, row), out << '\n';
    return out.str();
}

} // namespace mozi::social
