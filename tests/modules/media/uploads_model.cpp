// tus 1.0: thousands of random requests against a model of it.
#include "tus_client.hpp"

#include <map>
#include <random>

using namespace mozi;
using namespace mozi::test;

// proves S22
TEST_CASE("thousands of random requests agree with a model of the protocol, however often connections die and are replaced") {
    House house(House::Jobs::idle, {.open_uploads = 10'000, .unused_films = 10'000});
    // A connection under way. Only the last one of an upload may write, and with a checksum nothing of it counts before its end.
    struct Connection {
        House::Begun begun;
        bool current = true, checked = false;
        std::string written, announced;
    };
    struct Model {
        std::string bytes;
        std::optional<std::size_t> size;
        std::vector<Connection> connections;
        bool complete() const { return size && bytes.size() == *size; }
        void replace_connections() {
            for (auto& connection : connections) connection.current = false;
        }
    };
    std::map<std::string, Model> model;
    std::mt19937 random(2026);
    auto const below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    auto const some = [&](std::size_t most) {
        std::string bytes(below(most), '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        return bytes;
    };
    auto const check = [&](std::string const& where, Model const& known) {
        REQUIRE(offset_of(house, where) == static_cast<std::int64_t>(known.bytes.size()));
        REQUIRE(house.ask(Method::head, where, ada, with({})).header("Upload-Length") == (known.size ? std::to_string(*known.size) : ""));
        REQUIRE(house.get(where, ada).text == known.bytes);
    };
    auto const begin = [&](std::string const& where, Model& known) {
        if (!known.size || known.complete()) return;
        Connection fresh;
        fresh.checked = below(3) == 0;
        fresh.announced = some(std::min<std::size_t>(1500, *known.size - known.bytes.size() + 1));
        std::vector<std::string> headers;
        if (fresh.checked) headers.push_back(checksum(media::tus::Algorithm::sha1, "sha1", fresh.announced));
        fresh.begun = begin_chunk(house, where, static_cast<std::int64_t>(known.bytes.size()), fresh.announced.size(), headers);
        REQUIRE(fresh.begun.accept.sink);
        known.replace_connections();
        known.connections.push_back(std::move(fresh));
    };
    auto const go_on = [&](Model& known) {
        if (known.connections.empty()) return;
        auto& connection = known.connections[below(known.connections.size())];
        auto const rest = connection.announced.substr(connection.written.size());
        auto const part = rest.substr(0, below(rest.size() + 1));
        auto const more = connection.begun.accept.sink->write(part);
        REQUIRE((more == net::BodySink::More::yes) == connection.current);
        if (!connection.current) return;
        connection.written += part;
        if (!connection.checked) known.bytes += part;
    };
    auto const end = [&](Model& known) {
        if (known.connections.empty()) return;
        auto const which = static_cast<std::ptrdiff_t>(below(known.connections.size()));
        auto connection = std::move(known.connections[static_cast<std::size_t>(which)]);
        known.connections.erase(known.connections.begin() + which);
        auto const whole = connection.written == connection.announced;
        if (connection.current && !whole) return connection.begun.accept.sink->finish(false); // it dies
        if (connection.current) connection.begun.accept.sink->finish(true);
        auto const answer = house.end(std::move(connection.begun));
        INFO(answer.text);
        REQUIRE(answer.status == (connection.current ? 204 : 400));
        if (!connection.current) REQUIRE(answer.id() == "upload.taken_over");
        else if (connection.checked) known.bytes += connection.announced;
    };
    for (int round = 0; round < 5000; ++round) {
        if (model.empty() || below(12) == 0) {
            if (below(3) == 0) model[announce(house, {"upload-defer-length: 1"})];
            else {
                auto const size = 1 + below(4000);
                model[announce(house, {"upload-length: " + std::to_string(size)})].size = size;
            }
            continue;
        }
        auto at = std::next(model.begin(), static_cast<std::ptrdiff_t>(below(model.size())));
        auto const& where = at->first;
        auto& known = at->second;
        auto const bytes = some(1500);
        auto const offset = below(6) == 0 ? known.bytes.size() + 1 + below(5) : known.bytes.size();
        auto const lying = below(8) == 0, checked = below(3) == 0;
        std::vector<std::string> headers;
        if (checked) headers.push_back(checksum(media::tus::Algorithm::sha256, "sha256", lying ? bytes + "!" : bytes));
        auto const declares = !known.size && below(4) == 0;
        auto const declared = known.bytes.size() + bytes.size() + below(500);
        if (declares) headers.push_back("upload-length: " + std::to_string(declared));
        switch (below(14)) {
        case 0:
            REQUIRE(house.ask(Method::delete_, where, ada, with({})).status == 204);
            REQUIRE(house.get(where, ada).status == 404);
            for (auto& connection : known.connections)
                REQUIRE(connection.begun.accept.sink->write(bytes + "!") == net::BodySink::More::stop);
            model.erase(at);
            continue;
        case 1: REQUIRE(send(house, where, static_cast<std::int64_t>(offset), bytes, headers, ben).status == 404); break;
        case 2:
        case 3: begin(where, known); break;
        case 4:
        case 5:
        case 6: go_on(known); break;
        case 7: end(known); break;
        default: {
            auto const fits = !known.size || bytes.size() <= *known.size - known.bytes.size();
            auto const expected = offset != known.bytes.size() ? 409 : !fits ? 413 : checked && lying ? 460 : 204;
            auto const answer = send(house, where, static_cast<std::int64_t>(offset), bytes, headers);
            INFO(answer.text);
            REQUIRE(answer.status == expected);
            if (expected == 204 || expected == 460) known.replace_connections();
            if (expected == 204) {
                known.bytes += bytes;
                if (declares) known.size = declared;
            }
        }
        }
        check(where, known);
        if (known.complete()) REQUIRE(house.media(where.substr(where.rfind('/') + 1)).at("status") == "PROCESSING");
        if (known.connections.empty() && (known.complete() || below(20) == 0)) model.erase(where);
    }
}

TEST_CASE("metadata and checksums survive random bytes") {
    std::mt19937 random(3);
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 60, '\0');
        for (auto& c : text) c = random() % 3 ? "filename, YWJj=sha1"[random() % 19] : static_cast<char>(random());
        if (auto const read = media::tus::read_metadata(text)) {
            CHECK_FALSE(read->filename.empty());
            CHECK(is_utf8(read->filename));
            CHECK(length_utf8(read->filename) <= 255);
            CHECK(read->filename.find('/') == std::string::npos);
        }
        (void)media::tus::read_checksum(text);
        if (auto const number = media::tus::read_number("x", text)) CHECK(*number >= 0);
    }
}
