// What the rules of a field let in, the database takes: every text and list at its longest, every number at its largest, every choice.
#include "described.hpp"

#include "composition.hpp"

#include <mozi/base/text.hpp>
#include <mozi/user/module.hpp>

#include <functional>
#include <set>

using namespace mozi::test;
namespace bj = boost::json;

namespace {

// Characters of two bytes each, so that bytes are not taken for characters.
std::string longest(std::int64_t length) {
    std::string out;
    for (std::int64_t i = 0; i < length; ++i) out += "é";
    return out;
}

// A password: likewise, and nothing that is soon guessed.
std::string longest_password(std::int64_t length) {
    constexpr std::string_view letters[]{"é", "ű", "ß", "ø", "ñ", "ж", "λ"};
    std::string out;
    for (std::int64_t i = 0; i < length; ++i) out += letters[std::size_t(i * i + i / 5) % std::size(letters)];
    return out;
}

std::string padded(std::string begin, std::string const& end, std::int64_t length) {
    begin.append(std::size_t(length) - begin.size() - end.size(), 'x');
    return begin + end;
}

// 189 characters: with a local part of 64, the longest address there is (RFC 5321).
std::string host() { return padded("", ".", 60) + padded("", ".", 60) + padded("", ".", 60) + "a.example"; }

class Limits {
public:
    Limits() {
        title_ = made("POST", "/api/movies", ada_, R"({"title":"T","status":"RELEASED","posterUrl":"/p"})");
        comment_ = made("POST", "/api/movies/" + title_ + "/comments", ada_, R"({"content":"c"})");
        auto const upload = server_.ask("POST", "/api/uploads", ada_.access, "", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "5"}});
        auto const location = upload.header("Location");
        medium_ = location.substr(location.rfind('/') + 1);
    }

    // One operation whose every field is taken to its bound, in turn. `base`: a body that is fine; `again`: makes what the next needs.
    void walk(std::string const& method, std::string const& path, std::string const& base, Person const& who,
        std::function<std::pair<std::string, std::string>()> again = {}) {
        auto const& schema = body_of(method, path);
        walked_.insert(method + " " + path);
        for (auto const& [name, field] : schema.at("properties").as_object()) {
            if (name == "operatorToken" || name == "token" || name == "refreshToken" || name == "version") continue;
            auto all = values(described_.resolved(field), std::string(name));
            if (takes_null(field)) all.emplace_back(nullptr);
            for (auto const& value : all) {
                auto const [target, body] = again ? again() : std::pair{filled(path), base};
                auto document = bj::parse(body).as_object();
                document[name] = value;
                auto const reply = server_.ask(method, target, who.access, bj::serialize(document));
                CHECK_MESSAGE((reply.status / 100 == 2 || allowed(reply)), method << " " << path << " " << std::string(name) << " = "
                                                                                  << bj::serialize(value).substr(0, 80) << " → "
                                                                                  << reply.status << " " << reply.body);
                ++asked_;
            }
        }
    }

    std::string filled(std::string path) const {
        auto const id = path.find("/comments/{") != path.npos ? comment_
                        : path.find("/users/") != path.npos   ? ada_.id
                        : path.find("/media/") != path.npos   ? medium_
                                                              : title_;
        auto const from = path.find('{');
        return from == path.npos ? path : path.replace(from, path.find('}') - from + 1, id);
    }

    std::string made(std::string const& method, std::string const& target, Person const& who, std::string const& body) {
        auto const reply = server_.ask(method, target, who.access, body);
        REQUIRE_MESSAGE(reply.status / 100 == 2, reply.body);
        return text(reply.json().at("id"));
    }

    // Operations with a JSON body that nobody walked.
    std::vector<std::string> left() const {
        std::vector<std::string> out;
        for (auto const& operation : described_.operations)
            if (auto const name = operation.method + " " + operation.path; operation.body && !walked_.contains(name)) out.push_back(name);
        return out;
    }

    Folder folder_;
    Server server_{folder_.path / "data", {"limits.enabled=false"}};
    Person admin_ = first_admin(server_), moderator_ = appoint(server_, "moderator", "MODERATOR"), ada_ = join(server_, "ada"),
           ben_ = join(server_, "ben");
    std::string title_, comment_, medium_;
    int asked_ = 0, made_ = 0;

private:
    // A refusal for another reason than a bound: what it names is not there, or not now.
    static bool allowed(Reply const& reply) {
        return reply.status == 404 || reply.status == 409 || reply.status == 410 || reply.id() == "auth.credentials" ||
               reply.id() == "auth.refresh_token";
    }

    bj::object const& body_of(std::string const& method, std::string const& path) const {
        auto const at = std::ranges::find_if(
            described_.operations, [&](Operation const& operation) { return operation.method == method && operation.path == path; });
        REQUIRE((at != described_.operations.end() && at->body));
        return *at->body;
    }

    bj::array values(bj::object const& schema, std::string const& name) {
        if (auto const* choices = schema.if_contains("enum")) return choices->as_array();
        auto const kind = kind_of(schema);
        if (kind == "boolean") return {true, false};
        if (kind == "integer") return {number(schema, "minimum"), number(schema, "maximum")};
        if (kind == "array") {
            bj::array list;
            for (std::int64_t i = 0; i < number(schema, "maxItems"); ++i)
                list.emplace_back(
                    padded(std::to_string(i), "", number(described_.resolved(schema.at("items")), "maxLength") - 30) + longest(30));
            return bj::array{bj::value(list)};
        }
        auto const most = number(schema, "maxLength");
        auto const one = [](std::string const& value) { return bj::array{bj::value(value)}; };
        auto const format = schema.contains("format") ? text(schema.at("format")) : "";
        auto const unlike = std::to_string(++made_);
        if (name == "username") return one(padded("u" + unlike, "", most));
        if (schema.contains("pattern")) return {};
        if (format == "email") return one(padded("e" + unlike, "@" + host(), most));
        if (format == "uri-reference") return one(padded("https://a.example/", "", most));
        if (format == "date") return one("9999-12-31");
        if (name == "language" || name == "country") return one("hu");
        if (name == "content" && most > 1'000'000) return {}; // a whole file
        return one(format == "password" ? longest_password(most) : longest(most));
    }

    Description described_{server_};
    std::set<std::string> walked_;
};

} // namespace

TEST_CASE("whatever is within its bounds is kept, and nothing that the database refuses is within them") {
    Limits limits;
    auto& made = limits.made_;
    auto const fresh = [&](std::string const& more) {
        return [&, more] {
            auto const name = "fan" + std::to_string(++made);
            return std::pair{std::string("/api/auth/register"),
                R"({"email":")" + name + R"(@x.example","username":")" + name + R"(","password":"canary-password-3141")" + more + "}"};
        };
    };
    limits.walk("POST", "/api/auth/register", "", {}, fresh(""));
    limits.walk("POST", "/api/auth/login", R"({"emailOrUsername":"nobody","password":"x"})", {});
    limits.walk("POST", "/api/auth/refresh", R"({"refreshToken":"x"})", {});
    limits.walk(
        "POST", "/api/auth/setup", "", {}, [&] { return std::pair{std::string("/api/auth/setup"), fresh(R"(,"token":"x")")().second}; });
    limits.walk("POST", "/api/admin/users", "", limits.admin_,
        [&] { return std::pair{std::string("/api/admin/users"), fresh(R"(,"role":"USER")")().second}; });
    auto const somebody = [&](std::string const& act, std::string const& body) {
        return [&, act, body] {
            return std::pair{"/api/admin/users/" + join(limits.server_, "some" + std::to_string(++made)).id + act, body};
        };
    };
    limits.walk("PUT", "/api/admin/users/{id}/role", "", limits.admin_, somebody("/role", R"({"role":"USER","reason":"r"})"));
    limits.walk("POST", "/api/admin/users/{id}/password", "", limits.admin_, somebody("/password", R"({"reason":"r"})"));
    limits.walk("PUT", "/api/admin/maintenance", R"({"on":false,"reason":"r"})", limits.admin_);
    limits.walk("PUT", "/api/jobs/{id}", R"({"priority":"LOW"})", limits.admin_);
    limits.walk("PUT", "/api/admin/log", R"({"level":"info","seconds":0})", limits.admin_);
    limits.walk("POST", "/api/movies", R"({"title":"T"})", limits.ada_);
    limits.walk("PUT", "/api/movies/{id}", "{}", limits.ada_);
    limits.walk("PUT", "/api/movies/{id}", R"({"status":"RELEASED"})", limits.ada_);
    limits.made("PUT", "/api/movies/" + limits.title_, limits.ada_, R"({"status":"RELEASED"})");
    limits.walk("POST", "/api/movies/{id}/comments", R"({"content":"c"})", limits.ada_);
    limits.walk("PUT", "/api/comments/{id}", R"({"content":"c"})", limits.ada_);
    limits.walk("PUT", "/api/movies/{id}/like", "{}", limits.ada_);
    limits.walk("PUT", "/api/comments/{id}/like", "{}", limits.ada_);
    limits.walk("PUT", "/api/users/{id}", "{}", limits.ada_);
    limits.walk("POST", "/api/media/{id}/texts", R"({"language":"hu","content":"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"})", limits.ada_);

    auto const about = R"({"contentType":"COMMENT","contentId":")" + limits.comment_ + R"(","reportType":"SPAM")";
    limits.walk("POST", "/api/reports", about + "}", limits.ben_);
    // A report to decide on, each about a comment of its own; claimed.
    auto const reported = [&] {
        auto const comment = limits.made("POST", "/api/movies/" + limits.title_ + "/comments", limits.ada_, R"({"content":"c"})");
        auto const report = limits.made(
            "POST", "/api/reports", limits.ben_, R"({"contentType":"COMMENT","contentId":")" + comment + R"(","reportType":"SPAM"})");
        return report;
    };
    limits.walk("POST", "/api/reports/{id}/assign", "{}", limits.moderator_,
        [&] { return std::pair{"/api/reports/" + reported() + "/assign", std::string("{}")}; });
    limits.walk("POST", "/api/reports/{id}/resolve", "", limits.moderator_,
        [&] { return std::pair{"/api/reports/" + reported() + "/resolve", std::string(R"({"action":"HIDE","resolution":"r"})")}; });
    limits.walk("POST", "/api/moderation/actions/{actionId}/revert", "", limits.moderator_, [&] {
        auto const done = limits.server_.ask(
            "POST", "/api/reports/" + reported() + "/resolve", limits.moderator_.access, R"({"action":"HIDE","resolution":"r"})");
        REQUIRE_MESSAGE(done.status == 200, done.body);
        return std::pair{"/api/moderation/actions/" + text(done.json().at("actionId")) + "/revert", std::string(R"({"reason":"r"})")};
    });
    CHECK_MESSAGE(limits.left().empty(), limits.left().front());
    MESSAGE(limits.asked_ << " bounds");
}

TEST_CASE("the largest body that is valid is taken with every character of it escaped") {
    Limits limits;
    auto const text = [](std::size_t characters) {
        std::string out = "\"";
        for (std::size_t i = 0; i < characters; ++i) out += "\\ud83c\\udfac"; // 🎬 in twelve bytes
        return out + "\"";
    };
    auto const list = [&](std::size_t count, std::size_t characters) {
        std::string out = "[";
        for (std::size_t i = 0; i < count; ++i) out += (i ? "," : "") + text(characters);
        return out + "]";
    };
    std::string poster;
    for (char const c : padded("https://a.example/", "", 500)) poster += "\\u00" + mozi::hex({&c, 1});
    auto const title = "{\"title\":" + text(500) + ",\"description\":" + text(5000) + ",\"director\":" + text(200) +
                       ",\"cast\":" + list(50, 100) + ",\"posterUrl\":\"" + poster + "\"}";
    CHECK(title.size() > 128 * 1024);
    auto const made = limits.server_.ask("POST", "/api/movies", limits.ada_.access, title);
    CHECK_MESSAGE(made.status == 201, made.body);
    CHECK(limits.server_.ask("PUT", "/api/movies/" + limits.title_, limits.ada_.access, title).status == 200);
    auto const address = "/api/movies/" + limits.title_;
    CHECK(limits.server_.ask("PUT", address, limits.ada_.access, std::string(1 << 20, ' ') + title).status == 413);
    for (auto const* date : {"0000-01-01", "0000-12-31"}) {
        auto const refused = limits.server_.ask("PUT", address, limits.ada_.access, "{\"releaseDate\":\"" + std::string(date) + "\"}");
        CHECK(refused.status == 422);
        CHECK(refused.body.find("field.date") != std::string::npos);
    }
    CHECK(limits.server_.ask("PUT", address, limits.ada_.access, R"({"releaseDate":"0001-01-01"})").status == 200);
}
