// Adding, anchoring and looking.
#include "chain.hpp"

#include <mozi/log/log.hpp>

namespace mozi::moderation {

namespace audit {

namespace {

constexpr auto whole_every = std::chrono::hours(24);
constexpr std::size_t most_added = 10'000; // where the anchor cannot be written

} // namespace

Chain::Chain(db::Database& database, Clock const& clock, RecordSettings settings)
    : database_(database), clock_(clock), settings_(std::move(settings)), files_(settings_.anchor, settings_.copy) {
    if (auto const why = begin(); !why.empty()) log::error("audit.anchor_failed", {{"why", why}});
}

std::string Chain::begin() {
    struct End {
        std::optional<Row> row;
        bool anchored = false;
    };
    auto const end = database_.read([](db::Connection& c) -> Result<End> {
        auto const last = last_row(c);
        auto rows = last ? rows_after(c, last->first - 1, 1) : std::vector<Row>{};
        return End{rows.empty() ? std::nullopt : std::optional(std::move(rows.front())), is_anchored(c)};
    });
    if (!end) return end.error().detail;
    auto const begun = files_.begun();
    if (!begun) {
        auto const& last = end->row;
        if (end->anchored || (last && last->hash == seal(settings_.key, *last))) return {}; // it was there once: the look says so
        auto lines = "plain " + std::to_string(last ? last->seq : 0) + "\n";
        if (last) lines += line_of("anchored", {last->seq, last->hash});
        if (auto why = files_.add(lines); !why.empty()) return why;
    }
    if (end->anchored) return {};
    auto const noted = database_.write([](db::Transaction& tx) -> Result<> { return note_anchored(*tx), Result<>{}; });
    return noted ? std::string() : noted.error().detail;
}

void Chain::append(db::Transaction& tx, Entry const& entry) {
    {
        // What this process added itself is still there: else somebody shortened the record behind its back.
        auto const last = last_row(*tx);
        std::scoped_lock const held(mutex_);
        if (newest_.row > 0 && (!last || last->first < newest_.row || (last->first == newest_.row && last->second != newest_.hash)))
            if (!problem_) problem_ = broken(last ? std::min(last->first + 1, newest_.row) : 1, "It was there a moment ago.");
    }
    auto const [seq, hash] = audit::append(*tx, settings_.key, entry);
    tx.after_commit([this, mark = Mark{seq, hash}] {
        log::info("audit.row", {{"row", mark.row}, {"hash", mark.hash}});
        std::scoped_lock const held(mutex_);
        if (mark.row > newest_.row) newest_ = mark;
        if (added_.size() < most_added) added_.push_back(mark);
    });
}

void Chain::anchor() {
    std::vector<Mark> added;
    {
        std::scoped_lock const held(mutex_);
        added = added_;
    }
    if (added.empty()) return;
    std::string lines;
    for (auto const& mark : added) lines += line_of("anchored", mark);
    auto why = files_.add(lines);
    std::scoped_lock const held(mutex_);
    if (why.empty()) added_.erase(added_.begin(), added_.begin() + std::ssize(added));
    else if (unwritten_.empty()) log::error("audit.anchor_failed", {{"why", why}});
    unwritten_ = std::move(why);
}

void Chain::found(std::optional<Error> problem) {
    if (problem) log::error("audit.broken", {{"row", problem->detail}, {"why", problem->message}});
    std::scoped_lock const held(mutex_);
    problem_ = std::move(problem);
}

Result<Seen> Chain::look_and_note(Anchors const& anchors, Scope scope) {
    auto const go_on = [this] { return !stopping_.load(); };
    MOZI_TRY(auto seen, look_through(database_, settings_.key, anchors, scope == Scope::whole ? Mark{} : anchors.verified, go_on));
    if (scope == Scope::whole) {
        MOZI_CHECK(look_for_unrecorded(database_, seen, go_on));
        if (settings_.check_effects) MOZI_CHECK(settings_.check_effects());
    }
    if (stopping_) return seen;
    std::string lines;
    if (scope == Scope::whole) whole_ = clock_.now();
    if (seen.last.row && (scope == Scope::whole || seen.last != anchors.verified)) {
        lines = line_of("verified", seen.last);
        lines.insert(lines.size() - 1, " " + std::to_string(whole_.time_since_epoch().count()));
    }
    if (auto why = lines.empty() ? std::string() : files_.add(lines); !why.empty()) {
        log::error("audit.anchor_failed", {{"why", why}});
        std::scoped_lock const held(mutex_);
        unwritten_ = std::move(why);
    }
    return seen;
}

void Chain::look(Anchors const& anchors, Scope scope) {
    auto const seen = look_and_note(anchors, scope);
    if (!seen && seen.error().id.starts_with("storage.")) return; // the next one sees
    found(seen ? std::nullopt : std::optional(seen.error()));
    if (!seen) whole_ = clock_.now(); // once a day is enough to say it
}

void Chain::tend() {
    if (!begun_) {
        begun_ = true;
        auto const anchors = files_.read();
        whole_ = anchors.whole;
        auto const due = !anchors.there || clock_.now() - whole_ >= whole_every;
        look(anchors, due ? Scope::whole : Scope::rest);
        if (!due) return;
    }
    anchor();
    if (clock_.now() - whole_ >= whole_every) look(files_.read(), Scope::whole);
}

void Chain::start() {
    ticker_ = std::make_unique<jobs::Ticker>("record", std::chrono::seconds(1), [this] { tend(); });
}

void Chain::stop() {
    stopping_ = true;
    ticker_.reset();
    anchor();
}

Result<std::int64_t> Chain::verify() {
    anchor();
    MOZI_TRY(auto const seen, look_through(database_, settings_.key, files_.read(), {}, [] { return true; }));
    MOZI_CHECK(look_for_unrecorded(database_, seen, [] { return true; }));
    if (settings_.check_effects) MOZI_CHECK(settings_.check_effects());
    return seen.last.row;
}

Result<std::int64_t> Chain::accept(std::string const& reason) {
    auto const anchors = files_.read();
    MOZI_TRY(auto const last, database_.read([](db::Connection& c) -> Result<Mark> {
        auto const row = last_row(c);
        return row ? Mark{row->first, row->second} : Mark{};
    }));
    MOZI_TRY(auto const made, database_.write([&](db::Transaction& tx) -> Result<Mark> {
        auto const [seq, hash] = audit::append(
            *tx, settings_.key, {{}, What::record_accepted, text_of(last.row, count_accepted(*tx)), std::nullopt, reason, clock_.now()});
        note_anchored(*tx);
        return Mark{seq, hash};
    }));
    auto const why = files_.add((anchors.there ? "" : "plain 0\n") + line_of("accepted", made));
    if (!why.empty())
        return Error{Code::unavailable, "moderation.audit_unwritten", "The anchor cannot be written: " + why + ". Nothing was accepted."};
    found(std::nullopt);
    return last.row;
}

Result<> Chain::note(Id<"user"> by, std::string_view what, std::string const& subject, std::string const& reason) {
    auto const word = from_text<What>(what);
    if (!word) throw std::logic_error("the record of decisions knows no " + std::string(what));
    return database_.write([&](db::Transaction& tx) -> Result<> {
        append(tx, {by, *word, subject, std::nullopt, reason, clock_.now()});
        return {};
    });
}

std::vector<std::string> Chain::warnings() const {
    std::scoped_lock const held(mutex_);
    std::vector<std::string> out;
    if (problem_) out.push_back(problem_->message);
    if (!unwritten_.empty()) out.push_back("The anchor of the record of decisions cannot be written: " + unwritten_ + ".");
    return out;
}

} // namespace audit

Result<std::int64_t> verify_record(db::Database& database, RecordSettings const& settings) {
    auto const anchors = audit::AnchorFiles(settings.anchor, settings.copy).read();
    auto const always = [] { return true; };
    MOZI_TRY(auto const seen, audit::look_through(database, settings.key, anchors, {}, always));
    MOZI_CHECK(audit::look_for_unrecorded(database, seen, always));
    if (settings.check_effects) MOZI_CHECK(settings.check_effects());
    return seen.last.row;
}

} // namespace mozi::moderation
