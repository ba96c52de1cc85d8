// The operator's way in: every command that acts asks the routes of administrators, beside a running server or in this process.
#pragma once

#include "composition.hpp"
#include "hold.hpp"

#include <boost/json.hpp>

namespace mozi::app {

// Where a server runs on the data folder it is asked, with a token of the installation's secret; where none does, the same routes answer
// from the folder itself, which is locked as long as this lives. Nothing is made or migrated for it, unless it may be the first start.
class Operator {
public:
    // `takes` only where no server runs. Throws as Hold does.
    explicit Operator(Settings const& settings, Hold::Takes takes = Hold::Takes::existing);
    ~Operator();
    Operator(Operator const&) = delete;
    Operator& operator=(Operator const&) = delete;

    struct Answer {
        int status = 0;
        std::string body;
        bool good() const { return status >= 200 && status < 300; }
        boost::json::value json() const; // null where it is none
        std::string refusal() const; // what a person reads: the sentence, the fields, and what to do next
    };
    // `target`: path and query, encoded. Throws std::runtime_error where a running server does not answer.
    Answer ask(net::Method method, std::string const& target, std::string const& body = {});

private:
    std::string token() const;
    Answer ask_server(net::Method method, std::string const& target, std::string const& body) const;
    Answer ask_here(net::Method method, std::string const& target, std::string const& body);

    Settings const& settings_;
    std::optional<std::string> address_; // of the running server
    std::string secret_;
    std::unique_ptr<Hold> hold_;
    std::unique_ptr<House> house_;
};

std::string sentence_of(std::string const& problem); // of a problem document
std::string query_value(std::string_view text); // percent-encoded

} // namespace mozi::app
