// Which system calls a jailed program may make: calls.list, read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

// One argument of a call, held against a value.
struct Condition {
    enum class Of { low_bits, whole, self };
    int argument = 0;
    Of of = Of::low_bits;
    std::uint32_t mask = 0xffffffff, value = 0;
};

struct CallRule {
    enum class Answer { allow, first, error };
    std::string_view name, programs;
    int number = -1; // -1: this machine has no such call
    std::vector<Condition> when; // all of them
    Answer answer = Answer::allow;
    int error = 0; // errno that is answered
    std::string_view why;
    // Whether it speaks of this program ("ffmpeg", "ffprobe").
    bool is_for(std::string_view program) const;
};

struct CallList {
    std::vector<CallRule> rules;
    std::string fault; // a line that was not understood; then there are no rules
};

// Thread-safe; reads the list once.
CallList const& call_list();
// "socket"; empty where the headers this was built with know none.
std::string_view name_of_call(int number);

} // namespace mozi::media
