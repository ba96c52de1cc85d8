// Asking the routes of administrators.
#include "operator.hpp"

#include <mozi/json/read.hpp>
#include <mozi/net/client.hpp>

namespace mozi::app {

std::string sentence_of(std::string const& problem) {
    auto const parsed = json::parse(problem);
    auto const* fields = parsed ? parsed->if_object() : nullptr;
    if (!fields) return problem;
    auto const text = [&](std::string_view key) {
        auto const* value = fields->if_contains(key);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    auto out = text("detail");
    if (auto const* errors = fields->if_contains("errors"); errors && errors->is_array())
        for (auto const& error : errors->get_array())
            out += "\n  " + std::string(error.at("pointer").as_string()) + ": " + std::string(error.at("message").as_string());
    if (auto const next = text("next"); !next.empty() && !next.starts_with('/')) out += "\n" + next;
    return out;
}

std::string query_value(std::string_view text) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", digits = "0123456789ABCDEF";
    std::string out;
    for (unsigned char const c : text)
        if (plain.find(char(c)) != plain.npos) out += char(c);
        else ((out += '%') += digits[c >> 4]) += digits[c & 15];
    return out;
}

Operator::Operator(Settings const& settings, Hold::Takes takes) : settings_(settings), address_(DataLock::address_of(settings.data.dir)) {
    if (address_) {
        secret_ = installation_secret(blob::Folder(settings.data.dir, blob::Folder::Missing::refuse));
        return;
    }
    hold_ = std::make_unique<Hold>(settings, takes);
    house_ = std::make_unique<House>(settings, takes == Hold::Takes::make ? Purpose::describe : Purpose::work, nullptr);
    house_->dispatcher().start();
    secret_ = house_->secret();
}

// What was done is heard by the other modules, and stands in the record, before the command ends.
Operator::~Operator() {
    if (house_) house_->dispatcher().settle(std::chrono::seconds(20));
}

std::string Operator::token() const { return user::operator_token(secret_, system_clock().now()); }

Operator::Answer Operator::ask(net::Method method, std::string const& target, std::string const& body) {
    return address_ ? ask_server(method, target, body) : ask_here(method, target, body);
}

Operator::Answer Operator::ask_server(net::Method method, std::string const& target, std::string const& body) const {
    std::vector<std::pair<std::string, std::string>> headers{{"Authorization", "Bearer " + token()}};
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    auto answer = net::fetch(*address_ + target, std::string(net::to_string(method)), headers, body, std::chrono::seconds(30));
    if (!answer) throw std::runtime_error("The running server does not answer at " + *address_ + ".");
    return {answer->status, std::move(answer->body)};
}

// As the edge makes one: its views point into its own head.
Operator::Answer Operator::ask_here(net::Method method, std::string const& target, std::string const& body) {
    auto request = std::make_shared<net::Request>();
    auto const authorization = "Bearer " + token();
    constexpr std::string_view type = "application/json", localhost = "localhost", loopback = "127.0.0.1";
    request->head_ = target + authorization;
    std::string_view const head = request->head_;
    request->method = method;
    request->method_text = net::to_string(method);
    request->target = head.substr(0, target.size());
    request->path = request->target.substr(0, request->target.find('?'));
    if (request->path.size() < request->target.size()) request->query = request->target.substr(request->path.size() + 1);
    request->host = localhost;
    request->peer = loopback;
    request->headers.push_back({"authorization", head.substr(target.size())});
    if (!body.empty()) {
        request->headers.push_back({"content-type", type});
        request->content_length = body.size();
        request->body = body;
    }
    auto const response = house_->gateway().serve(std::move(request));
    Answer out{response.status, {}};
    if (auto const* text = std::get_if<std::string>(&response.body)) out.body = *text;
    else if (auto const* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body); shared && *shared) out.body = **shared;
    return out;
}

boost::json::value Operator::Answer::json() const {
    auto parsed = json::parse(body);
    return parsed ? std::move(*parsed) : boost::json::value();
}

std::string Operator::Answer::refusal() const { return sentence_of(body); }

} // namespace mozi::app
