#!/bin/sh
# Time, peak memory and size of the report of one run of 1,000 cells x 5,000 samples: bench/report_scale.sh [build folder [cells [samples]]]
set -eu
build=${1:-build/release}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/bench/compare_runs" "$folder" "${2:-1000}" "${3:-5000}" 1
du -m "$folder/before/run.db" | sed 's/\t.*/ MiB of run.db/'
cat "$folder/before/run.db" > /dev/null # in memory, as after a run
for format in html json csv markdown; do
  /usr/bin/time -f "$format: %e s, processor %U + %S s, %M KiB" \
    "$build/cli/shakedown" report "$folder/before" --format "$format" --out "$folder/report" > "$folder/log" 2> "$folder/err" ||
    { cat "$folder/err" >&2; exit 1; }
  printf '%s; %s bytes\n' "$(tail -1 "$folder/err")" "$(wc -c < "$folder/report")"
done
