#!/bin/sh
# How much of what other scanners find in a tree keystop finds as well: by scanner, what it found, what
# of it is a key in a true format, and what of that keystop reports on the same line or one beside it.
# Wants jq, and the scanners that benches/peers.sh installs; none of them asks a provider.
#   benches/share.sh [OPTIONS] PEERS DIR
#     --keystop BINARY  the binary; `keystop` on PATH unless given
#     --labels FILE     what was read before: `true` or `no`, path below DIR, line, with tabs between
#                       them; keep it outside the repository
#     --missed          list instead what keystop misses and no label calls `no`, in the form of FILE
#     --work FOLDER     keep the reports there, and take those that are there already
set -eu
usage() { sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p;}' "$0"; }
die() { echo "share.sh: $1" >&2; exit 2; }

keystop=keystop labels=/dev/null missed='' work=''
while [ $# -gt 0 ]; do
  case $1 in
    --keystop) keystop=$2; shift 2 ;;
    --labels) labels=$2; shift 2 ;;
    --missed) missed=yes; shift ;;
    --work) mkdir -p -- "$2" && work=$(cd -- "$2" && pwd); shift 2 ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# = 2 ] && [ -d "$1/bin" ] && [ -d "$2" ] || { usage >&2; exit 2; }
command -v jq >/dev/null || die "jq is missing"
peers=$(cd -- "$1/bin" && pwd) tree=$(cd -- "$2" && pwd)
[ -n "$work" ] || { work=$(mktemp -d); trap 'rm -rf -- "$work"' EXIT; }
cd "$work"

# A scanner that finds something ends with a code of its own, so the report must speak for it.
run() {
  report=$1
  shift
  [ ! -x "$peers/$1" ] || [ -s "$report" ] || "$peers/$@" >log 2>&1 || [ -s "$report" ] || die "$1 made no report: $(tail -n 1 log)"
}
run gitleaks gitleaks dir --no-banner -f json -r gitleaks "$tree"
run betterleaks betterleaks auto --no-banner -s -o betterleaks "$tree"
run kingfisher kingfisher scan --no-validate --no-dedup --no-update-check -f jsonl -o kingfisher "$tree"
[ -s ripsecrets ] || [ ! -x "$peers/ripsecrets" ] || "$peers/ripsecrets" "$tree" >ripsecrets 2>log || :
[ -s keystop ] || "$keystop" scan --format json "$tree" >keystop || [ $? = 1 ] || die "keystop could not judge $tree"

{
  [ ! -s gitleaks ] || jq -r '.[] | ["gitleaks", .File, .StartLine] | @tsv' gitleaks
  [ ! -s betterleaks ] || jq -r '.findings[].location | ["betterleaks", .path, .start_line // 1] | @tsv' betterleaks
  [ ! -s kingfisher ] || jq -r 'select(.finding) | .finding | ["kingfisher", .path, .line] | @tsv' kingfisher
  [ ! -s ripsecrets ] || sed -n 's/^\(\/[^:]*\):\([0-9]*\):.*/ripsecrets\t\1\t\2/p' ripsecrets
} | sort -u >theirs
jq -r '.findings[] | [.path, .line] | @tsv' keystop >ours

awk -F '\t' -v tree="$tree/" -v missed="$missed" '
  function below(path) { return index(path, tree) == 1 ? substr(path, length(tree) + 1) : path }
  FILENAME == ARGV[1] { said[$2, $3] = $1; next }
  FILENAME == ARGV[2] { for (near = -1; near <= 1; near++) have[below($1), $2 + near] = 1; next }
  {
    path = below($2)
    found[$1]++
    if (said[path, $3] == "no") next
    real[$1]++
    ours[$1] += (path, $3) in have
    if ((path, $3) in seen) next
    seen[path, $3] = 1
    all++
    both += (path, $3) in have
    if (missed && !((path, $3) in have)) printf "?\t%s\t%s\n", path, $3
  }
  END {
    if (missed) exit
    print "| scanner | findings | true formats | keystop has | share |\n|---|---|---|---|---|"
    for (peer in found) printf "| %s | %d | %d | %d | %.1f%% |\n", peer, found[peer], real[peer], ours[peer], real[peer] ? 100 * ours[peer] / real[peer] : 100
    printf "| any | | %d | %d | %.1f%% |\n", all, both, all ? 100 * both / all : 100
  }' "$labels" ours theirs
