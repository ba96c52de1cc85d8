// The rules of accounts.
#include "service.hpp"

#include "guessable.hpp"
#include "names.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/forwarded.hpp>
#include <mozi/user/events.hpp>

namespace mozi::user {

namespace {

constexpr std::size_t most_people = 20'000;
constexpr auto failure_window = std::chrono::minutes(15);

Person to_person(Account const& a) {
    if (a.status == Status::deleted) return {a.id, "deleted", "Deleted account", std::nullopt};
    if (a.hidden) return {a.id, a.username, a.username, std::nullopt};
    return {a.id, a.username, a.display_name, a.avatar_url};
}

} // namespace

User for_viewer(Account const& a, Asking const& asking) {
    auto const own = asking.user && (asking.user == a.id || asking.administers);
    auto const open = own || asking.moderates || !a.hidden;
    User out;
    out.id = a.id;
    out.username = a.username;
    out.role = a.role;
    out.is_private = a.is_private;
    out.created_at = a.created_at;
    out.display_name = open ? a.display_name : a.username;
    if (open && (own || asking.moderates || !a.is_private)) {
        out.bio = a.bio;
        out.website = a.website;
        out.location = a.location;
    }
    if (open) {
        out.avatar_url = a.avatar_url;
        out.cover_image_url = a.cover_image_url;
    }
    if (own || asking.moderates) out.status = a.status;
    if (own) {
        out.email = a.email;
        out.version = a.version;
        out.updated_at = a.updated_at;
        out.last_login_at = a.last_login_at;
    }
    return out;
}

namespace {

std::vector<std::string> names_among(std::vector<std::string> const& words) {
    std::vector<std::string> out;
    for (auto const& word : words)
        if (word.find("://") == word.npos) out.push_back(word);
    return out;
}

} // namespace

namespace {

metrics::Counter& tries(metrics::Registry& metrics, std::string const& result) {
    return metrics.counter("videa_sign_ins_total",
        "Tries to sign in; locked: the last that an account had; closed: refused before the password was looked at",
        "result=\"" + result + "\"");
}

} // namespace

Accounts::Tries::Tries(metrics::Registry& metrics)
    : succeeded(tries(metrics, "succeeded")), failed(tries(metrics, "failed")), locked(tries(metrics, "locked")),
      closed(tries(metrics, "closed")) {}

Accounts::Accounts(ModuleContext const& context, db::Topic* people, std::vector<std::string> words, int paced)
    : database_(context.database), outbox_(context.outbox), clock_(context.clock), tries_(context.metrics), people_topic_(people),
      words_(std::move(words)), houses_(names_among(words_)), pairs_(10, failure_window), near_(15, failure_window),
      accounts_(50, failure_window), networks_(100, failure_window), sites_(400, failure_window), trying_(paced), joining_(paced),
      people_(context.database, most_people) {
    auto const found = database_.read([](db::Connection& c) -> Result<bool> { return repository::any_admin(c); });
    has_admin_ = found && *found;
}

namespace {

FieldError const name_taken{"/username", "user.username_taken", "This name is taken."};
FieldError const address_taken{"/email", "user.email_taken", "There is an account with this address."};

FieldError reserved(std::string pointer) {
    return {std::move(pointer), "user.name_reserved", "Who reads this takes you for somebody who runs the house. Choose another name."};
}

FieldError like_ranked(std::string pointer) {
    return {std::move(pointer), "user.name_reserved",
        "Somebody who looks after this house is called so, or by a name that looks like it. Choose another."};
}

// What others have already, all of it.
Result<> check_taken(db::Connection& c, std::string const& email, std::string const& username) {
    std::vector<FieldError> taken;
    if (repository::username_taken(c, fold(username))) taken.push_back(name_taken);
    if (repository::email_taken(c, fold(email))) taken.push_back(address_taken);
    if (taken.empty()) return {};
    if (taken.front().id == name_taken.id)
        return Error{Code::conflict, taken.front().id, username + " is taken. Choose another name.", {.fields = taken}};
    return Error{
        Code::conflict, taken.front().id, "There is an account with this address. Sign in instead.", {.fields = taken, .next = "/in"}};
}

} // namespace

void Accounts::check_shown(std::string_view name, ChosenBy by, std::vector<FieldError>& wrong) const {
    if (has_hidden(name))
        wrong.push_back({"/displayName", "field.invisible", "There are characters in it that nobody can see: type it anew."});
    if (by == ChosenBy::anybody && is_reserved(name, houses_)) wrong.push_back(reserved("/displayName"));
}

Result<> Accounts::fill_looks() {
    constexpr int page = 1000;
    for (bool more = true; more;) {
        MOZI_TRY(more, database_.write([&](db::Transaction& tx) -> Result<bool> { return repository::fill_looks(*tx, page); }));
    }
    return {};
}

Result<> Accounts::check_new(NewAccount const& account, std::string const& password, ChosenBy by) {
    std::vector<FieldError> wrong;
    if (by == ChosenBy::anybody && is_reserved(account.username, houses_)) wrong.push_back(reserved("/username"));
    check_shown(account.display_name, by, wrong);
    std::vector<std::string_view> known{account.username, account.email, account.display_name, "videamozi"};
    known.insert(known.end(), words_.begin(), words_.end());
    if (is_guessable(password, known))
        wrong.push_back({"/password", "user.password_guessable",
            "This is soon guessed: it is made of common words, rows of keys, or what is known of you. A few words that only you would put "
            "together are best."});
    if (!wrong.empty()) return invalid(std::move(wrong));
    auto const look = look_of(account.username), shown = look_of(account.display_name);
    return database_.read([&](db::Connection& c) -> Result<> {
        MOZI_CHECK(check_taken(c, account.email, account.username));
        if (by == ChosenBy::anybody && repository::looks_like_ranked(c, shown, {}))
            return invalid({like_ranked(account.display_name == account.username ? "/username" : "/displayName")});
        if (by == ChosenBy::anybody && repository::username_looks_taken(c, look)) {
            FieldError const like{"/username", name_taken.id, "It looks like the name of somebody else."};
            return Error{Code::conflict, name_taken.id, account.username + " looks like the name of somebody else. Choose another name.",
                {.fields = {like}}};
        }
        return {};
    });
}

Result<Account> Accounts::create(db::Transaction& tx, NewAccount const& asked) {
    MOZI_CHECK(check_taken(*tx, asked.email, asked.username));
    Credentials account;
    account.id = next<UserId>();
    account.created_at = account.updated_at = clock_.now();
    account.email = asked.email;
    account.username = asked.username;
    account.display_name = asked.display_name;
    account.role = asked.role;
    account.password_hash = asked.password_hash;
    repository::insert(*tx, account);
    outbox_.emit(tx, UserRegistered{account.id, account.username});
    if (account.role == http::Role::admin) tx.after_commit([this] { has_admin_ = true; });
    return Account(std::move(account));
}

// One try to sign in, and what it counts for: name and address of one account are one, a name that nobody has is one as well.
struct Accounts::Try {
    std::optional<UserId> account;
    std::string who, network;
    std::optional<std::string> site;
    std::vector<std::pair<Tally*, std::string>> counted = {};
    int left = 0; // of that account from that network
    bool last = false; // there is none left, from there or from anywhere

    void give_back() const {
        for (auto const& [tally, name] : counted) tally->give_back(name);
    }
};

// It counts before it is judged, so that many at once are no more than one after another.
Result<> Accounts::begin(Try& one) {
    auto const refuse = [&](int retry_s) -> Result<> {
        one.give_back();
        tries_.closed.add();
        if (retry_s <= 60)
            return Error{Code::rate_limited, "auth.too_many",
                "Too many tries from here. Wait a minute, or sign in where you are signed in already.", {.retry_after_s = retry_s}};
        return Error{Code::rate_limited, "auth.too_many",
            "Too many tries. Wait a quarter of an hour, or sign in where you are signed in already.", {.retry_after_s = retry_s}};
    };
    auto const pair = one.who + " " + one.network;
    auto const here = pairs_.take(pair);
    if (here.left < 0) return refuse(here.retry_s);
    one.counted.emplace_back(&pairs_, pair);
    one.left = here.left;
    one.last = here.left == 0;
    // Whoever tries from many places, or many names, locks out strangers alone: where the account is signed in, its owner goes on.
    // And one customer, who has as many /64 as he likes, does not lock a stranger out by himself: what comes from there stays there.
    auto const near = one.site ? std::optional(one.who + " " + *one.site) : std::nullopt;
    for (auto const& [tally, name] : {std::pair{&trying_.networks, std::optional(one.network)}, {&trying_.sites, one.site}, {&near_, near},
             {&accounts_, std::optional(one.who)}, {&networks_, one.network}, {&sites_, one.site}}) {
        if (!name) continue;
        auto const count = tally->take(*name);
        if (count.left < 0 && !(one.account && has_been_at(*one.account, one.network))) return refuse(count.retry_s);
        if (count.left >= 0) one.counted.emplace_back(tally, *name);
        one.last = one.last || (tally == &accounts_ && count.left == 0);
    }
    return {};
}

Result<> Accounts::count_joining(std::string const& from) {
    auto const site = net::counted_as(from).site;
    auto count = joining_.networks.take(net::network_of(from));
    if (count.left >= 0 && site) count = joining_.sites.take(std::to_string(*site));
    if (count.left >= 0) return {};
    return Error{Code::rate_limited, "request.rate",
        "Many accounts were asked for from here: try again in " + std::to_string(count.retry_s) + " s.", {.retry_after_s = count.retry_s}};
}

bool Accounts::has_been_at(UserId account, std::string const& network) {
    auto const found = database_.read([&](db::Connection& c) -> Result<bool> {
        bool same = false;
        c.each<std::string>(
            "SELECT ip_address FROM session WHERE account_id = ? AND expires_at > ? LIMIT 100",
            [&](std::string const& address) { return same = net::network_of(address) == network, !same; }, account, database_.lived());
        return same;
    });
    return found && *found;
}

// For a name that nobody has as well, so that the time of a refusal says nothing about it.
void Accounts::failed(Try const& one) {
    log::write(one.last ? log::Level::warn : log::Level::info, one.last ? "auth.sign_in_locked" : "auth.sign_in_failed",
        {{"account", one.account ? one.account->text() : std::string("-")}, {"network", log::Address{one.network}}});
    (one.last ? tries_.locked : tries_.failed).add();
    auto const kept = database_.write([&](db::Transaction& tx) -> Result<> {
        outbox_.emit(tx, SignInFailed{one.account, one.network});
        if (one.last) outbox_.emit(tx, SignInLocked{one.account, one.network});
        if (!one.account) return {};
        notices::record(tx, *one.account, NoticeKind::sign_in_failed, one.network, clock_.now());
        if (one.last) notices::record(tx, *one.account, NoticeKind::sign_in_locked, one.network, clock_.now());
        return {};
    });
    if (!kept) log::warn("auth.not_kept", {{"why", kept.error().detail}});
}

Result<SignIn> Accounts::check_credentials(std::string const& name, std::string const& typed, std::string const& from) {
    auto const name_key = fold(narrow(name));
    MOZI_TRY(auto found,
        database_.read([&](db::Connection& c) -> Result<std::optional<Credentials>> { return repository::find_by_name(c, name_key); }));
    auto const known = found && found->status != Status::deleted;
    Try one;
    if (known) one.account = found->id;
    one.who = known ? "=" + found->id.text() : "?" + name_key;
    one.network = net::network_of(from);
    if (auto const site = net::counted_as(from).site) one.site = std::to_string(*site);
    MOZI_CHECK(begin(one));
    auto const& hash = known ? found->password_hash : crypto::decoy_hash();
    auto const prepared = prepare_password(typed);
    // How many hashes a refusal costs follows from what was typed alone, so that its time says nothing about the account.
    auto const right = crypto::verify_password(hash, prepared);
    auto const other_form = !right && prepared != typed && crypto::verify_password(hash, typed);
    if (!known || !(right || other_form)) {
        failed(one);
        return Error{Code::unauthenticated, "auth.credentials",
            "These two do not belong together. " + std::to_string(one.left) + (one.left == 1 ? " try left." : " tries left.")};
    }
    one.give_back();
    pairs_.forget(one.who + " " + one.network);
    if (found->status == Status::banned)
        return Error{Code::forbidden, "account.banned", "This account is banned.", {.reason = "A moderator banned this account."}};
    tries_.succeeded.add();
    SignIn out{Account(*found), std::nullopt, found->password_hash};
    if (other_form) out.rehash = {found->password_hash, crypto::hash_password(prepared)};
    return out;
}

Result<std::vector<Notice>> Accounts::list_notices(UserId account) {
    return database_.read([&](db::Connection& c) -> Result<std::vector<Notice>> { return notices::list(c, account); });
}

Result<> Accounts::remove_notice(UserId account, NoticeId id) {
    return database_.write([&](db::Transaction& tx) -> Result<> {
        if (!notices::remove(tx, account, id)) return not_found("notice.not_found");
        return {};
    });
}

Result<Account> Accounts::get(UserId id) {
    return database_.read([&](db::Connection& c) -> Result<Account> {
        auto account = db::find<Account>(c, id);
        if (!account || account->status == Status::deleted) return not_found("user.not_found");
        return std::move(*account);
    });
}

Result<Account> Accounts::update(UserId id, ProfileChange const& change, Precondition const& fits) {
    return database_.write([&](db::Transaction& tx) -> Result<Account> {
        auto account = db::hold<Account>(*tx, id);
        if (!account || account->status == Status::deleted) return not_found("user.not_found");
        if (account->hidden) {
            Error refused{Code::conflict, "user.hidden", "A moderator hid this profile. Until that is taken back, it stays as it is."};
            refused.next = "Your account works as before. Write to a moderator if the decision is wrong, or if the profile is to go.";
            return refused;
        }
        MOZI_CHECK(fits(account->version));
        if (change.version && *change.version != account->version)
            return Error{Code::conflict, "user.version", "This profile has changed since you read it. Read it again and compare."};
        if (change.display_name && *change.display_name != account->display_name) {
            std::vector<FieldError> wrong;
            check_shown(*change.display_name, account->role >= http::Role::moderator ? ChosenBy::operators : ChosenBy::anybody, wrong);
            auto const look = look_of(*change.display_name);
            if (account->role < http::Role::moderator && repository::looks_like_ranked(*tx, look, id))
                wrong.push_back(like_ranked("/displayName"));
            if (!wrong.empty()) return invalid(std::move(wrong));
            account->display_name = *change.display_name;
            repository::set_display_look(*tx, id, look);
        }
        change.bio.apply_to(account->bio);
        change.website.apply_to(account->website);
        change.location.apply_to(account->location);
        change.avatar_url.apply_to(account->avatar_url);
        change.cover_image_url.apply_to(account->cover_image_url);
        if (change.is_private) account->is_private = *change.is_private;
        ++account->version;
        account->updated_at = clock_.now();
        db::update<&Account::display_name, &Account::bio, &Account::website, &Account::location, &Account::avatar_url,
            &Account::cover_image_url, &Account::is_private, &Account::version, &Account::updated_at>(*tx, *account);
        outbox_.emit(tx, UserUpdated{id, account->display_name});
        changed(tx, id);
        return std::move(*account);
    });
}

Result<Accounts::List> Accounts::list(repository::ListQuery query) {
    return database_.read([&](db::Connection& c) -> Result<List> { return List{repository::list(c, query), repository::total(c, query)}; });
}

Result<std::vector<std::optional<Accounts::Known>>> Accounts::find_known(std::span<UserId const> ids) {
    return people_.find(ids, [](db::Connection& c, std::span<UserId const> missing) {
        std::unordered_map<UserId, Known> read;
        for (auto const& account : db::find_many<Account>(c, missing))
            read.emplace(account.id, Known{to_person(account), account.status == Status::deleted ? Role::user : account.role});
        return read;
    });
}

Result<std::vector<Person>> Accounts::find_people(std::span<UserId const> ids) {
    MOZI_TRY(auto found, find_known(ids));
    std::vector<Person> out;
    out.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        out.push_back(found[i] ? std::move(found[i]->person) : Person{ids[i], "deleted", "Deleted account", std::nullopt});
    return out;
}

Result<Person> Accounts::get_person(UserId id) {
    MOZI_TRY(auto account, get(id));
    return to_person(account);
}

Result<bool> Accounts::is_moderator(UserId id) {
    MOZI_TRY(auto account, get(id));
    return account.role >= http::Role::moderator && account.status == Status::active;
}

Result<Role> Accounts::role_of(UserId id) {
    MOZI_TRY(auto const found, find_known({&id, 1}));
    return found.front() ? found.front()->role : Role::user;
}

Result<bool> Accounts::others_moderate(Role least, std::span<UserId const> besides) {
    return database_.read(
        [&](db::Connection& c) -> Result<bool> { return repository::others_moderate(c, std::max(least, Role::moderator), besides); });
}

void Accounts::changed(db::Transaction& tx, UserId id) {
    people_.forget(tx, id);
    if (people_topic_) tx.touch(*people_topic_);
}

Result<std::optional<std::string>> Accounts::new_setup_token() {
    return database_.write([&](db::Transaction& tx) -> Result<std::optional<std::string>> {
        if (repository::any_admin(*tx)) return std::optional<std::string>{};
        auto token = random_token();
        auto const hash = hex(crypto::sha256(token));
        tx->run("DELETE FROM setup_token");
        tx->run("INSERT INTO setup_token (token_sha256, created_at) VALUES (?, ?)", hash, clock_.now());
        tx.after_commit([this, hash] {
            std::scoped_lock const held(setup_mutex_);
            setup_hash_ = hash;
        });
        return std::optional{std::move(token)};
    });
}

namespace {

Error setup_done() {
    return {Code::gone, "setup.done", "An administrator exists already: the house is open. Sign in instead.", {.next = "/in"}};
}

Error other_setup_link() {
    return {Code::gone, "setup.link", "This is not the link that opens the house.",
        {.reason = "Each start of the server writes a new one, and parts of a link get lost when it is copied.",
            .next = "Copy the whole line of the file setup-link in the server's data folder, with everything behind the #."}};
}

} // namespace

Result<> Accounts::check_setup_token(std::string_view token) const {
    auto const hash = hex(crypto::sha256(token));
    std::unique_lock held(setup_mutex_);
    auto const right = crypto::equal(hash, setup_hash_);
    held.unlock();
    if (has_admin()) return setup_done();
    if (!right) return other_setup_link();
    return {};
}

Result<> Accounts::use_setup_token(db::Transaction& tx, std::string const& token) {
    if (repository::any_admin(*tx)) return setup_done();
    if (tx->run("DELETE FROM setup_token WHERE token_sha256 = ?", hex(crypto::sha256(token))) != 1) return other_setup_link();
    return {};
}

SubjectEntry Accounts::subject() {
    return {
        .kind = SubjectKind::user_profile,
        .missing = not_found("user.not_found"),
        .path = "/api/users",
        .find = [this](std::span<SubjectId const> ids, Asking const&) -> Result<std::vector<SubjectFacts>> {
            auto const people = ids_as<UserId>(ids);
            MOZI_TRY(auto const accounts,
                database_.read([&](db::Connection& c) -> Result<std::vector<Account>> { return db::find_many<Account>(c, people); }));
            std::vector<SubjectFacts> out;
            for (auto const& account : accounts)
                if (account.status != Status::deleted)
                    out.push_back({{SubjectKind::user_profile, subject_id(account.id)}, account.id, to_person(account).display_name,
                        std::nullopt, std::nullopt, account.hidden, true});
            return out;
        },
        .settle = [this](db::Transaction& tx, SubjectId id) -> Result<bool> {
            changed(tx, {id.value});
            return db::find<Account>(*tx, id).has_value();
        },
        .gone = std::nullopt,
        .takes = {.comments = false, .reactions = false},
    };
}

} // namespace mozi::user
