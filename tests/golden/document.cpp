// The API's document as a whole: every address means one thing, every body says what it is.
#include "run.hpp"

#include <mozi/base/text.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace bj = boost::json;

namespace {

bj::object const& document() {
    static auto const printed = [] {
        auto const ran = mozi::test::run({MOZI_BINARY, "openapi"});
        REQUIRE_MESSAGE(ran.status == 0, ran.err);
        return bj::parse(ran.out);
    }();
    return printed.as_object();
}

bool is_value(std::string_view segment) { return segment.starts_with('{'); }

// Whether an address can be read as either of two templates and neither is the more concrete one: where they differ, one of them has
// the fixed words throughout. Names of values say nothing (OpenAPI 3.1, "Path Templating Matching").
bool ambiguous(std::string_view left, std::string_view right) {
    auto const a = mozi::split(left, '/'), b = mozi::split(right, '/');
    if (a.size() != b.size()) return false;
    bool a_fixed = false, b_fixed = false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (is_value(a[i]) == is_value(b[i]) && !is_value(a[i]) && a[i] != b[i]) return false; // no address fits both
        a_fixed |= !is_value(a[i]) && is_value(b[i]);
        b_fixed |= is_value(a[i]) && !is_value(b[i]);
    }
    return a_fixed == b_fixed;
}

} // namespace

TEST_CASE("the rule about ambiguous addresses bites") {
    struct {
        std::string_view left, right;
        bool ambiguous;
    } const table[] = {{"/a/{x}", "/a/{y}", true}, {"/{x}/me", "/books/{id}", true}, {"/a/uploads/{id}", "/a/{id}/retry", true},
        {"/a/{x}/b/{y}", "/a/{x}/{z}/c", true}, {"/a/me", "/a/{id}", false}, {"/a/{id}/b", "/a/{id}/c", false},
        {"/a/{id}", "/a/{id}/b", false}, {"/a/{x}/p.jpg", "/a/{x}/{v}/{f}", false}, {"/a/{x}/p.jpg", "/a/{x}/{v}", false}};
    for (auto const& row : table) {
        CAPTURE(std::string(row.left));
        CHECK(ambiguous(row.left, row.right) == row.ambiguous);
        CHECK(ambiguous(row.right, row.left) == row.ambiguous);
    }
}

TEST_CASE("no address can be read as two") {
    std::vector<std::string> paths;
    for (auto const& [path, item] : document().at("paths").as_object()) paths.emplace_back(path);
    REQUIRE(paths.size() > 40);
    for (std::size_t i = 0; i < paths.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) CHECK_MESSAGE(!ambiguous(paths[i], paths[k]), paths[i] << " and " << paths[k]);
}

// proves S32
TEST_CASE("every answer that has a body says of which type, every body that is taken likewise") {
    for (auto const& [path, item] : document().at("paths").as_object())
        for (auto const& [method, operation] : item.as_object()) {
            auto const name = std::string(method) + " " + std::string(path);
            CAPTURE(name);
            for (auto const& [status, response] : operation.at("responses").as_object()) {
                auto const* content = response.as_object().if_contains("content");
                if (status == "200") CHECK_MESSAGE(content, name << " answers 200 and does not say with what");
                if (status == "204") CHECK_FALSE(content);
                if (content) CHECK_FALSE(content->as_object().empty());
            }
            if (auto const* body = operation.as_object().if_contains("requestBody")) CHECK_FALSE(body->at("content").as_object().empty());
            if (method == "patch" || method == "put") CHECK((operation.as_object().contains("requestBody") || path.ends_with("/like")));
        }
    auto const type = [](std::string_view path) {
        return std::string(document().at("paths").at(path).at("get").at("responses").at("200").at("content").as_object().begin()->key());
    };
    CHECK(type("/metrics") == "text/plain");
    CHECK(type("/api-docs") == "text/html");
    CHECK(type("/openapi.json") == "application/json");
}
