// Who has had how much: each request counts for the account or the network it comes from, and so does each refusal.
#include "impl.hpp"

#include <mozi/base/text.hpp>
#include <mozi/net/forwarded.hpp>

namespace mozi::http {

namespace {

constexpr int many = 16; // in the large

enum class Whom : std::uint8_t { account, accounts_of_network, network, site, token, tokens_of_network, session };

std::uint64_t code(Limit kind, Whom whom, bool refusals) { return unsigned(kind) << 4 | unsigned(whom) << 1 | unsigned(refusals); }

// draft-ietf-httpapi-ratelimit-headers
std::string head_of(Limits::Verdict const& verdict) {
    auto const policy = "\"" + std::to_string(verdict.limit) + "\"";
    return "RateLimit-Policy: " + policy + ";q=" + std::to_string(verdict.limit) + ";w=60\r\nRateLimit: " + policy +
           ";r=" + std::to_string(verdict.remaining) + ";t=" + std::to_string(verdict.reset_s) + "\r\n";
}

Error rate_limited(Limits::Verdict const& verdict, std::string_view sentence) {
    return {Code::rate_limited, "request.rate", std::string(sentence) + std::to_string(verdict.reset_s) + " s.",
        {.retry_after_s = verdict.reset_s}};
}

} // namespace

// Narrowly, with the whole limit; in the large, with that of many.
struct Gateway::Impl::Counts {
    std::uint64_t narrow = 0;
    std::optional<std::uint64_t> wide;
};

Gateway::Impl::Counts Gateway::Impl::counts_of(Call const& call, Limit kind, std::string_view token) const {
    auto const from = net::counted_as(call.client);
    auto const refusals = kind == Limit::none;
    auto const key = [&](Whom whom, auto who) { return limits.key(code(kind, whom, refusals), who); };
    if (kind == Limit::ending && call.viewer.signed_in())
        return {limits.key(key(Whom::session, std::uint64_t(call.viewer.session.value)), from.network), std::nullopt};
    auto const together = key(Whom::accounts_of_network, from.network);
    if (call.viewer.signed_in() && kind != Limit::sign_in) return {key(Whom::account, std::uint64_t(call.viewer.id.value)), together};
    // Who guesses at tokens has as many as he has guesses, and takes nothing from who is signed in there.
    if (!token.empty()) return {key(Whom::token, token), key(Whom::tokens_of_network, from.network)};
    return {key(Whom::network, from.network), from.site ? std::optional(key(Whom::site, *from.site)) : std::nullopt};
}

// Who is refused takes nothing from those he shares a network with.
Limits::Verdict Gateway::Impl::take(Counts const& counts, int per_minute) {
    auto const verdict = limits.take(counts.narrow, per_minute);
    if (!verdict.allowed || !counts.wide) return verdict;
    auto const together = limits.take(*counts.wide, per_minute * many);
    return together.allowed ? verdict : together;
}

Result<> Gateway::Impl::check_limit(Call& call) {
    auto const kind = call.route->limit;
    if (!options.limits_enabled || kind == Limit::none || call.viewer.operates()) return {};
    auto const per_minute = kind == Limit::sign_in  ? std::min(options.sign_ins_per_minute, 1'000'000) * many
                            : kind == Limit::upload ? options.uploads_per_minute
                            : kind == Limit::read   ? options.reads_per_minute
                                                    : options.writes_per_minute;
    auto const verdict = take(counts_of(call, kind, {}), per_minute);
    if (kind != Limit::read || !verdict.allowed) call.limit_head = head_of(verdict);
    if (verdict.allowed) return {};
    figures.count_limited(kind);
    return rate_limited(verdict, "A short breath: try again in ");
}

// What is looked for and not found, or tried and not allowed, tells something each time. What succeeds is not touched by this, so whoever
// shares an address with a scanner reads, signs in and writes as before; nor does it tell anything to be asked to sign in first.
Error Gateway::Impl::counted(Call& call, Error const& refusal) {
    auto const code = refusal.code;
    auto const tells = code == Code::unauthenticated || code == Code::forbidden || code == Code::not_found || code == Code::gone;
    if (!tells || !options.limits_enabled || refusal.id == "auth.required") return refusal;
    auto const header = code == Code::unauthenticated ? call.find("authorization") : std::string_view{};
    auto const token = call.proven.empty() ? trim(header.substr(header.find(' ') + 1)) : std::string_view(call.proven);
    auto counts = counts_of(call, Limit::none, token);
    // It has ended, and nobody guessed it.
    if (!call.proven.empty() || (refusal.id == "auth.token" && authenticate.issued(token))) counts.wide.reset();
    auto const verdict = take(counts, options.refusals_per_minute);
    if (verdict.allowed) return refusal;
    figures.count_limited(Limit::none);
    call.limit_head = head_of(verdict);
    return rate_limited(verdict, "Too many requests from here led nowhere. What is there still answers; try this one again in ");
}

} // namespace mozi::http
