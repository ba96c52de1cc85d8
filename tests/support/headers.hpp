// What the test programs read first, compiled once for all of them (mozi_test_headers in tests/CMakeLists.txt). A test still includes what
// it uses: g++ builds it without this.
#pragma once

#include <mozi/events/events.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>
