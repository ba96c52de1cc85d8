// Statuses and problem documents.
#include <mozi/http/gateway.hpp>

namespace mozi::http {

namespace {

struct Row {
    Code code;
    int status;
    std::string_view title;
};
constexpr Row table[] = {
    {Code::bad_request, 400, "Bad request"},
    {Code::invalid, 422, "Some fields need another look"},
    {Code::unauthenticated, 401, "Not signed in"},
    {Code::forbidden, 403, "Not allowed"},
    {Code::not_found, 404, "Not found"},
    {Code::not_acceptable, 406, "In no form you take"},
    {Code::gone, 410, "Gone"},
    {Code::conflict, 409, "Conflict"},
    {Code::precondition_failed, 412, "Changed meanwhile"},
    {Code::precondition_required, 428, "A condition is needed"},
    {Code::too_large, 413, "Too large"},
    {Code::unsupported_media, 415, "Unsupported type"},
    {Code::range, 416, "Range not available"},
    {Code::locked, 423, "In use"},
    {Code::rate_limited, 429, "Too many requests"},
    {Code::unavailable, 503, "Not available now"},
    {Code::disk_full, 507, "The disk is full"},
    {Code::over_quota, 507, "Your share is full"},
    {Code::internal, 500, "Our mistake"},
};

std::string_view title_of(Code code, int status) {
    for (auto const& row : table)
        if (row.status == status && (row.code == code || status_of(code) != status)) return row.title;
    return status == 405   ? "Method not allowed"
           : status == 408 ? "Too slow"
           : status == 414 ? "Address too long"
           : status == 431 ? "Header too large"
                           : "Refused";
}

} // namespace

int status_of(Code code) {
    for (auto const& row : table)
        if (row.code == code) return row.status;
    return 500;
}

std::string problem(Error const& error, int status, std::string_view request_id) {
    std::string out = "{\"type\":";
    json::write_string(out, "urn:videa-mozi:" + error.id);
    out += ",\"title\":";
    json::write_string(out, title_of(error.code, status));
    out += ",\"status\":" + std::to_string(status) + ",\"detail\":";
    json::write_string(out, error.message);
    out += ",\"id\":";
    json::write_string(out, error.id);
    out += ",\"errors\":[";
    for (std::size_t i = 0; i < error.fields.size(); ++i) {
        auto const& field = error.fields[i];
        out += i ? ",{\"pointer\":" : "{\"pointer\":";
        json::write_string(out, field.pointer);
        out += ",\"id\":";
        json::write_string(out, field.id);
        out += ",\"message\":";
        json::write_string(out, field.message);
        out += '}';
    }
    out += "],\"requestId\":";
    json::write_string(out, request_id);
    if (!error.reason.empty()) {
        out += ",\"reason\":";
        json::write_string(out, error.reason);
    }
    if (!error.next.empty()) {
        out += ",\"next\":";
        json::write_string(out, error.next);
    }
    return out + "}";
}

} // namespace mozi::http
