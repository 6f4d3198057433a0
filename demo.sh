#!/usr/bin/env bash
# Installs what is missing, builds, stress-tests the two checkpoints of models/reference on the test clips of
# examples/talking_heads, compares them, and says what it found and where the reports are.
#   ./demo.sh           cells of examples/talking_heads/demo.yaml: minutes
#   ./demo.sh --full    suite `standard`
# DEMO_OUT names another folder than runs/demo.
source "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
suite=examples/talking_heads/demo.yaml
case "${1:-}" in
  "") ;;
  --full) suite=standard ;;
  *) echo "demo.sh: '$1': nothing or --full is accepted" >&2; exit 2 ;;
esac
install_packages packages.txt
build release -DSHAKEDOWN_BUILD_TESTS=OFF
shakedown=$root/build/release/cli/shakedown
out=${DEMO_OUT:-runs/demo}
rm -rf "$out"
started=$SECONDS

say "stress-testing plain.pt and robust.pt on 336 clips of 24 speakers (synthetic: drawn faces, espeak-ng speech)"
"$shakedown" run --model models/reference/plain.pt --model models/reference/robust.pt \
  --data examples/talking_heads --suite "$suite" --out "$out" >/dev/null
say "one clip before and after"
"$shakedown" preview --data examples/talking_heads --sample 'spk41$_$0003' --suite "$suite" --out "$out/preview.html" >/dev/null
say "comparing"
"$shakedown" compare "$out/plain" "$out/robust" --html "$out/compare.html" >"$out/compare.txt"

# gate BASELINE CANDIDATE: one line, the last that the gate prints; its exit code is 0 passed, 1 failed, 5 inconclusive.
gate() {
  local code=0 page=$out/gate_${1}_to_$2
  "$shakedown" gate --baseline "$out/$1" --candidate "$out/$2" --policy examples/talking_heads/gate.yaml \
    --html "$page.html" >"$page.txt" || code=$?
  [ "$code" -eq 0 ] || [ "$code" -eq 1 ] || [ "$code" -eq 5 ] || exit "$code"
  echo "may $2 replace $1? exit code $code: $(tail -n 1 "$page.txt")"
}

say "plain -> robust, with the 95 % bounds of the difference: positive, robust is better"
grep -E '^(clean#0|stress_mean(\[(text|audio|video|seen|unseen)\])?|information_loss) ' "$out/compare.txt"
gate plain robust
gate robust plain

say "reports ($((SECONDS - started)) s after the build)"
for file in plain/report.html robust/report.html compare.html preview.html gate_plain_to_robust.html gate_robust_to_plain.html; do
  echo "$(cd "$out" && pwd)/$file"
done
