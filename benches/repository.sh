#!/bin/sh
# Makes a repository to measure in: repository.sh FOLDER FILES FOLDERS [CHANGED]
# One clean commit of FILES small source files in FOLDERS folders; then one line of one (or CHANGED)
# of them is changed and staged, and the index holds its tree, as it does when git runs a pre-commit
# hook.
set -eu
folder=$1 files=$2 folders=$3 changed=${4:-1}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q -b main "$folder"
cd "$folder"
git config user.name "A Developer"
git config user.email developer@example.com
awk -v files="$files" -v folders="$folders" 'BEGIN {
  srand(1)
  split("alpha beta gamma delta value index count table render parse buffer string offset", words, " ")
  print "commit refs/heads/main\ncommitter A Developer <developer@example.com> 1767323045 +0000\ndata 5\nfiles"
  for (file = 0; file < files; file++) {
    at = file % folders
    body = ""
    for (line = 0; line < 10; line++)
      body = body sprintf("def %s_%d(%s): return %d\n", words[1 + int(rand() * 13)], line, words[1 + int(rand() * 13)], rand() * 9999)
    printf "M 644 inline src%03d/part%05d/file%06d.py\ndata %d\n%s\n", at / 100, at, file, length(body), body
  }
}' | git fast-import --quiet
git reset -q --hard
git gc -q
git ls-files | head -n "$changed" | while IFS= read -r file; do printf 'changed = 1\n' >>"$file"; done
git add -u
git write-tree >/dev/null
