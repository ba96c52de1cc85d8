# Reads `ctest -V` and sums cases: prints "PASSED FAILED SKIPPED" and, for the caller, the numbers of the failed programs.
# A doctest program counts by its cases, a program that ends with "N passed, N failed" (", N skipped") by those, any other as one.
# One that fails without naming a failed case (a crash, a time-out) counts as one failure more.
# "skipped: CASE: WHY" is a case that doctest counted as passed and that did not run; "skipped in part: CASE: WHY" one that ran without a
# part of it, which is counted beside it.
/^[0-9]+: \[doctest\] test cases:/ {
  id = $1 + 0; split($0, part, "|"); known[id] = 1
  ok[id] += part[2] + 0; bad[id] += part[3] + 0; out[id] += part[4] + 0
}
/^[0-9]+: skipped: / {id = $1 + 0; ok[id]--; out[id]++}
/^[0-9]+: skipped in part: / {out[$1 + 0]++}
/^[0-9]+: [0-9]+ passed, [0-9]+ failed/ {id = $1 + 0; known[id] = 1; ok[id] += $2; bad[id] += $4; out[id] += $6}
/ Test +#[0-9]+: / {
  match($0, /#[0-9]+/); id = substr($0, RSTART + 1, RLENGTH - 1) + 0
  if ($0 ~ /\*\*\*Skipped/) {out[id]++; seen[id] = 1; next}
  if ($0 ~ / Passed +[0-9.]+ sec/) {if (!known[id]) ok[id] = 1; seen[id] = 1}
  else if ($0 ~ /\*\*\*/) {if (!bad[id]) bad[id] = 1; failed = failed " " id; seen[id] = 1}
}
END {
  for (id in seen) {passed += ok[id]; broken += bad[id]; skipped += out[id]}
  print passed + 0, broken + 0, skipped + 0 failed
}
