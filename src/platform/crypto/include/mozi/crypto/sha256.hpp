// SHA-256 of what comes piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace mozi::crypto {

class Sha256 {
public:
    Sha256();
    void add(std::string_view bytes);
    std::string finish(); // 32 raw bytes; once

private:
    std::shared_ptr<void> state_;
};

} // namespace mozi::crypto
