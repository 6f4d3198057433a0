#!/usr/bin/env bash
# Installs what is missing, builds, stress-tests the two checkpoints of examples/demo on its clips, compares
# them, and says where the reports are. DEMO_OUT names another folder than runs/demo.
source "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
install_packages packages.txt
build release -DSHAKEDOWN_BUILD_TESTS=OFF
shakedown=$root/build/release/cli/shakedown
out=${DEMO_OUT:-runs/demo}
rm -rf "$out"

say "stress-testing two checkpoints on the embedded clips (synthetic: drawn faces, espeak-ng speech)"
"$shakedown" run --model examples/demo/plain.pt --model examples/demo/robust.pt --data examples/demo/clips \
  --suite examples/demo/demo.yaml --out "$out"

say "is robust.pt less robust than plain.pt?"
code=0
"$shakedown" gate --baseline "$out/plain" --candidate "$out/robust" --policy examples/demo/policy.yaml \
  --html "$out/gate.html" | tail -n 1 || code=$?
say "the gate's exit code: $code (0 passed or inconclusive, 1 failed)"
"$shakedown" compare "$out/plain" "$out/robust" --html "$out/compare.html" >/dev/null

say "reports"
for file in plain/report.html robust/report.html compare.html gate.html; do
  echo "$(cd "$out" && pwd)/$file"
done
