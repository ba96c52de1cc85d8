// What doctor says: one list of findings, printed in one place.
#pragma once

#include <mozi/base/enum.hpp>
#include <mozi/json/describe.hpp>

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozi::app::doctor {

enum class Verdict {
    well,
    look, // somebody should know; people are served
    fault,
};
constexpr auto names(Verdict) {
    using namespace std::string_view_literals;
    return std::array{std::pair{Verdict::well, "well"sv}, std::pair{Verdict::look, "look"sv}, std::pair{Verdict::fault, "fault"sv}};
}

struct Finding {
    std::string id; // "data.disk"; of one kind always the same
    Verdict verdict = Verdict::well;
    std::string sentence; // what it is, and of a fault the cause
    std::string way_out; // empty where all is well
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Finding::id), field("verdict", &Finding::verdict), field("sentence", &Finding::sentence),
            field("wayOut", &Finding::way_out)};
    }
};

// Hands on at once what it is given. Thread-safe.
class Findings {
public:
    explicit Findings(std::function<void(Finding const&)> tell) : tell_(std::move(tell)) {}
    void well(std::string id, std::string sentence) { add({std::move(id), Verdict::well, std::move(sentence), {}}); }
    void look(std::string id, std::string sentence, std::string way_out) {
        add({std::move(id), Verdict::look, std::move(sentence), std::move(way_out)});
    }
    void fault(std::string id, std::string sentence, std::string way_out) {
        add({std::move(id), Verdict::fault, std::move(sentence), std::move(way_out)});
    }
    // A text whose first sentence says what it is and whose others say what to do.
    void told(std::string id, Verdict verdict, std::string const& text);
    void add(Finding finding);

private:
    std::mutex mutex_;
    std::function<void(Finding const&)> tell_;
};

// What was looked at, before anything else is said.
struct Where {
    std::string configuration, data_folder, address, user;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("configuration", &Where::configuration), field("dataFolder", &Where::data_folder),
            field("address", &Where::address), field("user", &Where::user)};
    }
};

enum class Form { text, json };

// Prints on standard output: as text what comes when it comes, as JSON one object at the end. One thread.
class Report {
public:
    Report(Form form, Where where);
    void add(Finding const& finding);
    int faults() const { return faults_; }
    void end() const;

private:
    Form form_;
    Where where_;
    std::vector<Finding> findings_;
    int faults_ = 0;
};

} // namespace mozi::app::doctor
