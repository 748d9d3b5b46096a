#!/bin/sh
# Puts the table of benches/compare.sh into the README: benches/readme.sh [its options]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
readme=$here/../README.md
table=$(mktemp)
trap 'rm -f -- "$table" "$readme.new"' EXIT
"$here/compare.sh" "$@" >"$table"
awk -v table="$table" '
  /^<!-- benches\/compare.sh -->$/ { print; while ((getline line < table) > 0) print line; inside = 1; next }
  /^<!-- end -->$/ { inside = 0 }
  !inside { print }
' "$readme" >"$readme.new"
mv -- "$readme.new" "$readme"
