# Reads `ctest -V` and sums cases: prints "PASSED FAILED" and, for the caller, the numbers of the failed programs.
# A doctest program counts by its cases, a program that ends with "N passed, N failed" by those, any other as one. One
# that fails without naming a failed case (a crash, a time-out) counts as one failure more.
/^[0-9]+: \[doctest\] test cases:/ {
  id = $1 + 0; split($0, part, "|"); known[id] = 1
  ok[id] += part[2] + 0; bad[id] += part[3] + 0
}
/^[0-9]+: [0-9]+ passed, [0-9]+ failed/ {id = $1 + 0; known[id] = 1; ok[id] += $2; bad[id] += $4}
/ Test +#[0-9]+: / {
  match($0, /#[0-9]+/); id = substr($0, RSTART + 1, RLENGTH - 1) + 0
  if ($0 ~ /\*\*\*Skipped/) next
  if ($0 ~ / Passed +[0-9.]+ sec/) {if (!known[id]) ok[id] = 1; seen[id] = 1}
  else if ($0 ~ /\*\*\*/) {if (!bad[id]) bad[id] = 1; failed = failed " " id; seen[id] = 1}
}
END {for (id in seen) {passed += ok[id]; broken += bad[id]}; print passed + 0, broken + 0 failed}
