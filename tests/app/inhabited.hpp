// A whole house with one of each kind of thing, and people who report and decide.
#pragma once

#include "of_each_kind.hpp"
#include "support.hpp"

namespace mozi::test {

struct Inhabited {
    Folder folder;
    app::House house;
    OfEachKind of;
    bool serves = false;

    explicit Inhabited(app::Purpose purpose)
        : house(settings_of(folder.path / "data", ""), purpose, [](std::string const& why) { FAIL(why); }), of(fill(house)) {
        if (serves = purpose == app::Purpose::serve; serves) house.start();
    }
    ~Inhabited() {
        if (serves) house.stop(std::chrono::seconds(1));
    }

    Answer ask(net::Method method, std::string const& target, std::string const& token, std::string body = {}) {
        return test::ask(house.gateway(), method, target, token, std::move(body));
    }
    std::string join(std::string const& name, http::Role role) {
        REQUIRE(house.users().create_account(name + "@example.org", name, std::string(password), role));
        auto const in = ask(net::Method::post, "/api/auth/login", "",
            R"({"emailOrUsername":")" + name + R"(","password":")" + std::string(password) + "\"}");
        REQUIRE_MESSAGE(in.status == 200, in.text);
        return std::string(in.at("tokens").at("accessToken").as_string());
    }
    // Reported by one, hidden by another; the action.
    std::string hide(Subject const& subject, std::string const& reporter, std::string const& judge) {
        auto const reported = ask(net::Method::post, "/api/reports", reporter,
            R"({"reportType":"SPAM","contentType":")" + std::string(to_text(subject.kind)) + R"(","contentId":")" + subject.id.text() +
                "\"}");
        REQUIRE_MESSAGE(reported.status == 201, reported.text);
        auto const hidden = ask(net::Method::post, "/api/reports/" + reported.id() + "/resolve", judge,
            R"({"action":"HIDE","resolution":"Against the rules."})");
        REQUIRE_MESSAGE(hidden.status == 200, hidden.text);
        if (serves) REQUIRE(house.dispatcher().settle(std::chrono::seconds(10)));
        return hidden.text_of("actionId");
    }
};

} // namespace mozi::test
