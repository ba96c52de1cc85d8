// The response cache.
#include "cache.hpp"

namespace mozi::http {

std::vector<std::uint64_t> ResponseCache::versions(std::vector<db::Topic const*> const& topics) {
    std::vector<std::uint64_t> out;
    for (auto const* topic : topics) out.push_back(topic->version.load(std::memory_order_acquire));
    return out;
}

std::shared_ptr<CachedReply> ResponseCache::find(std::string_view key, std::vector<db::Topic const*> const& topics) {
    auto& shard = shards_[std::hash<std::string_view>{}(key) % shards];
    std::scoped_lock const held(shard.mutex);
    auto const found = shard.index.find(key);
    if (found == shard.index.end()) return nullptr;
    auto const at = found->second;
    for (std::size_t i = 0; i < topics.size(); ++i)
        if (topics[i]->version.load(std::memory_order_acquire) != at->reply->versions[i]) return nullptr;
    if (at != shard.order.begin()) shard.order.splice(shard.order.begin(), shard.order, at);
    return at->reply;
}

void ResponseCache::put(std::string key, std::shared_ptr<CachedReply> reply) {
    auto& shard = shards_[std::hash<std::string_view>{}(key) % shards];
    auto const bytes = key.size() + reply->head.size() + 2 * reply->bodies[0]->size() + 256;
    if (bytes > most_) return;
    std::scoped_lock const held(shard.mutex);
    auto const drop = [&](std::list<Entry>::iterator at) {
        shard.bytes -= at->bytes;
        shard.index.erase(at->key);
        shard.order.erase(at);
    };
    if (auto const old = shard.index.find(key); old != shard.index.end()) drop(old->second);
    while (!shard.order.empty() && shard.bytes + bytes > most_) drop(std::prev(shard.order.end()));
    shard.order.push_front({std::move(key), std::move(reply), bytes});
    shard.index.emplace(shard.order.front().key, shard.order.begin());
    shard.bytes += bytes;
}

std::pair<Spellings::Shelf&, Spellings::Place&> Spellings::place_of(std::string_view target) {
    auto const hash = std::hash<std::string_view>{}(target);
    auto& shelf = shelves_[hash % shelves_.size()];
    return {shelf, shelf.places[hash / shelves_.size() % shelf.places.size()]};
}

Spellings::Key Spellings::find(std::string_view target) {
    auto const [shelf, place] = place_of(target);
    std::scoped_lock const held(shelf.mutex);
    return place.target == target ? place.key : nullptr;
}

void Spellings::keep(std::string_view target, Key key) {
    if (target.size() > longest) return;
    auto const [shelf, place] = place_of(target);
    std::scoped_lock const held(shelf.mutex);
    place = {std::string(target), std::move(key)};
}

} // namespace mozi::http
