#!/bin/sh
# Time and peak memory of compare, gate and baseline on two runs of 200 cells x 5,000 samples: bench/compare.sh [build folder]
set -eu
build=${1:-build/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/bench/compare_runs" "$folder"
printf 'schema: shakedown.policy/1\nextends: recommended\n' > "$folder/gate.yaml"
measure() {
  name=$1
  shift
  code=0
  /usr/bin/time -f "$name: %e s, processor %U + %S s, %M KiB" "$@" > "$folder/out" 2> "$folder/err" || code=$?
  tail -1 "$folder/err"
  [ "$code" -le 1 ] || { cat "$folder/err" >&2; exit "$code"; }
}
measure compare "$build/cli/shakedown" compare "$folder/before" "$folder/after"
measure "compare --interval bootstrap-t" "$build/cli/shakedown" compare "$folder/before" "$folder/after" --interval bootstrap-t
measure gate "$build/cli/shakedown" gate --baseline "$folder/before" --candidate "$folder/after" --policy "$folder/gate.yaml"
measure baseline "$build/cli/shakedown" baseline "$folder/before" --out "$folder/baseline.json"
measure "gate on a baseline file" "$build/cli/shakedown" gate --baseline "$folder/baseline.json" --candidate "$folder/after" --policy "$folder/gate.yaml"
