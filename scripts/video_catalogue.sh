#!/bin/sh
# One contact sheet of all video perturbations at severities 1 to 5, with the share of frames in which the face cascade still
# finds the face: scripts/video_catalogue.sh [BUILD [OUT.jpg [PICTURE-OR-CLIP...]]]. Without files: a face of the demo.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build/release}
out=${2:-$root/docs/pictures/video_catalogue.jpg}
[ $# -ge 2 ] && shift 2 || shift $#
[ $# -gt 0 ] || set -- "$root/examples/talking_heads/Raw/spk41/0001.mp4"
mkdir -p "$(dirname "$out")"
"$build/tests/perturb/video_catalogue" "$out" --width 600 --donor "$root/examples/talking_heads/Raw/spk44/0002.mp4" "$@"
