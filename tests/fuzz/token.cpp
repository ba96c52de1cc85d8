// Access tokens. Oracle: nothing but the very token that was signed verifies.
#include <mozi/crypto/crypto.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    static mozi::Time const now{std::chrono::seconds(1'800'000'000)};
    static std::string const key(32, 'k');
    static std::string const good = mozi::crypto::sign_token(key, {1, 2, 1'800'000'000, 1'800'000'900});
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    if (mozi::crypto::verify_token(key, input, now) && input != good) std::abort();
    // The good one with the input's bytes laid over it.
    auto altered = good;
    for (std::size_t i = 0; i + 1 < size; i += 2) altered[(data[i] * 256u + data[i + 1]) % altered.size()] = char(data[i + 1]);
    if (mozi::crypto::verify_token(key, altered, now) && altered != good) std::abort();
    return 0;
}
