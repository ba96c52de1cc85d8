// tus 1.0 at /api/media/uploads.
#pragma once

#include "uploads/uploads.hpp"

#include <atomic>
#include <limits>

namespace mozi::media {

class UploadsHttp {
public:
    UploadsHttp(Uploads& uploads, Places const& places, Settings const& settings)
        : uploads_(uploads), places_(places), settings_(settings) {}
    std::vector<http::Route> routes();

private:
    struct One {
        MediaId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    struct Part {
        MediaId id;
        std::int64_t from = 0, to = 0;
        static constexpr auto fields() {
            using json::field;
            constexpr auto most = std::numeric_limits<std::int64_t>::max();
            return std::tuple{field("id", &Part::id, {.where = json::Where::path}),
                field("from", &Part::from, {.min = 0, .max = most, .where = json::Where::query, .help = "First byte."}),
                field("to", &Part::to,
                    {.min = 1,
                        .max = most,
                        .where = json::Where::query,
                        .help = "After the last byte: at most 16 MiB further, and no more than has arrived."})};
        }
    };
    struct UploadDigest {
        std::int64_t from = 0, to = 0;
        std::string sha256;
        static constexpr auto fields() {
            using json::field;
            return std::tuple{field("from", &UploadDigest::from), field("to", &UploadDigest::to),
                field("sha256", &UploadDigest::sha256, {.help = "In hexadecimal digits."})};
        }
    };
    Result<http::Answer> options(http::Call& call, http::Empty const&);
    Result<http::Answer> options_of_one(http::Call& call, One const&);
    Result<http::Empty> create(http::Call& call, http::Empty const&);
    Result<http::Answer> look(http::Call& call, One const& in);
    Result<http::Answer> append(http::Call& call, One const& in);
    Result<UploadDigest> digest(http::Call& call, Part const& in);
    Result<http::Empty> terminate(http::Call& call, One const& in);

    Result<std::shared_ptr<net::BodySink>> open_creation(http::Call& call);
    Result<std::shared_ptr<net::BodySink>> open_chunk(http::Call& call);
    http::Answer say_what_is_spoken(http::Call& call) const;

    Uploads& uploads_;
    Places const& places_;
    Settings const& settings_;
    std::atomic<int> digests_{0}; // being made
};

} // namespace mozi::media
