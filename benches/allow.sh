#!/bin/sh
# What a long allow file costs a hook: CPU time of `keystop pre-commit` where a key is staged, with
# no allow file, with one of 10,000 entries, and where the commit changes that file, in paired runs.
# Where valgrind is there, the instructions too.
#   benches/allow.sh [KEYSTOP [ENTRIES]]
set -eu
keystop=$(command -v "${1:-keystop}")
entries=${2:-10000}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf -- "$work"' EXIT
cc -O2 -o "$work/paired" "$here/paired.c"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

# Lines as `keystop baseline` writes them, sorted: fingerprint, detector, path, until, reason.
awk -v entries="$entries" 'BEGIN {
  srand(1)
  print "keystop-allow 1\n# Findings that somebody judged.\nsalt 000102030405060708090a0b0c0d0e0f"
  for (at = 0; at < entries; at++)
    printf "%06x%06x stripe-live-secret-key src/part%03d/file%04d.py - baseline of the first day\n",
      at * int(16777216 / entries), int(rand() * 16777216), at / 100, at
}' >"$work/allow"
for how in none long changed; do
  "$here/repository.sh" "$work/$how" 200 10
  cd "$work/$how"
  if [ "$how" != none ]; then
    cp "$work/allow" .keystop-allow
    git add .keystop-allow
    git -c user.name=A -c user.email=a@example.com commit -q -m 'Allow' -- .keystop-allow
  fi
  if [ "$how" = changed ]; then
    echo 'ffffffffffff stripe-live-secret-key * - one more' >>.keystop-allow
    git add .keystop-allow
  fi
  # Made here, so that no file of ours holds it.
  printf 'key = "sk_%s_%s"\n' live 51NzQ4kT9xW7Lp2mRbVc83hYdE >key.py
  git add key.py
  git write-tree >/dev/null
done
for how in none long changed; do
  echo "$how: env -C $work/$how $keystop pre-commit"
done | "$work/paired" 20 10 |
  awk -F'\t' '{ printf "%-8s %6.2f ms CPU, %+6.2f ms (%d runs, exit %d)\n", $1, $6, $8, $2, $10 }'
command -v valgrind >/dev/null || exit 0
for how in none long changed; do
  cd "$work/$how"
  env -i PATH=/usr/bin:/bin HOME=/nonexistent valgrind --tool=callgrind \
    --callgrind-out-file=/dev/null "$keystop" pre-commit 2>"$work/said" || [ $? = 1 ]
  sed -n "s/.*Collected : /$how: instructions /p" "$work/said"
done
