#!/usr/bin/env bash
# The sweep of a missing-data paper: 11 rates x 5 seeds x 3 kinds of masks over 686 samples of MOSI's shape. Prints what the
# run costs beside its model, and the peak of anonymous memory with 6 and with 165 corrupted cells.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
install_packages packages.txt packages-bench.txt
build release -DSHAKEDOWN_BUILD_BENCHMARKS=ON -DSHAKEDOWN_BUILD_TESTS=OFF
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 bench/sweep_data.py "$folder"
# Of these settings the one with the fastest bare calls is the yardstick.
for setting in "1 32 3 1" "2 32 3 1" "1 32 3 2"; do
  # shellcheck disable=SC2086
  build/release/bench/run_ratio "$folder/sweep.yaml" "$folder/sweep.pkl" "$folder/sweep_suite.yaml" $setting
done
for suite in small sweep; do
  echo "$suite:"
  python3 bench/peak_memory.py build/release/cli/shakedown "$folder/$suite" --model "$folder/sweep.yaml" --data "$folder/sweep.pkl" \
    --suite "$folder/${suite}_suite.yaml" --jobs 2
done
