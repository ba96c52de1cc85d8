// A small program in ffmpeg's place: `PROGRAM deed NAME [NUMBER]`. Built without sanitizers, whose own calls are not on any list.
#include "deeds.hpp"

int main(int argc, char** argv) { return argc > 2 ? mozi::test::do_deed(argv[0], argv[2], argc > 3 ? argv[3] : "") : 98; }
