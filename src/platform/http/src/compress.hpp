// Content codings, and which of them an answer is sent in.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/net/server.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mozi::http {

enum class Coding { identity, gzip, brotli };
inline constexpr std::size_t codings = 3;
std::string_view name_of(Coding coding);

enum class Pays { yes, no }; // whether there is anything to win by coding

// What a request takes (RFC 9110 §12.5.3). Without the header everything; the thing as it is unless that is refused.
class AcceptedCodings {
public:
    explicit AcceptedCodings(std::optional<std::string_view> accept_encoding);
    bool takes(Coding coding) const { return weights_[std::size_t(coding)] > 0; }
    // The one it likes best, of equals the smallest; where coding does not pay the thing as it is. Nothing: none of them will do.
    std::optional<Coding> best(Pays pays) const;

private:
    std::array<int, codings> weights_{}; // thousandths
};

// One of the representations of a thing: each coding has a strong tag of its own.
struct Representation {
    Coding coding = Coding::identity;
    std::string etag;
    bool known = false; // the client has it: 304
};
// The one to answer a request for reading with: what If-None-Match names where it is acceptable, else the best. `tag` without quotes.
// Error: "request.accept_encoding" (not_acceptable).
Result<Representation> choose_representation(net::Request const& request, std::string_view tag, Pays pays);
std::string etag_of(std::string_view tag, Coding coding);

std::string encode(Coding coding, std::string_view bytes);

} // namespace mozi::http
