#!/bin/sh
# How many instructions a clean one-line commit costs, from exec to exit, as callgrind counts them:
# the same number whatever else the machine does. Wants valgrind.
#   benches/startup.sh [KEYSTOP]          prints the number
#   benches/startup.sh --check [KEYSTOP]  fails where it is over 5% above benches/startup.count
set -eu
check=
if [ "${1:-}" = --check ]; then check=yes; shift; fi
keystop=$(command -v "${1:-keystop}")
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
command -v valgrind >/dev/null || { echo "startup.sh: valgrind is missing" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
"$here/repository.sh" "$work/repository" 200 10
cd "$work/repository"
# The environment's size moves the count a little, so it is always the same one.
env -i PATH=/usr/bin:/bin HOME=/nonexistent \
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$keystop" pre-commit 2>"$work/said" ||
  { cat "$work/said" >&2; exit 2; }
count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/said")
echo "a clean one-line commit takes $count instructions"
[ -n "$check" ] || exit 0
kept=$(cat "$here/startup.count")
if [ "$count" -gt $((kept + kept / 20)) ]; then
  echo "startup.sh: that is over 5% above the $kept kept in benches/startup.count; make it cheaper, or change the number in the same commit and say why" >&2
  exit 1
fi
