#!/bin/sh
# Audits the repositories that stand in a list, one URL a line: those whose number leaves the rest
# INDEX when divided by COUNT. One report for each, and a line for each in done-INDEX.txt. Ends with
# 2 if any of them was not judged, or not all of it: they are tried again in the next run.
# usage: audit.sh LIST INDEX COUNT FOLDER
set -eu

list=$1 index=$2 count=$3
mkdir -p "$4/mirrors" "$4/reports"
folder=$(cd "$4" && pwd)
done="$folder/reports/done-$index.txt"
touch "$done"

audit() {
    if ! git clone --quiet --mirror -- "$1" "$2"; then
        return 2
    fi
    code=0
    (cd "$2" && keystop scan --history --output "$3" >/dev/null) || code=$?
    # 1 says that a key was found, 2 that not everything was judged.
    [ "$code" -le 1 ]
}

awk -v part="$index" -v count="$count" '(NR - 1) % count == part' "$list" | {
    left=0
    while IFS= read -r url; do
        if grep -Fxq -- "$url" "$done"; then
            continue
        fi
        # A name that no URL can make into a path.
        name=$(printf '%s' "$url" | cksum | tr ' ' '-')
        mirror="$folder/mirrors/$name.git"
        rm -rf "$mirror"
        if audit "$url" "$mirror" "$folder/reports/$name.jsonl" </dev/null; then
            printf '%s\n' "$url" >>"$done"
        else
            printf 'not judged, or not all of it: %s (%s.jsonl)\n' "$url" "$name" >&2
            left=2
        fi
        rm -rf "$mirror"
    done
    exit "$left"
}
