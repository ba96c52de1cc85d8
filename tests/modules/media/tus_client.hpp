// What the tests of uploads say of tus.
#pragma once

#include "house.hpp"

#include "uploads/tus.hpp"

#include <mozi/base/text.hpp>

namespace mozi::test {

using net::Method;

inline std::vector<std::string> with(std::vector<std::string> more) {
    more.insert(more.begin(), "tus-resumable: 1.0.0");
    return more;
}

inline std::string announce(House& house, std::vector<std::string> headers, std::string_view who = ada) {
    auto const made = house.ask(Method::post, "/api/media/uploads", who, with(std::move(headers)));
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.header("Tus-Resumable") == "1.0.0");
    CHECK_FALSE(made.header("Upload-Expires").empty());
    return made.header("Location");
}

inline Answer send(House& house, std::string const& where, std::int64_t offset, std::string const& bytes,
    std::vector<std::string> more = {}, std::string_view who = ada) {
    more.push_back("upload-offset: " + std::to_string(offset));
    more.push_back("content-type: application/offset+octet-stream");
    return house.ask(Method::patch, where, who, with(std::move(more)), bytes);
}

inline House::Begun begin_chunk(House& house, std::string const& where, std::int64_t offset, std::uint64_t length,
    std::vector<std::string> more = {}, std::string_view who = ada) {
    more.push_back("upload-offset: " + std::to_string(offset));
    more.push_back("content-type: application/offset+octet-stream");
    return house.begin(Method::patch, where, who, with(std::move(more)), length);
}

inline std::int64_t offset_of(House& house, std::string const& where) {
    auto const head = house.ask(Method::head, where, ada, with({}));
    REQUIRE(head.status == 200);
    return std::stoll(head.header("Upload-Offset"));
}

inline std::string checksum(media::tus::Algorithm algorithm, std::string_view name, std::string const& bytes) {
    media::tus::Digest digest(algorithm);
    digest.add(bytes);
    return "upload-checksum: " + std::string(name) + " " + base64(digest.finish());
}

} // namespace mozi::test
