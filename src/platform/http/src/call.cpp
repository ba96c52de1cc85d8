// Calls: headers, preconditions, access decisions and input reading.
#include <mozi/http/gateway.hpp>

#include <mozi/base/text.hpp>
#include <mozi/net/forwarded.hpp>

#include <algorithm>

namespace mozi::http {

void Call::header(std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
}

std::string_view Call::find(std::string_view name) const {
    auto const* value = request->find(name);
    return value ? *value : std::string_view{};
}

std::string_view Call::cookie(std::string_view name) const {
    for (auto part : split(find("cookie"), ';')) {
        part = trim(part);
        if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=') return part.substr(name.size() + 1);
    }
    return {};
}

namespace {

std::string_view without_port(std::string_view authority) {
    auto const bracket = authority.find(']');
    return authority.substr(0, authority.find(':', bracket == authority.npos ? 0 : bracket));
}

// "films.example.org" of "https://films.example.org:8443/"; empty for what is no address ("null").
std::string_view host_name(std::string_view url) {
    auto const scheme = url.find("://");
    return scheme == url.npos ? std::string_view{} : without_port(url.substr(scheme + 3, url.find('/', scheme + 3) - scheme - 3));
}

bool is_loopback(std::string_view peer) { return peer == "127.0.0.1" || peer == "::1"; }

} // namespace

// Over plain http browsers send nothing but the Origin, and proxies leave the port out of Host or put a name of their own there.
// Where only a proxy can have done that, what is left is enough: no page of another site sends X-Videa-Client without being
// allowed to by a preflight, and those that are allowed to are known.
bool Call::same_origin() const {
    if (auto const site = find("sec-fetch-site"); !site.empty()) return site == "same-origin" || site == "none";
    auto const origin = find("origin");
    auto const name = host_name(origin);
    auto const& others = options->allowed_origins;
    if (name.empty() || std::find(others.begin(), others.end(), origin) != others.end()) return false;
    return iequals(name, without_port(request->host)) || iequals(name, host_name(options->base_url)) || is_loopback(request->peer) ||
           options->trusted_proxies.contain(request->peer);
}

bool Call::over_tls() const {
    if (auto const origin = find("origin"); !host_name(origin).empty()) return origin.starts_with("https://");
    if (request->tls) return true;
    return options->trusted_proxies.contain(request->peer) && net::forwarded_proto(*request) == "https";
}

std::optional<std::string> list_of(net::Request const& request, std::string_view name) {
    std::optional<std::string> out;
    for (auto const& header : request.headers)
        if (iequals(header.name, name)) out = out ? *out + "," + std::string(header.value) : std::string(header.value);
    return out;
}

namespace {

bool in_tag(char c) { return std::uint8_t(c) > 0x20 && c != '"' && c != 0x7f; }

// The tags of a list without W/ and quotes (RFC 9110 section 8.8.3); nothing where it is no such list, or an empty one.
std::optional<std::vector<std::string>> tags_in(std::string_view list) {
    std::vector<std::string> out;
    for (bool separate = true;;) {
        auto const from = list.find_first_not_of(" \t,");
        separate = separate || list.substr(0, from).find(',') != list.npos;
        if (from == list.npos) break;
        list.remove_prefix(from);
        if (list.starts_with("W/")) list.remove_prefix(2);
        auto const end = list.starts_with('"') ? list.find('"', 1) : list.npos;
        if (!std::exchange(separate, false) || end == list.npos) return std::nullopt;
        out.emplace_back(list.substr(1, end - 1));
        if (!std::ranges::all_of(out.back(), in_tag)) return std::nullopt;
        list.remove_prefix(end + 1);
    }
    return out.empty() ? std::nullopt : std::optional(std::move(out));
}

} // namespace

Result<Precondition> if_match_of(net::Request const& request) {
    auto const wanted = list_of(request, "if-match");
    if (!wanted || trim(*wanted) == "*") return Precondition([](std::int64_t) { return Result<>{}; });
    auto tags = tags_in(*wanted);
    if (!tags)
        return Error{Code::bad_request, "request.if_match_malformed",
            "If-Match cannot be read, so nothing was changed. Write the ETag in quotes as it was given, or leave the header out."};
    return Precondition([tags = std::move(*tags)](std::int64_t current) -> Result<> {
        for (auto const& tag : tags) // "<version>-<representation>"
            if (tag.substr(0, tag.find('-')) == std::to_string(current)) return {};
        return Error{Code::precondition_failed, "request.if_match",
            "This has changed since you read it. Read it again, compare, and save once more."};
    });
}

bool names_etag(std::string_view header, std::string_view etag) {
    if (header == "*") return true;
    for (auto tag : split(header, ',')) {
        tag = trim(tag);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
    }
    return false;
}

Result<> check_access(Access access, Viewer const& viewer, Visitors visitors) {
    if (access == Access::anyone || (access == Access::reader && (visitors == Visitors::may_read || viewer.signed_in()))) return {};
    if (access == Access::admin && viewer.operates()) return {};
    if (!viewer.signed_in()) {
        Error needed{Code::unauthenticated, "auth.required", "Sign in to do this."};
        needed.next = "/in";
        return needed;
    }
    if (access == Access::account || access == Access::reader) return {};
    if (viewer.standing == Standing::suspended)
        return Error{Code::forbidden, "account.suspended", "Your account is suspended: reading works, writing does not.",
            {.reason = "A moderator suspended this account."}};
    if (viewer.standing == Standing::unverified)
        return Error{Code::forbidden, "account.unverified", "Confirm your e-mail address first.",
            {.reason = "The address of this account is not confirmed yet."}};
    auto const needed = access == Access::admin ? Role::admin : access == Access::moderator ? Role::moderator : Role::user;
    if (viewer.role < needed)
        return Error{Code::forbidden, "auth.role", needed == Role::admin ? "This is for administrators." : "This is for moderators."};
    return {};
}

InputReader::InputReader(Call const& call) : call_(call) {
    auto const query = call.request->query;
    if (query.empty()) return;
    for (auto const part : split(query, '&')) {
        if (part.empty()) continue;
        auto const equals = part.find('=');
        auto key = percent_decode(part.substr(0, equals), Plus::space);
        auto value = equals == part.npos ? std::optional<std::string>{std::string{}} : percent_decode(part.substr(equals + 1), Plus::space);
        if (!key || !value)
            broken_query_ = "An escape in it is broken, or stands for what is not UTF-8: write text as UTF-8, each byte as %XX.";
        if (query_.size() >= 50) broken_query_ = "It has more than 50 keys.";
        if (!broken_query_.empty()) return;
        query_.emplace_back(std::move(*key), std::move(*value));
    }
}

std::optional<std::string> InputReader::path(std::string_view name) const {
    for (auto const& [known, value] : call_.path_values)
        if (known == name) return value;
    return std::nullopt;
}

std::optional<std::string> InputReader::query(std::string_view name) {
    known_.push_back(name);
    for (auto const& [key, value] : query_)
        if (key == name) return value;
    return std::nullopt;
}

Result<> InputReader::check_query(json::Errors& errors) {
    if (!broken_query_.empty()) return Error{Code::bad_request, "request.query", "The query cannot be read. " + std::string(broken_query_)};
    for (std::size_t i = 0; i < query_.size(); ++i) {
        auto const& key = query_[i].first;
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) json::unknown_key(key, known_, errors);
        for (std::size_t k = 0; k < i; ++k)
            if (query_[k].first == key) {
                json::Errors::Step const step(errors, key);
                errors.add("field.repeated", "This key is there twice.");
            }
    }
    if (errors.empty()) return {};
    auto error = invalid(errors.take());
    error.code = Code::bad_request;
    error.id = "request.query";
    for (auto& field : error.fields) field.pointer = "?" + field.pointer.substr(1);
    return error;
}

Result<> InputReader::read_body_json(boost::json::value& out) {
    auto const& body = call_.request->body;
    if (body.empty()) {
        out.emplace_object();
        return {};
    }
    auto parsed = json::parse(body);
    if (!parsed) return std::move(parsed).error();
    out = std::move(*parsed);
    return {};
}

} // namespace mozi::http
