// Refusals that tests meet: each is checked against what its route declares, and noted for the rule that every declared one is met.
#pragma once

#include <string>
#include <string_view>

namespace mozi::test {

// Fails the test when the operation at this address, of those in docs/api/openapi.json, does not declare the id of this problem document
// and it is none that any route may answer. Where MOZI_MET names a file, the ids are added to it: "operation id" lines. Thread-safe.
void meet(std::string_view method, std::string_view target, std::string_view problem);

} // namespace mozi::test
