// Refusals that tests meet.
#include "met.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace mozi::test {

namespace {

namespace bj = boost::json;

struct Operation {
    std::string method, name;
    std::vector<std::string> path, also;
    std::set<std::string, std::less<>> errors;
};

std::vector<std::string> parts_of(std::string_view path) {
    std::vector<std::string> out;
    std::string part;
    std::istringstream stream{std::string(path)};
    while (std::getline(stream, part, '/')) out.push_back(part);
    return out;
}

bool matches(std::vector<std::string> const& path, std::vector<std::string> const& pattern) {
    return std::ranges::equal(path, pattern, [](std::string const& a, std::string const& b) { return a == b || b.starts_with('{'); });
}

struct Document {
    std::vector<Operation> operations;
    std::set<std::string, std::less<>> general;

    Document() {
        std::ostringstream text;
        text << std::ifstream(MOZI_SOURCE_DIR "/docs/api/openapi.json").rdbuf();
        auto const document = bj::parse(text.str());
        for (auto const& id : document.at("x-errors").as_array()) general.emplace(id.as_string());
        for (auto const& [path, item] : document.at("paths").as_object())
            for (auto const& [method, operation] : item.as_object()) {
                Operation made{method, std::string(operation.at("operationId").as_string()), parts_of(path), {}, {}};
                if (auto const* errors = operation.as_object().if_contains("x-errors"))
                    for (auto const& id : errors->as_array()) made.errors.emplace(id.as_string());
                if (auto const* also = operation.as_object().if_contains("x-also")) made.also = parts_of(also->as_string());
                operations.push_back(std::move(made));
            }
    }

    Operation const* find(std::string_view method, std::string_view target) const {
        auto const path = parts_of(target.substr(0, target.find('?')));
        Operation const* found = nullptr;
        for (auto const& operation : operations) {
            auto const same = std::equal(method.begin(), method.end(), operation.method.begin(), operation.method.end(),
                [](char a, char b) { return std::tolower(a) == b; });
            auto const fits = same && (matches(path, operation.path) || matches(path, operation.also));
            // A path without a placeholder goes before one with it.
            if (fits && (!found || std::ranges::count(operation.path, std::string(path.back())) > 0)) found = &operation;
        }
        return found;
    }
};

void note(std::string const& line) {
    static auto const* const name = std::getenv("MOZI_MET");
    if (!name) return;
    static int const file = ::open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) (void)!::write(file, line.data(), line.size()); // one write, so that programs beside each other do not mix
}

} // namespace

void meet(std::string_view method, std::string_view target, std::string_view problem) {
    static Document const document;
    auto const* operation = document.find(method, target);
    if (!operation) return; // a route of the test's own, or no route
    boost::system::error_code failed;
    auto const read = bj::parse(problem, failed);
    auto const* object = read.if_object();
    if (!object || !object->contains("id")) return;
    std::string const id(object->at("id").as_string());
    CHECK_MESSAGE((operation->errors.contains(id) || document.general.contains(id)),
        method << " " << target << " answered " << id << ", which " << operation->name << " does not declare");
    note(operation->name + " " + id + "\n");
    if (auto const* fields = object->if_contains("errors"))
        for (auto const& field : fields->as_array()) note(operation->name + " " + std::string(field.at("id").as_string()) + "\n");
}

} // namespace mozi::test
