// The route table: one line per route says path, access, lane, errors; parsing, checking, serialising, OpenAPI and tests follow.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/http/call.hpp>
#include <mozi/json/page.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/schema.hpp>
#include <mozi/json/write.hpp>

#include <functional>

namespace mozi::http {

using net::Method;

enum class Lane : std::uint8_t {
    quick, // on the io thread: bounded point reads
    cached, // on the io thread from the response cache, for visitors, `before` too; else as work
    work, // one hop to the worker pool
    write, // batched with other writes of the module: they share a commit
    hashing, // `before` runs in the password lane, then as write
};

// Rate-limit class. `sign_in`: a bound on the work alone, sixteen times what its setting says; who tries what is counted by the module.
// `ending`: what ends sessions counts for the session at its network, so that nobody who has one keeps its owner from ending it.
enum class Limit : std::uint8_t { read, write, sign_in, upload, ending, none };

// The type of a handler without input or output.
struct Empty {
    static constexpr auto fields() { return std::tuple{}; }
};

// A reply of text of the route's media type: a page, figures, a document. Validated and compressed as JSON is.
struct Text {
    std::string body;
};

// A reply that is none of these: files, redirects, protocols of their own.
struct Answer {
    net::Response response;
};

// A finished reply before it becomes bytes.
struct Reply {
    int status = 200;
    std::string head; // extra lines
    std::string body; // JSON, unless content_type says otherwise
    std::string content_type = "application/json";
    std::optional<net::Response> answer; // of handlers that return Answer
};

struct Options {
    std::optional<Lane> lane = {}; // by its method: work where it reads, write where it changes something
    std::optional<Limit> limit = {}; // likewise
    std::uint64_t body_limit = 64 * 1024;
    std::vector<std::string> replies_with = {}; // media types of a successful reply that is not JSON from a struct; Text has the first
    std::string takes = {}; // media type of a body that is not JSON
    std::vector<db::Topic const*> topics = {}; // of the cached lane: what the reply is built from
    bool asks_who = false; // of the quick lane without a database: who asks matters, and may have to be read
    bool repeats = true; // an Idempotency-Key gives the first reply again; not where a reply may be had for a short time only
    bool method_override = false; // a POST may stand for it by X-HTTP-Method-Override, where a network lets nothing else through
    bool in_maintenance = false; // goes on while writes wait: coming in, staying in, leaving
};

struct Route {
    Method method = Method::get;
    std::string path; // "/api/movies/{id}"
    std::string also; // another address of the same, not in the document; empty: none
    std::string operation; // "getMovie", unique
    std::string summary;
    Access access = Access::admin;
    int success = 200;
    std::vector<std::string> errors; // ids a caller may meet besides the general ones
    Lane lane = Lane::work;
    Limit limit = Limit::read;
    Options options;
    std::string module; // set when the module is mounted
    db::Database* database = nullptr;

    // Of a body that streams: on a worker, before its first byte. Reads the input, and says where the bytes go.
    std::function<Result<std::shared_ptr<net::BodySink>>(Call&)> open_body;
    // Parse and handle. `prepare` is the part before any transaction (password hashing, reading other modules); its result is given to
    // `run`.
    std::function<Result<std::shared_ptr<void>>(Call&)> prepare;
    std::function<Result<Reply>(Call&, std::shared_ptr<void>)> run;
    // What was asked by path and query, written in one way.
    std::string (*key)(void const* input) = nullptr;

    // For OpenAPI and generated tests.
    std::function<std::string(json::Components&)> body_schema; // empty: no body
    std::function<std::string(json::Components&)> reply_schema; // empty: no JSON
    struct Parameter {
        std::string name;
        json::Where where;
        std::string schema;
        bool required;
        std::string help;
    };
    std::function<std::vector<Parameter>(json::Components&)> parameters;

    bool conditional = false; // its handler is given what If-Match asks

    bool mutates() const { return method != Method::get && method != Method::head; }
};

// Body, path and query of a request into a described struct; all errors at once.
class InputReader {
public:
    explicit InputReader(Call const& call);
    Result<> read_body_json(boost::json::value& out); // {} for an empty body
    // Text of that parameter, or nullopt. Marks a query key as known.
    std::optional<std::string> path(std::string_view name) const;
    std::optional<std::string> query(std::string_view name);
    // Errors "request.query" for unknown or repeated keys.
    Result<> check_query(json::Errors& errors);

private:
    Call const& call_;
    std::vector<std::pair<std::string, std::string>> query_;
    std::vector<std::string_view> known_;
    std::string_view broken_query_; // why it cannot be read
};

template <json::Described In>
Result<In> read_input(Call const& call) {
    In in{};
    json::Errors errors, query_errors;
    InputReader reader(call);
    bool has_body = false;
    json::for_each_field<In>([&](auto const& field) {
        using Type = typename std::remove_cvref_t<decltype(field)>::Type;
        if constexpr (!json::is_patch<Type> && (!json::is_vector<Type> || json::is_text_list<Type>) && !json::Described<Type>) {
            if (field.rules.where == json::Where::body) {
                has_body = true;
                return;
            }
            auto const path = field.rules.where == json::Where::path;
            auto const text = path ? reader.path(field.name) : reader.query(field.name);
            auto& into = path ? errors : query_errors;
            json::Errors::Step const step(into, field.name);
            if (text) json::read_text(*text, in.*field.member, field.rules, into);
            else if (!json::is_optional<Type> && field.rules.absent == json::Absent::refused) json::required(into);
        } else {
            has_body = true;
        }
    });
    if (!errors.empty()) return not_found("request.path"); // an id that is none names nothing
    if (auto checked = reader.check_query(query_errors); !checked) return std::move(checked).error();
    if (has_body) {
        boost::json::value body;
        if (auto read = reader.read_body_json(body); !read) return std::move(read).error();
        json::read_object(body, in, errors);
    }
    if (!errors.empty()) return invalid(errors.take());
    return in;
}

namespace detail {

template <class F>
struct Signature;
struct Unconditional {};
template <class H, class O, class I, class S = void, class C = Unconditional>
struct Types {
    using Host = H;
    using Out = O;
    using In = I;
    using Sink = S; // of a body that streams
    using Condition = C; // Precondition: what If-Match asks
};
template <class H, class O, class I>
struct Signature<Result<O> (H::*)(Call&, I&)> : Types<H, O, I> {};
template <class H, class O, class I>
struct Signature<Result<O> (H::*)(Call&, I const&)> : Types<H, O, I> {};
template <class H, class O, class I>
struct Signature<Result<O> (H::*)(Call&, I&, Precondition const&)> : Types<H, O, I, void, Precondition> {};
template <class H, class O, class I>
struct Signature<Result<O> (H::*)(Call&, I const&, Precondition const&)> : Types<H, O, I, void, Precondition> {};
template <class H, class O, class I, class S>
struct Signature<Result<O> (H::*)(Call&, I const&, S&)> : Types<H, O, I, S> {};

template <class Out>
Result<Reply> to_reply(Result<Out>&& result) {
    if (!result) return std::move(result).error();
    Reply reply;
    if constexpr (std::is_same_v<Out, Answer>) reply.answer = std::move(result->response);
    else if constexpr (std::is_same_v<Out, Text>) reply.body = std::move(result->body);
    else if constexpr (!std::is_void_v<Out> && !std::is_same_v<Out, Empty>) json::write(reply.body, *result);
    return reply;
}

// The largest body that is valid, each character of it escaped (12 bytes: \uXXXX\uXXXX), and some room for its layout; whole files of
// text (subtitles) as they are, for every body stands in memory.
template <json::Described In>
constexpr std::uint64_t largest_body() {
    std::uint64_t bytes = 1024;
    json::for_each_field<In>([&](auto const& field) {
        if (field.rules.where != json::Where::body) return;
        auto const most = std::uint64_t(field.rules.max);
        // Of a list so many texts; what is neither text nor list (a number, an id, a choice) is short.
        bytes += 12 * field.name.size() + 400 + (field.rules.item_max ? most * (12 * std::uint64_t(field.rules.item_max) + 8) : 0);
        if constexpr (json::is_text<typename std::remove_cvref_t<decltype(field)>::Type>) bytes += 12 * most;
    });
    return std::min<std::uint64_t>(bytes, 6u << 20);
}

// Rows before a page from which on reading up to it is slow.
constexpr std::int64_t far_offset = 1000;

template <json::Described In>
std::string key_of(void const* input) {
    std::string key;
    json::for_each_field<In>([&](auto const& field) {
        using Type = typename std::remove_cvref_t<decltype(field)>::Type;
        if constexpr (!json::is_patch<Type> && !json::Described<Type> && (!json::is_vector<Type> || json::is_text_list<Type>)) {
            if (field.rules.where == json::Where::body) return;
            key += '&';
            json::write(key, static_cast<In const*>(input)->*field.member);
        }
    });
    return key;
}

template <json::Described In>
void describe_input(Route& route) {
    bool has_body = false;
    json::for_each_field<In>([&](auto const& field) { has_body |= field.rules.where == json::Where::body; });
    if (has_body)
        route.body_schema = [](json::Components& components) {
            auto const name = json::type_name<In>();
            components[name] = json::object_schema<In>(components);
            return "{\"$ref\":\"#/components/schemas/" + name + "\"}";
        };
    route.parameters = [](json::Components& components) {
        std::vector<Route::Parameter> out;
        json::for_each_field<In>([&](auto const& field) {
            using Type = typename std::remove_cvref_t<decltype(field)>::Type;
            if (field.rules.where == json::Where::body) return;
            auto const needed =
                field.rules.where == json::Where::path || (!json::is_optional<Type> && field.rules.absent == json::Absent::refused);
            if constexpr (json::is_optional<Type>)
                out.push_back({std::string(field.name), field.rules.where,
                    json::schema_of<typename Type::value_type>(field.rules, components), needed, std::string(field.rules.help)});
            else
                out.push_back({std::string(field.name), field.rules.where, json::schema_of<Type>(field.rules, components), needed,
                    std::string(field.rules.help)});
        });
        return out;
    };
}

} // namespace detail

// route<&Http::create_movie, &Http::look_before>(*this, Method::post, "/api/movies", "createMovie", "Create a movie", Access::member, 201,
//     {…error ids…}, {.lane = …})
// `before`: Result<> (Call&, In&), before any transaction: what takes time or asks other modules. Where the handler takes a sink as its
// third argument, Result<std::shared_ptr<Sink>> (Call&, In&): before the body, which then goes there. A handler that takes a Precondition
// as its third argument is given what If-Match asks of the version.
template <auto handler, auto before = nullptr>
Route route(typename detail::Signature<decltype(handler)>::Host& host, Method method, std::string path, std::string operation,
    std::string summary, Access access, int success, std::vector<std::string> errors = {}, Options options = {}) {
    using Handler = detail::Signature<decltype(handler)>;
    using In = typename Handler::In;
    using Out = typename Handler::Out;
    using Sink = typename Handler::Sink;
    constexpr auto conditional = std::is_same_v<typename Handler::Condition, Precondition>;
    Route made;
    made.method = method;
    made.path = std::move(path);
    made.operation = std::move(operation);
    made.summary = std::move(summary);
    made.access = access;
    made.success = success;
    made.errors = std::move(errors);
    made.conditional = conditional;
    if (conditional) made.errors.insert(made.errors.end(), {"request.if_match", "request.if_match_malformed"});
    made.options = std::move(options);
    made.lane = made.options.lane.value_or(made.mutates() ? Lane::write : Lane::work);
    made.limit = made.options.limit.value_or(made.mutates() ? Limit::write : Limit::read);
    if constexpr (!std::is_void_v<Sink>) {
        made.open_body = [&host](Call& call) -> Result<std::shared_ptr<net::BodySink>> {
            MOZI_TRY(auto in, read_input<In>(call));
            auto const kept = std::make_shared<In>(std::move(in));
            MOZI_TRY(std::shared_ptr<Sink> sink, (host.*before)(call, *kept));
            call.input = kept;
            return std::shared_ptr<net::BodySink>(std::move(sink));
        };
        made.run = [&host](Call& call, std::shared_ptr<void> kept) -> Result<Reply> {
            return detail::to_reply<Out>((host.*handler)(call, *static_cast<In*>(kept.get()), static_cast<Sink&>(*call.sink)));
        };
    } else {
        made.prepare = [host = &host](Call& call) -> Result<std::shared_ptr<void>> {
            if constexpr (conditional) MOZI_CHECK(if_match_of(*call.request));
            MOZI_TRY(auto in, read_input<In>(call));
            auto kept = std::make_shared<In>(std::move(in));
            if constexpr (std::derived_from<In, Paging>) call.slow = kept->offset() >= detail::far_offset;
            (void)host;
            if constexpr (!std::is_same_v<decltype(before), std::nullptr_t>) MOZI_CHECK((host->*before)(call, *kept));
            return std::shared_ptr<void>(std::move(kept));
        };
        made.run = [&host](Call& call, std::shared_ptr<void> kept) -> Result<Reply> {
            if constexpr (conditional) {
                MOZI_TRY(auto const fits, if_match_of(*call.request));
                return detail::to_reply<Out>((host.*handler)(call, *static_cast<In*>(kept.get()), fits));
            } else return detail::to_reply<Out>((host.*handler)(call, *static_cast<In*>(kept.get())));
        };
    }
    if (std::is_void_v<Sink>) made.options.body_limit = std::max(made.options.body_limit, detail::largest_body<In>());
    made.key = &detail::key_of<In>;
    detail::describe_input<In>(made);
    constexpr auto schemaless =
        std::is_void_v<Out> || std::is_same_v<Out, Empty> || std::is_same_v<Out, Answer> || std::is_same_v<Out, Text>;
    if constexpr (!schemaless) made.reply_schema = [](json::Components& components) { return json::schema_of<Out>({}, components); };
    return made;
}

} // namespace mozi::http
