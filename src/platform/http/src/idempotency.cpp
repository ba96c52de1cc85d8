// Stored answers.
#include "idempotency.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/net/networks.hpp>

namespace mozi::http {

namespace {

Error reused_key() {
    return {Code::invalid, "request.idempotency_reuse", "This Idempotency-Key was used for something else. Take a new key for a new act."};
}

// Of one person in one database.
constexpr std::size_t most_answers = 2000, most_bytes = 4u << 20, most_keys = 50'000;

struct Stored {
    int status = 0;
    std::string head, body, type;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("status", &Stored::status),
            field("head", &Stored::head, {.max = 1 << 20, .format = json::Format::password}),
            field("body", &Stored::body, {.max = 1 << 20, .format = json::Format::password}),
            field("type", &Stored::type, {.max = 200, .format = json::Format::password})};
    }
};

Result<std::optional<Reply>> replay(db::Connection& c, KeyedRequest const& keyed, std::string_view sealing_key) {
    auto const row = c.one<std::string, std::string>(
        "SELECT request_sha256, reply FROM idempotency_key WHERE person = ? AND idempotency_key = ?", keyed.person, keyed.key);
    if (!row) return std::optional<Reply>{};
    auto const& [request, sealed] = *row;
    if (sealed.empty() && request == keyed.request)
        return Error{Code::conflict, "request.idempotency_lost",
            "This was done already, but the answer is not kept any more: many others came after it. Look at the result itself."};
    if (sealed.empty()) return reused_key();
    auto const bytes = from_base64(sealed);
    auto const plain = bytes ? crypto::open(sealing_key, *bytes) : std::nullopt;
    auto const stored = plain ? json::from_json<Stored>(*plain) : Result<Stored>{internal("sealed reply")};
    if (!stored)
        return Error{Code::conflict, "request.idempotency_lost",
            "This was done already, but the answer cannot be given again: the server's secret has changed. Look at the result itself."};
    if (request != keyed.request) return reused_key();
    Reply reply;
    reply.status = stored->status;
    reply.head = stored->head;
    reply.body = stored->body;
    reply.content_type = stored->type;
    return std::optional<Reply>{std::move(reply)};
}

void flatten(Reply& reply) {
    if (!reply.answer) return;
    reply.status = reply.answer->status;
    reply.head = reply.answer->head;
    if (auto* text = std::get_if<std::string>(&reply.answer->body)) reply.body = *text;
    reply.content_type.clear();
    reply.answer.reset();
}

} // namespace

Result<std::optional<KeyedRequest>> Keys::keyed(Call const& call) const {
    auto const* key = call.request->find("idempotency-key");
    if (!key || call.request->method != Method::post || !call.route->options.repeats) return std::optional<KeyedRequest>{};
    auto const text = trim(*key);
    auto const printable = std::all_of(text.begin(), text.end(), [](char c) { return c > 32 && c < 127; });
    if (text.empty() || text.size() > 200 || !printable)
        return Error{Code::bad_request, "request.idempotency_key", "An Idempotency-Key is 1 to 200 printable characters without spaces."};
    std::string material(call.request->method_text);
    auto const add = [&material](std::string_view part) { (material += '\n') += part; };
    for (auto const part : {call.request->path, call.request->query, call.find("content-type"), call.find("upload-length"),
             call.find("upload-defer-length"), call.find("upload-metadata"), call.find("upload-checksum")})
        add(part);
    // To a visitor his cookie belongs to what is asked: with another one it is another request, not a repetition. Who is signed in is
    // known already, and his cookie moves on between two tries.
    if (!call.viewer.signed_in())
        for (auto const part :
            {call.cookie(call.refresh_cookie()), call.find("x-videa-client"), call.find("sec-fetch-site"), call.find("origin")})
            add(part);
    add(call.request->body);
    // A visitor is nobody but where he comes from: strangers elsewhere neither use up his keys nor hear his answers.
    auto person = call.viewer.signed_in() ? call.viewer.id.text() : "visitor " + net::network_of(call.client);
    // Keyed: a body may hold a password, and a plain digest of it could be guessed at.
    return std::optional{KeyedRequest{std::move(person), std::string(text), hex(crypto::hmac_sha256(sealing_key_, material))}};
}

std::vector<std::string> Keys::surplus(Share const& share, std::size_t with_bytes) {
    std::vector<std::string> going;
    auto bytes = share.bytes + with_bytes;
    auto number = share.kept.size() + 1;
    for (auto const& kept : share.kept) {
        if (number <= most_answers && bytes <= most_bytes) break;
        going.push_back(kept.key);
        bytes -= kept.bytes, --number;
    }
    return going;
}

std::string Keys::name_of(std::string_view person, std::string_view key) { return std::string(person) + " " + std::string(key); }

// What other processes and earlier ones have stored. Once; where that fails, the next request tries again.
Result<> Keys::load() {
    if (loaded_) return {};
    for (auto* const database : databases_)
        MOZI_CHECK(database->read([&](db::Connection& c) -> Result<> {
            c.each<std::string, std::string, Time, std::int64_t>("SELECT person, idempotency_key, created_at, octet_length(reply) FROM "
                                                                 "idempotency_key ORDER BY created_at DESC LIMIT 1000000",
                [&](std::string const& person, std::string const& key, Time when, std::int64_t bytes) {
                    used_.insert_or_assign(name_of(person, key), Used{database, when});
                    auto& share = shares_[{database, person}];
                    ++share.keys;
                    if (bytes > 0) share.kept.push_front({key, std::size_t(bytes), when}), share.bytes += std::size_t(bytes);
                });
            return {};
        }));
    loaded_ = true;
    return {};
}

Result<std::optional<Reply>> Keys::find(KeyedRequest const& keyed, db::Database& own) {
    auto* where = own.dialect() == db::Dialect::postgres ? &own : nullptr; // another instance may have stored it
    {
        std::scoped_lock const held(mutex_);
        MOZI_CHECK(load());
        if (auto const at = used_.find(name_of(keyed.person, keyed.key)); at != used_.end()) where = at->second.where;
    }
    if (!where) return std::optional<Reply>{};
    MOZI_TRY(auto found, where->read([&](db::Connection& c) { return replay(c, keyed, sealing_key_); }));
    if (found && where != &own) return reused_key();
    return found;
}

Result<Reply> Keys::run(KeyedRequest const& keyed, db::Database& own, std::function<Result<Reply>()> const& handle) {
    // A refusal is not an error of this unit: what the handler's own unit kept (an ended session) stays kept.
    std::optional<Result<Reply>> outcome;
    auto const now = own.lived();
    std::unique_lock counting(mutex_);
    if (shares_[{&own, keyed.person}].keys >= most_keys)
        return Error{Code::rate_limited, "request.rate",
            "So many requests with an Idempotency-Key in two days cannot all be remembered: leave it out, or go on tomorrow.",
            {.retry_after_s = 3600}};
    counting.unlock();
    auto const unit = own.write([&](db::Transaction& tx) -> Result<> {
        outcome.emplace(handle());
        if (!*outcome) return {};
        auto& reply = **outcome;
        flatten(reply);
        auto const stored =
            base64(crypto::seal(sealing_key_, json::to_json(Stored{reply.status, reply.head, reply.body, reply.content_type})));
        std::unique_lock held(mutex_);
        auto going = surplus(shares_[{&own, keyed.person}], stored.size());
        held.unlock();
        for (auto const& key : going)
            tx->run("UPDATE idempotency_key SET reply = '' WHERE person = ? AND idempotency_key = ?", keyed.person, key);
        tx->run("INSERT INTO idempotency_key (person, idempotency_key, request_sha256, reply, created_at) VALUES (?, ?, ?, ?, ?)",
            keyed.person, keyed.key, keyed.request, stored, now);
        tx.after_commit([this, &own, now, keyed, bytes = stored.size(), going = std::move(going)] {
            std::scoped_lock const kept(mutex_);
            auto& share = shares_[{&own, keyed.person}];
            if (used_.size() < 1'000'000 && used_.insert_or_assign(name_of(keyed.person, keyed.key), Used{&own, now}).second) ++share.keys;
            for (auto const& key : going)
                if (!share.kept.empty() && share.kept.front().key == key) share.drop_first();
            share.kept.push_back({keyed.key, bytes, now});
            share.bytes += bytes;
        });
        return {};
    });
    if (unit) return std::move(*outcome);
    if (unit.error().id != "storage.exists") return unit.error();
    // Another instance was first: what it answered is the answer.
    MOZI_TRY(auto found, own.read([&](db::Connection& c) { return replay(c, keyed, sealing_key_); }));
    if (!found) return unit.error();
    return std::move(*found);
}

void Keys::forget_old() {
    for (auto* const database : databases_) {
        auto const since = database->lived() - std::chrono::hours(48);
        auto const done = database->write([&](db::Transaction& tx) -> Result<> {
            tx->run("DELETE FROM idempotency_key WHERE created_at < ?", since);
            return {};
        });
        if (!done) continue; // the next tick tries again
        std::scoped_lock const held(mutex_);
        std::erase_if(used_, [&](auto const& entry) {
            auto const old = entry.second.where == database && entry.second.when < since;
            if (old) --shares_[{database, entry.first.substr(0, entry.first.rfind(' '))}].keys;
            return old;
        });
        for (auto& [whose, share] : shares_)
            while (whose.first == database && !share.kept.empty() && share.kept.front().when < since) share.drop_first();
        std::erase_if(shares_, [](auto const& entry) { return entry.second.keys == 0 && entry.second.kept.empty(); });
    }
}

bool Keys::enter(KeyedRequest const& keyed) {
    std::scoped_lock const held(mutex_);
    return running_.insert(name_of(keyed.person, keyed.key)).second;
}

void Keys::leave(KeyedRequest const& keyed) {
    std::scoped_lock const held(mutex_);
    running_.erase(name_of(keyed.person, keyed.key));
}

} // namespace mozi::http
