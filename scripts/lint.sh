#!/usr/bin/env bash
# clang-format, layering and clang-tidy over the whole tree. LibTorch's headers do not parse in clang-tidy 14
# with C++20, so the one file that includes them is left out.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mapfile -t files < <(git ls-files '*.cpp' '*.h')
say "clang-format"
clang-format --dry-run -Werror "${files[@]}"
say "layering"
cmake -DROOT="$root" -P tests/layering.cmake
say "clang-tidy"
cmake --preset dev >/dev/null
git ls-files '*.cpp' | grep -Ev '^(tests|bench|examples)/|torch_' |
  xargs -P "$(nproc)" -n 1 clang-tidy -quiet -p build/dev --extra-arg=-Wno-unknown-warning-option  # GCC's -Wno-restrict
