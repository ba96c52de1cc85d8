// Replies to visitors, kept as long as what they were built from stands. Bounded by bytes, least recently used goes first.
#pragma once

#include "compress.hpp"

#include <mozi/db/database.hpp>

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace mozi::http {

struct CachedReply {
    std::vector<std::uint64_t> versions; // of the route's topics, read before the reply was built
    std::string head; // all lines that do not depend on the request
    std::string type; // Content-Type
    std::string tag; // of the thing; each coding's ETag follows from it
    std::array<std::shared_ptr<std::string const>, codings> bodies; // by coding; made when first asked for
    std::mutex making;
};

class ResponseCache {
public:
    explicit ResponseCache(std::size_t most_bytes) : most_(most_bytes / shards) {}
    std::shared_ptr<CachedReply> find(std::string_view key, std::vector<db::Topic const*> const& topics);
    void put(std::string key, std::shared_ptr<CachedReply> reply);
    static std::vector<std::uint64_t> versions(std::vector<db::Topic const*> const& topics);

private:
    static constexpr std::size_t shards = 8;
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Entry {
        std::string key;
        std::shared_ptr<CachedReply> reply;
        std::size_t bytes;
    };
    struct Shard {
        std::mutex mutex;
        std::list<Entry> order;
        std::unordered_map<std::string_view, std::list<Entry>::iterator> index;
        std::size_t bytes = 0;
    };
    std::size_t most_;
    std::array<Shard, shards> shards_;
};

// What was asked, by how it was spelled, so that a spelling is read once. Bounded: a place holds one, and forgets it for another.
// Thread-safe.
class Spellings {
public:
    using Key = std::shared_ptr<std::string const>;
    Key find(std::string_view target);
    void keep(std::string_view target, Key key);

private:
    static constexpr std::size_t places = 4096, longest = 512; // bytes of a target
    struct Place {
        std::string target;
        Key key;
    };
    struct Shelf {
        std::mutex mutex;
        std::array<Place, places / 16> places;
    };
    // That of the target; its shelf is to be locked.
    std::pair<Shelf&, Place&> place_of(std::string_view target);
    std::array<Shelf, 16> shelves_;
};

} // namespace mozi::http
