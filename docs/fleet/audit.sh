#!/bin/sh
# Audits the repositories that stand in a list, one URL a line: those whose number leaves the rest
# INDEX when divided by COUNT. One report for each, and a line for each in done.txt.
# usage: audit.sh LIST INDEX COUNT FOLDER
set -eu

list=$1 index=$2 count=$3 folder=$4
mkdir -p "$folder/mirrors" "$folder/reports"
done="$folder/reports/done-$index.txt"
touch "$done"

awk -v part="$index" -v count="$count" '(NR - 1) % count == part' "$list" |
while IFS= read -r url; do
    grep -Fxq "$url" "$done" && continue
    # A name that no URL can make into a path.
    name=$(printf '%s' "$url" | cksum | tr ' ' '-')
    mirror="$folder/mirrors/$name.git"
    if [ -d "$mirror" ]; then
        git -C "$mirror" fetch --quiet --prune </dev/null
    else
        git clone --quiet --mirror -- "$url" "$mirror.new" </dev/null
        mv "$mirror.new" "$mirror"
    fi
    code=0
    (cd "$mirror" && keystop scan --history --output "$folder/reports/$name.jsonl" \
        >/dev/null </dev/null) || code=$?
    # 2 says that not everything was judged: it is left for the next run, and told.
    if [ "$code" -le 1 ]; then
        printf '%s\n' "$url" >>"$done"
    else
        printf 'not all of %s was judged, see %s.jsonl\n' "$url" "$name" >&2
    fi
    rm -rf "$mirror"
done
