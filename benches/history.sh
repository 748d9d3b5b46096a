#!/bin/sh
# Makes a repository to measure a history in: history.sh FOLDER COMMITS [FILES]
# FILES (3000) source files of 1 to 40 KB, each hundredth of them ten times as large. Every commit puts
# a line into one of them and takes another out, sometimes into two; a few files take most of them, as
# in a real history. All of it lies in one pack.
set -eu
folder=$1 commits=$2 files=${3:-3000}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init -q -b main "$folder"
cd "$folder"
awk -v commits="$commits" -v files="$files" '
  function name(file) { return sprintf("src%02d/part%03d/file%05d.py", file % 17, file % 211, file) }
  function word() { return words[1 + int(rand() * count)] }
  function line() {
    return sprintf("    %s_%s = %s(%s, %d)  # %s %s\n", word(), word(), word(), word(), rand() * 99999, word(), word())
  }
  function put(file) { printf "M 644 inline %s\ndata %d\n%s\n", name(file), length(text[file]), text[file] }
  # Where the line ends that some place in a text stands in.
  function end(text) {
    at = int(rand() * length(text)) + 1
    return at + index(substr(text, at, 400), "\n") - 1
  }
  function change(file, cut) {
    cut = end(text[file])
    text[file] = substr(text[file], 1, cut) line() substr(text[file], cut + 1)
    cut = end(text[file])
    text[file] = substr(text[file], 1, cut) substr(text[file], cut + 1 + index(substr(text[file], cut + 1, 400), "\n"))
    put(file)
  }
  BEGIN {
    srand(1)
    count = split("alpha beta gamma delta value index count table render parse buffer string offset token" \
      " user server request response header length result error config option state cache entry node", words, " ")
    for (commit = 0; commit <= commits; commit++) {
      printf "commit refs/heads/main\ncommitter Developer %d <developer@example.com> %d +0000\n", commit % 97, 1400000000 + commit * 997
      message = sprintf("%s: %s the %s\n\nThe %s was no %s.\n", word(), word(), word(), word(), word())
      printf "data %d\n%s\n", length(message), message
      if (commit == 0) {
        for (file = 0; file < files; file++) {
          lines = 16 + int(rand() ^ 3 * 600) * (file % 100 == 99 ? 10 : 1)
          for (at = 0; at < lines; at++) text[file] = text[file] line()
          put(file)
        }
      } else {
        change(int(rand() ^ 3 * files))
        if (rand() < 0.4) change(int(rand() ^ 3 * files))
      }
    }
  }' | git fast-import --quiet
git reset -q --hard
# As it is where people work: the importer stores few differences, and `gc` alone would keep that.
git repack -adfq
git gc -q
