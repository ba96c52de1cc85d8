// Printing what doctor found.
#include "doctor/finding.hpp"

#include <mozi/json/write.hpp>

#include <iostream>

namespace mozi::app::doctor {

namespace {

struct Whole {
    Where where;
    int faults = 0;
    std::vector<Finding> findings;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("where", &Whole::where), field("faults", &Whole::faults), field("findings", &Whole::findings)};
    }
};

constexpr std::string_view sign_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::well: return "ok    ";
    case Verdict::look: return "LOOK  ";
    case Verdict::fault: return "FAULT ";
    }
    return "";
}

} // namespace

void Findings::told(std::string id, Verdict verdict, std::string const& text) {
    auto const end = text.find(". ");
    if (end == text.npos) return add({std::move(id), verdict, text, {}});
    add({std::move(id), verdict, text.substr(0, end + 1), text.substr(end + 2)});
}

void Findings::add(Finding finding) {
    std::scoped_lock const held(mutex_);
    tell_(finding);
}

Report::Report(Form form, Where where) : form_(form), where_(std::move(where)) {
    if (form_ == Form::text)
        std::cout << "Configuration " << where_.configuration << ", data folder " << where_.data_folder << ", address " << where_.address
                  << ", user " << where_.user << ".\n"
                  << std::flush;
}

void Report::add(Finding const& finding) {
    faults_ += finding.verdict == Verdict::fault;
    if (form_ == Form::json) return findings_.push_back(finding);
    std::cout << sign_of(finding.verdict) << finding.sentence;
    if (finding.verdict != Verdict::well) std::cout << " (" << finding.id << ")";
    std::cout << "\n";
    if (!finding.way_out.empty()) std::cout << "      " << finding.way_out << "\n";
    std::cout << std::flush; // the next look may take its time
}

void Report::end() const {
    if (form_ == Form::json) std::cout << json::to_json(Whole{where_, faults_, findings_}) << "\n";
    else std::cout << (faults_ == 1 ? "1 fault.\n" : faults_ ? std::to_string(faults_) + " faults.\n" : "All is well.\n");
}

} // namespace mozi::app::doctor
