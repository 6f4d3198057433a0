#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests.
#   ./test.sh              all tests on an optimised build
#   ./test.sh --sanitize   with the address and undefined-behaviour sanitizers
#   ./test.sh --threads    with the thread sanitizer: what runs on several threads (perturbations by their property suite)
#   ./test.sh --lint       clang-format, clang-tidy, layering
source "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
install_packages packages.txt packages-test.txt
if [ -z "${SHAKEDOWN_REAL_DATA:-}" ] && [ -d ../shared/data ]; then
  SHAKEDOWN_REAL_DATA=$(cd ../shared/data && pwd)
  export SHAKEDOWN_REAL_DATA
fi
[ -n "${SHAKEDOWN_REAL_DATA:-}" ] || say "SHAKEDOWN_REAL_DATA is not set: tests on real data will say that they are skipped"

case "${1:-}" in
  "") preset=release ;;
  --sanitize) preset=asan ;;
  --threads) preset=tsan ;;
  --lint) exec scripts/lint.sh ;;
  *) echo "test.sh: '$1': --sanitize, --threads or --lint is accepted" >&2; exit 2 ;;
esac
build "$preset" -DSHAKEDOWN_BUILD_TESTS=ON
ctest --preset "$preset"
