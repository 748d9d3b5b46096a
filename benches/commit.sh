#!/bin/sh
# What a clean one-line commit costs: keystop's pre-commit beside `git diff --cached --raw`, as
# ratios of medians out of one run each. Wants hyperfine.
#   benches/commit.sh [KEYSTOP]      the binary; `keystop` on PATH unless given
set -eu
keystop=${1:-keystop}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
command -v hyperfine >/dev/null || { echo "commit.sh: hyperfine is missing" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

echo "| one-line commit in | \`git diff --cached --raw\` | \`keystop pre-commit\` | ratio | peak memory |"
echo "|---|---|---|---|---|"
for size in "200 10" "100000 5000"; do
  # shellcheck disable=SC2086
  set -- $size
  "$here/repository.sh" "$work/$1" "$1" "$2"
  cd "$work/$1"
  hyperfine --shell=none --warmup 20 --runs 200 --export-csv "$work/times.csv" \
    "git diff --cached --raw" "$keystop pre-commit" >/dev/null 2>&1
  memory=$({ command time -f %M "$keystop" pre-commit; } 2>&1 || echo "")
  awk -F, -v files="$1" -v memory="$memory" 'NR == 2 { git = $4 } NR == 3 { own = $4 } END {
    printf "| %d files | %.2f ms | %.2f ms | %.2f | %s |\n", files, git * 1000, own * 1000, own / git,
      memory == "" ? "not measured" : sprintf("%.1f MB", memory / 1024)
  }' "$work/times.csv"
  cd "$work"
done
