#!/bin/sh
#SBATCH --job-name=keystop-audit
#SBATCH --array=0-49
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=12:00:00
#SBATCH --requeue
# Slurm: an array of fifty tasks, each with its share of the list; mirrors lie on the node's own
# disk. Submit with: sbatch docs/fleet/slurm.sh
set -eu

work=${TMPDIR:-/tmp}/keystop-$SLURM_ARRAY_TASK_ID
mkdir -p "$work" "$SLURM_SUBMIT_DIR/reports"
ln -sfn "$SLURM_SUBMIT_DIR/reports" "$work/reports"
XDG_CACHE_HOME=$work/cache exec sh "$SLURM_SUBMIT_DIR/docs/fleet/audit.sh" \
    "$SLURM_SUBMIT_DIR/repositories.txt" "$SLURM_ARRAY_TASK_ID" "$SLURM_ARRAY_TASK_COUNT" "$work"
