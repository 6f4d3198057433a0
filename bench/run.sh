#!/usr/bin/env bash
# Builds and runs all benchmarks: throughput of each perturbation, then what a run costs beside its model.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
install_packages packages.txt packages-bench.txt
build release -DSHAKEDOWN_BUILD_BENCHMARKS=ON -DSHAKEDOWN_BUILD_TESTS=OFF
build/release/bench/perturb_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
for jobs in 1 2; do
  build/release/bench/run_ratio models/reference/plain.pt examples/talking_heads bench/cells.yaml "$jobs" 8 3
done
# Audio beside what Debian packages offer. Video beside the OpenCV calls that do the bare work and, where a checkout of
# bethgelab/imagecorruptions is given (IMAGECORRUPTIONS=path), beside that. Limits that are missed are printed, not fatal.
/usr/bin/python3 bench/audio_peers.py build/release/bench/perturb_bench | tee build/audio_peers.txt
build/release/bench/video_ratio 5 | tee build/video_ratio.txt || true
if [[ -n ${IMAGECORRUPTIONS:-} ]]; then /usr/bin/python3 bench/video_peers.py "$IMAGECORRUPTIONS" build/video_ratio.txt; fi
