// Result and Error: how every failure travels, with an id for programs and a sentence for people.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace mozi {

// What kind of failure it is. One table in http maps these to statuses.
enum class Code {
    bad_request, // cannot be understood: malformed JSON, bad query key
    invalid, // understood, but fields are wrong
    unauthenticated,
    forbidden,
    not_found, // missing, or invisible to who asks
    not_acceptable, // there, but in no form the request takes
    gone,
    conflict, // state does not allow it, or another writer was first
    precondition_failed, // If-Match is stale
    precondition_required,
    too_large,
    unsupported_media,
    range,
    locked,
    rate_limited,
    unavailable, // try again; the outcome of a write may be unknown
    disk_full,
    over_quota, // of one person; the disk has room
    internal,
};

struct FieldError {
    std::string pointer; // RFC 6901, "/genres/0"; a query key or header as "?limit", "If-Match"
    std::string id; // "field.too_long"
    std::string message;
};

// What else is known of a failure; by name, for the log's words stand beside those that people read.
struct ErrorFacts {
    std::vector<FieldError> fields = {};
    std::string detail = {}; // for the log only
    std::string reason = {}; // "why?", where a person could ask
    std::string next = {}; // what to do next
    int retry_after_s = 0;
};

struct Error : ErrorFacts {
    Code code = Code::internal;
    std::string id; // "user.username_taken"
    std::string message; // safe to show, a sentence with a way out where there is one

    // Error{Code::gone, "setup.done", "The house is open.", {.next = "/in"}}
    Error() = default;
    Error(Code c, std::string i, std::string m, ErrorFacts facts = {})
        : ErrorFacts(std::move(facts)), code(c), id(std::move(i)), message(std::move(m)) {}
};

template <class T = void>
using Result = boost::system::result<T, Error>;

[[noreturn]] void throw_exception_from_error(Error const& error, boost::source_location const& where);

inline Error error(Code code, std::string id, std::string message) { return {code, std::move(id), std::move(message)}; }
inline Error not_found(std::string id) { return {Code::not_found, std::move(id), "Nothing at this address, or not for everyone."}; }
// "request.fields": what is wrong with each of them.
Error invalid(std::vector<FieldError> fields);
// A failure of ours. `detail` goes to the log, the person reads a neutral sentence.
Error internal(std::string detail);

} // namespace mozi

#define MOZI_CAT_(a, b) a##b
#define MOZI_CAT(a, b) MOZI_CAT_(a, b)

// MOZI_TRY(auto row, repository::find(…)); leaves the function with the error, else binds the value.
#define MOZI_TRY(declaration, ...) \
    auto MOZI_CAT(mozi_result_, __LINE__) = (__VA_ARGS__); \
    if (!MOZI_CAT(mozi_result_, __LINE__)) return std::move(MOZI_CAT(mozi_result_, __LINE__)).error(); \
    declaration = std::move(*MOZI_CAT(mozi_result_, __LINE__))

// The same where there is no value to keep.
#define MOZI_CHECK(...) \
    if (auto mozi_checked = (__VA_ARGS__); !mozi_checked) return std::move(mozi_checked).error()
