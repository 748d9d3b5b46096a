#!/bin/sh
# Makes a repository to measure a push in: push.sh FOLDER COMMITS
# Behind the tag `sent` stand COMMITS commits of one changed line each. `.git/push` holds what git
# tells a pre-push hook about them, `.git/receive` what it tells the receiving side's.
set -eu
folder=$1 commits=$2
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
"$(dirname -- "$0")/repository.sh" "$folder" 200 10
cd "$folder"
git reset -q --hard
git tag sent
git ls-files | awk -v commits="$commits" '
  { file[NR - 1] = $0 }
  END {
    for (commit = 1; commit <= commits; commit++) {
      name = file[commit % NR]
      if (!(name in text)) while ((getline line < name) > 0) text[name] = text[name] line "\n"
      text[name] = text[name] "changed = " commit "\n"
      printf "commit refs/heads/main\ncommitter A Developer <developer@example.com> %d +0000\n", 1767323045 + commit
      printf "data 6\nchange\n%s", commit == 1 ? "from refs/heads/main^0\n" : ""
      printf "M 644 inline %s\ndata %d\n%s\n", name, length(text[name]), text[name]
    }
  }' | git fast-import --quiet
git reset -q --hard
git gc -q
old=$(git rev-parse sent) new=$(git rev-parse main)
echo "refs/heads/main $new refs/heads/main $old" >.git/push
echo "$old $new refs/heads/main" >.git/receive
