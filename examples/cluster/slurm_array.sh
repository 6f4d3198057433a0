#!/bin/bash
# SPDX-License-Identifier: MIT-0
# A run spread over a Slurm array. From the folder that all nodes share:
#   array=$(sbatch --parsable --array=0-3 slurm_array.sh MODEL DATA SUITE RUN)
#   sbatch --dependency=afterok:"$array" --wrap 'shakedown merge RUN/shard-* --out RUN/whole'
# A task that is requeued goes on where it was: units that are stored are not done again.
#SBATCH --job-name=shakedown
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
model=$1 data=$2 suite=$3 run=$4
out=$run/shard-$SLURM_ARRAY_TASK_ID
resume=()
[ ! -e "$out/run.db" ] || resume=(--resume)
exec "${SHAKEDOWN:-shakedown}" run --model "$model" --data "$data" --suite "$suite" --out "$out" \
  --shard auto --jobs "${SLURM_CPUS_PER_TASK:-1}" "${resume[@]}"
