// A small program in ffmpeg's place: `PROGRAM deed NAME [NUMBER]`; called as ffmpeg is, it does nothing for ever. Built without
// sanitizers, whose own calls are not on any list.
#include "deeds.hpp"

#include <string_view>

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "-nostdin") return mozi::test::do_deed(argv[0], "wait-for-ever", "");
    return argc > 2 ? mozi::test::do_deed(argv[0], argv[2], argc > 3 ? argv[3] : "") : 98;
}
