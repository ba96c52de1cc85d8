// The media jail: the executable starts itself again as `videa-mozi media-jail …`, locks itself in, and becomes ffmpeg.
#pragma once

namespace mozi::media {

// The whole of the sub-command; `argv[0]` is "media-jail". Never returns into a running server: the process is either
// replaced or ends with the status of what it ran. Writes one line about its walls to descriptor 3 before it starts anything.
int media_jail_main(int argc, char** argv);

} // namespace mozi::media
