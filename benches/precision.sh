#!/bin/sh
# How much of what keystop finds in real trees is a key: findings per million lines of text, by tree,
# confidence and detector, sorted by the labels that a reader gave them. Wants jq.
#   benches/precision.sh [OPTIONS] DIR…
#     --keystop BINARY  the binary; `keystop` on PATH unless given
#     --labels FILE     what was read before (or PRECISION_LABELS); keep it outside the repository
#     --unread          list instead what no label speaks of, in the form of FILE
#     --check           fail where over 1 false alarm per million lines is of high or medium
#                       confidence, over 3 are of any, or something was not read
#
# A line of FILE is LABEL, fingerprint and path, with tabs between them; what follows is ignored.
# LABEL is `real`, `sample` (a true format in a fixture or in documentation) or `false`. The path
# begins with the name of DIR, so that a copy elsewhere keeps its labels; `*` stands for every path.
# `--unread >> FILE` adds lines whose label is `?`; they count as unread until somebody changes it.
set -eu
usage() { sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p;}' "$0"; }
die() { echo "precision.sh: $1" >&2; exit 2; }

keystop=keystop labels=${PRECISION_LABELS:-} unread='' check=''
while [ $# -gt 0 ]; do
  case $1 in
    --keystop) [ $# -gt 1 ] || die "--keystop wants a binary"; keystop=$2; shift 2 ;;
    --labels) [ $# -gt 1 ] || die "--labels wants a file"; labels=$2; shift 2 ;;
    --unread) unread=yes; shift ;;
    --check) check=yes; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { usage >&2; exit 2; }
command -v jq >/dev/null || die "jq is missing"
command -v "$keystop" >/dev/null || die "$keystop is missing"
[ -z "$labels" ] || [ -r "$labels" ] || die "$labels cannot be read"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

# A fingerprint depends on the allow file of the repository in which keystop runs: in none it is the
# same wherever this is called from.
keystop=$(command -v "$keystop")
case $keystop in /*) ;; *) keystop=$PWD/$keystop ;; esac

for tree in "$@"; do
  [ -d "$tree" ] || die "$tree is no folder"
  tree=$(CDPATH='' cd -- "$tree" && pwd)
  name=$(basename -- "$tree")
  # Text only: the newlines of pictures are no lines that anybody wrote.
  lines=$(find "$tree" -name .git -prune -o -type f -exec grep -Ic '' /dev/null {} + |
    awk -F: '{ lines += $NF } END { print lines + 0 }')
  printf '%s\t%s\n' "$name" "$lines" >>"$work/lines"
  code=0
  (cd -- "$work" && "$keystop" scan --format json "$tree") >"$work/report" || code=$?
  # 1 says that there are keys; anything above it that not everything was judged.
  [ "$code" -le 1 ] || die "the scan of $tree ended with $code: $(jq -r '.errors[0] // "no reason given"' "$work/report")"
  jq -r --arg tree "$tree" --arg name "$name" '.findings[] | [.fingerprint,
      $name + (.path | ltrimstr($tree)), .confidence, .detector, .line] | @tsv' \
    "$work/report" >>"$work/findings"
done
: >>"$work/findings"
[ -n "$labels" ] || { labels=$work/labels; : >"$labels"; }

# One pass over lines, labels and findings; what is printed depends on what was asked for.
awk -F '\t' -v unread="$unread" -v check="$check" '
  function million(count, of) { return of ? sprintf("%.2f", count * 1e6 / of) : "-" }
  function row(kind, key, lead) {
    printf "| %s | %d | %s | %d | %d | %d | %d |\n", lead, count[kind, key],
      million(count[kind, key], kind == "tree" ? lines[key] : total), count[kind, key, "real"],
      count[kind, key, "sample"], count[kind, key, "false"], count[kind, key, "?"]
  }
  function add(kind, key, label) {
    if (!((kind, key) in count)) order[kind, ++kinds[kind]] = key
    count[kind, key]++
    count[kind, key, label]++
  }
  FILENAME == ARGV[1] { lines[$1] += $2; total += $2; trees[++number] = $1; next }
  FILENAME == ARGV[2] {
    if ($1 ~ /^(real|sample|false)$/) said[$2, $3] = $1
    next
  }
  {
    label = ($1, $2) in said ? said[$1, $2] : ($1, "*") in said ? said[$1, "*"] : "?"
    if (unread && label == "?") printf "?\t%s\t%s\t%s\t%s:%s\n", $1, $2, $4, $3, $5
    tree = substr($2, 1, index($2 "/", "/") - 1)
    add("tree", tree, label)
    add("detector", $3 " | " $4, label)
    add("confidence", $3, label)
    all[label]++
  }
  END {
    if (unread) exit
    print "| tree | lines | findings | per million lines | real | sample | false | unread |"
    print "|---|---|---|---|---|---|---|---|"
    for (at = 1; at <= number; at++) row("tree", trees[at], trees[at] " | " lines[trees[at]])
    print "\n| confidence | detector | findings | per million lines | real | sample | false | unread |"
    print "|---|---|---|---|---|---|---|---|"
    for (at = 1; at <= kinds["confidence"]; at++) {
      key = order["confidence", at]
      row("confidence", key, key " | all")
    }
    for (at = 1; at <= kinds["detector"]; at++) row("detector", order["detector", at], order["detector", at])
    strong = count["confidence", "high", "false"] + count["confidence", "medium", "false"]
    printf "\n%d lines, %s false alarms per million of high and medium confidence, %s of any, %d unread\n",
      total, million(strong, total), million(all["false"], total), all["?"]
    if (check && (strong > total / 1e6 || all["false"] > 3 * total / 1e6 || all["?"])) exit 1
  }' "$work/lines" "$labels" "$work/findings"
