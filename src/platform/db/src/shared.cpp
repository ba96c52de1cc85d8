// Error mapping and nested units.
#include "shared.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/db/upgrade.hpp>
#include <mozi/log/log.hpp>

namespace mozi::db {

std::unique_ptr<Database> Database::open(Options options) {
    return options.url.empty() ? open_sqlite(std::move(options)) : open_postgres(std::move(options));
}

// What it tells belongs to the request it follows from, also where a batch of several is committed at once.
void Transaction::after_commit(std::function<void()> action) {
    std::string request(log::current_request());
    if (request.empty()) return actions_.push_back(std::move(action));
    actions_.push_back([request = std::move(request), action = std::move(action)] {
        log::RequestScope const scope(request);
        action();
    });
}
void Transaction::touch(Topic& topic) {
    actions_.push_back([&topic] { topic.version.fetch_add(1, std::memory_order_release); });
}

void frees(Transaction&) { active().frees = true; }

Active& active() {
    thread_local Active current;
    return current;
}

namespace {
TellsCopies::Told& told_of_copies() {
    thread_local TellsCopies::Told current;
    return current;
}
} // namespace

TellsCopies::TellsCopies(Told f) { told_of_copies() = std::move(f); }
TellsCopies::~TellsCopies() { told_of_copies() = {}; }
void tell_copied(std::string const& database, std::filesystem::path const& copy) {
    if (auto const& told = told_of_copies()) told(database, copy);
}

bool Database::in_unit() const { return active().database == this; }

Error to_error(Failure const& failure, std::string const& database) {
    auto detail = database + ": " + failure.text;
    switch (failure.kind) {
    case Failure::Kind::unique: return {Code::conflict, "storage.exists", "This is there already.", {.detail = std::move(detail)}};
    case Failure::Kind::full:
        return {Code::disk_full, "storage.full",
            "The disk is full. What you have is kept; this was not saved. Try again when there is space.",
            {.detail = std::move(detail), .retry_after_s = 60}};
    case Failure::Kind::busy:
    case Failure::Kind::serialization:
        return {Code::unavailable, "storage.busy", "Too many writes at once. Try again in a moment.",
            {.detail = std::move(detail), .retry_after_s = 1}};
    case Failure::Kind::gone:
        return {Code::unavailable, "storage.gone", "The database does not answer. Try again in a moment.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    case Failure::Kind::io:
        return {Code::unavailable, "storage.unknown",
            "The disk failed while saving; whether it was saved is not known. Repeat it with the same Idempotency-Key.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    case Failure::Kind::interrupted:
        return {Code::unavailable, "storage.too_slow", "This question took too long. Ask for less.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    default: return internal(std::move(detail));
    }
}

namespace {

// The engine may have rolled back by itself: no savepoint can be trusted any more.
bool ends_transaction(Failure::Kind kind) {
    return kind == Failure::Kind::gone || kind == Failure::Kind::full || kind == Failure::Kind::io || kind == Failure::Kind::serialization;
}

} // namespace

Result<> nested_unit(
    Database& database, Session& session, std::vector<std::function<void()>>& actions, std::function<bool(Transaction&)> const& fn) {
    auto& here = active();
    auto const savepoint = "u" + std::to_string(here.depth);
    auto const outermost = here.depth == 0;
    if (outermost) here.frees = false;
    Transaction unit(session, database);
    auto* const outer = std::exchange(here.unit, &unit);
    ++here.depth;
    struct Leave {
        Active& at;
        Transaction* outer;
        ~Leave() {
            --at.depth;
            at.unit = outer;
        }
    } const leave{here, outer};
    if (here.doomed) return to_error(*here.doomed, database.name());
    auto const kept = actions.size(); // those of inner units that succeeded go with this one
    auto const undo = [&] {
        actions.resize(kept);
        session.control("ROLLBACK TO " + savepoint);
        session.control("RELEASE " + savepoint);
    };
    try {
        session.control("SAVEPOINT " + savepoint);
        try {
            if (fn(unit)) {
                // Only now is it known what it was for; until here nothing has left memory.
                if (outermost && here.short_of_room && !here.frees) {
                    if (!here.doomed) undo();
                    return to_error(*here.short_of_room, database.name());
                }
                here.freed = here.freed || outermost;
                here.makes_room = here.makes_room || (outermost && here.frees);
                session.control("RELEASE " + savepoint);
                std::move(unit.actions().begin(), unit.actions().end(), std::back_inserter(actions));
            } else if (!here.doomed) {
                undo();
            }
            return {};
        } catch (Failure const& failure) {
            if (ends_transaction(failure.kind)) throw;
            if (!here.doomed) undo();
            return to_error(failure, database.name());
        } catch (std::exception const& cause) {
            if (!here.doomed) undo();
            return internal(database.name() + ": " + cause.what());
        }
    } catch (Failure const& failure) {
        if (!here.doomed) here.doomed = failure;
        return to_error(*here.doomed, database.name());
    }
}

} // namespace mozi::db
