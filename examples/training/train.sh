#!/usr/bin/env bash
# Builds the trainer and makes models/reference/plain.pt and robust.pt again. TRAIN_OUT names another folder for them,
# TRAIN_DATA another data set. Two processes of one thread each; the same CPU type and packages give the same weights.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
install_packages packages.txt
build release -DSHAKEDOWN_BUILD_TRAINING=ON -DSHAKEDOWN_BUILD_TESTS=OFF
train=build/release/examples/training/shakedown_train
out=${TRAIN_OUT:-models/reference}
data=${TRAIN_DATA:-examples/talking_heads}
pool=$(mktemp --suffix=.pt)
trap 'rm -f "$pool"' EXIT
mkdir -p "$out"

say "clips through the front ends, clean and corrupted (train and valid; the test split is not read)"
"$train" prepare --data "$data" --suite examples/training/seen.yaml --rows 5 --pool "$pool"
say "training plain and robust side by side"
"$train" fit --pool "$pool" --name plain --epochs 18 --out "$out/plain.pt" &
plain=$!
"$train" fit --pool "$pool" --name robust --robust --epochs 24 --out "$out/robust.pt"
wait "$plain"
say "$out/plain.pt and $out/robust.pt are written ($SECONDS s)"
