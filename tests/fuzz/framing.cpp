// Heads and chunked bodies. Oracle: what is accepted says one thing only, and reading it in pieces says the same.
#include <mozi/net/head_judge.hpp>

#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void heads(std::string_view input) {
    mozi::net::HeadLimits const limits;
    std::size_t resume = 0;
    auto const whole = mozi::net::scan_head(input, resume, limits);
    // The same bytes one more at a time end in the same place.
    std::size_t step = 0;
    mozi::net::HeadScan grown;
    for (std::size_t n = 1; n <= input.size() && grown.state == mozi::net::HeadScan::State::incomplete; ++n)
        grown = mozi::net::scan_head(input.substr(0, n), step, limits);
    require(grown.state == whole.state && (whole.state != mozi::net::HeadScan::State::complete || grown.end == whole.end));
    if (whole.state != mozi::net::HeadScan::State::complete) return;
    require(whole.end <= input.size() && whole.end <= limits.head_bytes);
    auto const facts = mozi::net::check_head(input.substr(0, whole.end), limits);
    if (facts.refusal) return;
    require(!(facts.chunked && facts.content_length) && !(facts.chunked && facts.http10));
    require(facts.http10 || !facts.host.empty());
    require(facts.target == "*" || facts.target.starts_with('/'));
    require(facts.target.find_first_of("\r\n \0", 0, 4) == facts.target.npos);
}

void chunks(std::string input) {
    std::string whole = input, pieces;
    mozi::net::ChunkDecoder at_once, bit_by_bit;
    auto const first = at_once.decode({whole.data(), whole.size()});
    bool done = false, refused = false;
    for (std::size_t i = 0; i < input.size() && !done && !refused; ++i) {
        char byte = input[i];
        auto const step = bit_by_bit.decode({&byte, 1});
        if (step.payload) pieces += byte;
        done = step.done;
        refused = bool(step.refusal);
    }
    require(first.consumed <= input.size() && first.payload <= first.consumed);
    if (first.refusal) return require(refused);
    require(done == first.done && pieces == whole.substr(0, first.payload));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string const input(reinterpret_cast<char const*>(data), size);
    heads(input);
    chunks(input);
    return 0;
}
