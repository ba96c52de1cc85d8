// What commands of operators share: asking for lists in pages, and printing rows, refusals and questions.
#pragma once

#include "commands_of_operators.hpp"
#include "complain.hpp"
#include "operator.hpp"

#include <sysexits.h>

namespace mozi::app {

using net::Method;
using Rows = std::vector<std::vector<std::string>>;
using Line = std::function<std::vector<std::string>(boost::json::value const&)>;

// A name or a title may hold what a terminal obeys: that is left out.
std::string shown(std::string_view text);
// Of a JSON object; "-": null, or not there.
std::string text_of(boost::json::value const& value);
std::string text_at(boost::json::value const& row, std::string_view key);
std::string mebibytes(boost::json::value const& row, std::string_view key);
void print(Rows const& rows); // in columns
std::string body_of(std::vector<std::pair<std::string, std::string>> const& fields); // JSON
std::string first_line(); // of standard input
// Whoever is asked and answers with the word on a terminal; elsewhere only `yes`.
bool confirmed(std::string const& question, std::string const& word, bool yes);
// The refusal as a sentence, and a status.
int refused(Operator::Answer const& answer);
// The act with the house, whatever it throws as a sentence.
int run(Settings const& settings, std::function<int(Operator&)> const& act, Hold::Takes takes = Hold::Takes::existing);

struct Listing {
    int most = 100;
    std::string after;
    void add_to(CLI::App& command);
};
// Pages of a list until so many rows are there, as a table that ends with how to go on.
int print_list(Operator& house, std::string const& target, Listing const& asked, std::string const& what, std::vector<std::string> head,
    Line const& line);
int print_list(Settings const& settings, std::string const& target, Listing const& asked, std::string const& what,
    std::vector<std::string> const& head, Line const& line);

// The id of an account that is named by its user name, or by its id. Empty: nobody is, which was said.
std::string id_of(Operator& house, std::string const& name);

void add_user_commands(CLI::App& cli, Chosen& chosen);
void add_log_commands(CLI::App& cli, Chosen& chosen);

} // namespace mozi::app
