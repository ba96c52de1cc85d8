// Result, ids, clock and randomness.
#include <mozi/base/clock.hpp>
#include <mozi/base/id.hpp>
#include <mozi/base/random.hpp>
#include <mozi/base/result.hpp>
#include <mozi/base/text.hpp>

#include <openssl/rand.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace mozi {

void throw_exception_from_error(Error const& error, boost::source_location const&) {
    throw std::runtime_error(error.id + ": " + error.message + " " + error.detail);
}

Error invalid(std::vector<FieldError> fields) {
    auto message =
        fields.size() == 1 ? std::string("One field needs another look.") : std::to_string(fields.size()) + " fields need another look.";
    return {Code::invalid, "request.fields", std::move(message), {.fields = std::move(fields)}};
}

Error internal(std::string detail) {
    return {Code::internal, "internal", "Something went wrong on this side. It has been noted.", {.detail = std::move(detail)}};
}

namespace {

constexpr std::int64_t id_epoch_ms = 1704067200000; // 2024-01-01
std::atomic<std::int64_t> last_id{0};
std::atomic<std::int64_t> id_node{0};

class SystemClock final : public Clock {
    Time now() const override { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }
};

bool digits(std::string_view text, std::size_t from, std::size_t count, int& value) {
    if (from + count > text.size()) return false;
    value = 0;
    for (auto i = from; i < from + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    return true;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
    int y = 0, m = 0, d = 0;
    if (text.size() < 10 || text[4] != '-' || text[7] != '-' || !digits(text, 0, 4, y) || !digits(text, 5, 2, m) || !digits(text, 8, 2, d))
        return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year{y}, std::chrono::month{unsigned(m)}, std::chrono::day{unsigned(d)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date};
}

} // namespace

std::optional<std::int64_t> parse_id(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size() || value <= 0 || text.front() == '0') return std::nullopt;
    return value;
}

std::int64_t next_id() {
    using namespace std::chrono;
    auto const ms = duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count() - id_epoch_ms;
    auto const fresh = (ms << 22) | (id_node.load(std::memory_order_relaxed) << 12);
    auto last = last_id.load(std::memory_order_relaxed);
    for (;;) {
        auto const id = fresh > last ? fresh : last + 1;
        if (last_id.compare_exchange_weak(last, id, std::memory_order_relaxed)) return id;
    }
}

void set_id_node(int node) { id_node = node & 1023; }

void raise_id_floor(std::int64_t used) {
    auto last = last_id.load();
    while (last < used && !last_id.compare_exchange_weak(last, used)) {}
}

Clock const& system_clock() {
    static SystemClock const clock;
    return clock;
}

std::string to_iso(Time time) {
    using namespace std::chrono;
    auto const day = floor<days>(time);
    year_month_day const date{day};
    hh_mm_ss const clock{floor<milliseconds>(time - day)};
    std::string text = "0000-00-00T00:00:00.000Z"; // every list has dozens of these
    auto const put = [&](std::size_t end, unsigned number) {
        for (; number > 0; number /= 10) text[--end] = char('0' + number % 10);
    };
    put(4, unsigned(std::clamp(int(date.year()), 0, 9999))), put(7, unsigned(date.month())), put(10, unsigned(date.day()));
    put(13, unsigned(clock.hours().count())), put(16, unsigned(clock.minutes().count())), put(19, unsigned(clock.seconds().count())),
        put(23, unsigned(clock.subseconds().count()));
    return text;
}

std::optional<Time> from_iso(std::string_view text) {
    using namespace std::chrono;
    auto const date = parse_date(text);
    if (!date) return std::nullopt;
    if (text.size() == 10) return Time{*date};
    int h = 0, m = 0, s = 0;
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':' || !digits(text, 11, 2, h) ||
        !digits(text, 14, 2, m) || !digits(text, 17, 2, s) || h > 23 || m > 59 || s > 59)
        return std::nullopt;
    Time time = Time{*date} + hours{h} + minutes{m} + seconds{s};
    std::size_t at = 19;
    if (text[at] == '.') {
        std::int64_t micros = 0, scale = 100000;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) micros += (text[at] - '0') * scale;
        time += microseconds{micros};
    }
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return time;
    int oh = 0, om = 0;
    if (at + 6 != text.size() || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' || !digits(text, at + 1, 2, oh) ||
        !digits(text, at + 4, 2, om) || oh > 23 || om > 59)
        return std::nullopt;
    auto const offset = hours{oh} + minutes{om};
    return text[at] == '+' ? time - offset : time + offset;
}

std::string to_http_date(Time time) {
    using namespace std::chrono;
    static char const* const weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static char const* const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = floor<days>(time);
    year_month_day const date{day};
    hh_mm_ss const clock{floor<seconds>(time - day)};
    char text[48];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", weekdays[weekday{day}.c_encoding()], unsigned(date.day()),
        months[unsigned(date.month()) - 1], int(date.year()), int(clock.hours().count()), int(clock.minutes().count()),
        int(clock.seconds().count()));
    return text;
}

bool is_iso_date(std::string_view text) { return text.size() == 10 && !text.starts_with("0000") && parse_date(text).has_value(); }

std::string random_bytes(std::size_t bytes) {
    std::string out(bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), int(bytes)) != 1) std::abort();
    return out;
}

std::string random_token(std::size_t bytes) { return base64url(random_bytes(bytes)); }

} // namespace mozi
