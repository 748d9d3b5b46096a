#!/bin/sh
# How many keys are found where people write them: for every detector keys of its own form, made
# from its examples, planted in 25 syntaxes. Prints what was missed or taken for another detector's,
# then a table by syntax; fails where less than 99% (formats that mark themselves) or 95% (formats
# that their name tells) of the keys in the first twelve syntaxes were found by their own detector.
#   benches/recall.sh            all detectors
#   benches/recall.sh PREFIX     those whose id begins so; no bars
set -eu
case ${1:-} in -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit ;; esac
cd "$(dirname -- "$0")/.."
log=$(mktemp)
trap 'rm -f -- "$log"' EXIT
cargo test --quiet --no-run --test recall
code=0
KEYSTOP_RECALL=${1:-} RUST_BACKTRACE=0 cargo test --quiet --test recall -- --ignored --nocapture >"$log" 2>&1 || code=$?
# Only the measurement is of interest, not the test runner's own words.
sed -e '/^thread \|^failures:\|^test result/,$d' -e '/^running \|^test /d' "$log" | grep . || cat "$log"
[ "$code" = 0 ] || { echo "recall.sh: less was found than the bars ask for" >&2; exit 1; }
