// Beast's parser over the bytes of one complete head, without copying a field.
#include "head_reader.hpp"

#include "asio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace mozi::net {
namespace {

namespace http = boost::beast::http;
using Text = boost::beast::string_view;
using Code = boost::beast::error_code;

std::string_view view(Text text) { return {text.data(), text.size()}; }

Method method_of(http::verb verb) {
    switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::patch: return Method::patch;
    case http::verb::delete_: return Method::delete_;
    case http::verb::options: return Method::options;
    default: return Method::other;
    }
}

class HeadParser final : public http::basic_parser<true> {
public:
    HeadParser(Request& request, std::uint32_t bytes) : request_(request) {
        header_limit(bytes + 1);
        body_limit(boost::none);
    }

private:
    void on_request_impl(http::verb verb, Text method, Text, int, Code&) override {
        request_.method = method_of(verb);
        request_.method_text = view(method);
    }
    void on_field_impl(http::field, Text name, Text value, Code&) override { request_.headers.push_back({view(name), view(value)}); }
    void on_response_impl(int, Text, int, Code&) override {}
    void on_header_impl(Code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, Code&) override {}
    std::size_t on_body_impl(Text, Code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text, Code&) override { return 0; }
    void on_finish_impl(Code&) override {}

    Request& request_;
};

} // namespace

Refusal read_head(Request& request, HeadFacts const& facts) {
    static constexpr Refusal disagreement{400, "request.malformed", "The request head is not valid."};
    request.headers.reserve(12);
    HeadParser parser(request, static_cast<std::uint32_t>(request.head_.size()));
    Code error;
    auto const used = parser.put(boost::asio::const_buffer(request.head_.data(), request.head_.size()), error);
    if (error || used != request.head_.size() || !parser.is_header_done()) return disagreement;
    auto const length = parser.content_length();
    bool const same_length = length.has_value() == facts.content_length.has_value() && (!length || *length == *facts.content_length);
    if (!same_length || parser.chunked() != facts.chunked) return disagreement;
    request.target = facts.target;
    request.host = facts.host;
    auto const mark = facts.target.find('?');
    request.path = facts.target.substr(0, mark);
    request.query = mark == std::string_view::npos ? std::string_view{} : facts.target.substr(mark + 1);
    request.content_length = facts.content_length;
    request.chunked = facts.chunked;
    return {};
}

} // namespace mozi::net
