#!/bin/sh
# keystop beside other scanners, git and rg: one table of ratios. See --help.
set -eu

usage() {
  cat <<'END'
usage: compare.sh [options]

Prints a Markdown table: how many times as long as keystop the others take for the same work, as
medians of paired runs; below it what each of them ran (benches/compare.commands).

  --keystop FILE    the binary; `keystop` on PATH unless given
  --peers FOLDER    where the other scanners are, or are installed into (benches/peers.sh); a
                    temporary folder unless given
  --no-peers        only keystop, git and rg
  --rows LIST       some of commit-200,commit-1000,commit-100000,push-1,push-1000,tree,history,hook
  --tree FOLDER     the source tree; the sources Cargo has unpacked unless given
  --history REPO    whose history; this repository's unless given
  --seconds N       run each command 200 times or for N seconds, but three times at least (10)
  --limit N         end a run after N seconds (120)
  --clock cpu       compare the CPU time (user and system) that each takes with all it starts, which
                    a machine that others use changes little; else the time on the wall
  --work FOLDER     where the repositories are made, and stay; a temporary folder unless given
  --bars            then the bars keystop has set itself, with what was measured

Environment variables do the same: COMPARE_KEYSTOP, COMPARE_PEERS, COMPARE_ROWS and so on.
Wants git and a C compiler; for the peers also python3 with venv, and cargo.
END
}
fail() { echo "compare.sh: $*" >&2; exit 2; }

keystop=${COMPARE_KEYSTOP:-keystop} peers=${COMPARE_PEERS:-} no_peers=${COMPARE_NO_PEERS:-}
rows=${COMPARE_ROWS:-commit-200,commit-1000,commit-100000,push-1,push-1000,tree,history,hook}
tree=${COMPARE_TREE:-${CARGO_HOME:-${HOME:-}/.cargo}/registry/src} history=${COMPARE_HISTORY:-}
seconds=${COMPARE_SECONDS:-10} limit=${COMPARE_LIMIT:-120} work=${COMPARE_WORK:-} bars=${COMPARE_BARS:-}
clock=${COMPARE_CLOCK:-wall}
while [ $# -gt 0 ]; do
  case $1 in
    --no-peers) no_peers=yes ;;
    --bars) bars=yes ;;
    --help | -h) usage; exit 0 ;;
    --keystop | --peers | --rows | --tree | --history | --seconds | --limit | --work | --clock)
      [ $# -gt 1 ] || fail "$1 wants a value"
      eval "${1#--}=\$2"
      shift
      ;;
    *) usage >&2; fail "$1: no such option" ;;
  esac
  shift
done
case $clock in wall | cpu) ;; *) fail "--clock is wall or cpu" ;; esac
full() { (CDPATH='' cd -- "$1" && pwd) }
here=$(full "$(dirname -- "$0")")
keystop=$(command -v "$keystop") || fail "there is no keystop here: say where it is with --keystop"
keystop=$(full "$(dirname -- "$keystop")")/${keystop##*/}
history=$(full "${history:-$here/..}")

temporary=$(mktemp -d)
trap 'rm -rf -- "$temporary"' EXIT
trap 'exit 130' INT TERM
mkdir -p -- "${work:=$temporary/work}" "$temporary/bin" "$temporary/home"
work=$(full "$work")
if [ -z "$no_peers" ]; then
  "$here/peers.sh" "${peers:=$temporary/peers}"
  PATH=$(full "$peers")/bin:$PATH
fi
ln -s -- "$keystop" "$temporary/bin/keystop"
cc -O2 -o "$temporary/bin/paired" "$here/paired.c"
# Nothing of the user's, but a place for what a scanner keeps between its runs.
export PATH="$temporary/bin:$PATH" HOME="$temporary/home" XDG_CACHE_HOME="$temporary/home"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

versions=$temporary/versions
for program in keystop git rg betterleaks gitleaks kingfisher ripsecrets detect-secrets; do
  case $no_peers,$program in ,* | *,keystop | *,git | *,rg) ;; *) continue ;; esac
  version=$("$program" --version 2>/dev/null | sed -n '1s/^[^0-9]*\([^ ]*\).*/\1/p') || version=
  printf '%s\t%s\n' "$program" "${version:-missing}"
done >"$versions"

# commands KIND: the lines of those that are here.
commands() {
  awk -v kind="$1" '
    NR == FNR { if ($2 != "missing") here[$1 ":"] = 1; next }
    $1 == kind && (kind == "hook" || $2 in here) { sub(/^[^ ]+ /, ""); print }
  ' "$versions" "$here/compare.commands"
}

# measure KIND LABEL: runs KIND's commands in the folder this is called in.
measure() {
  echo "compare.sh: $2 …" >&2
  commands "$1" | grep -v '^[^:]*: -' | paired "$seconds" "$limit" >"$temporary/costs"
  awk -v kind="$1" -v label="$2" '{ print kind "\t" label "\t" $0 }' "$temporary/costs" >>"$temporary/results"
}

# made SCRIPT NAME ARGUMENT…: goes into a repository; one that --work has kept is not made again.
made() {
  script=$1 name=$2
  shift 2
  [ -d "$work/$name" ] || "$here/$script" "$work/$name" "$@"
  cd "$work/$name"
}

# Who looks at nothing is quick: each must see a private key, made and thrown away here.
see() {
  command -v ssh-keygen >/dev/null || return 0
  ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f made.pem
  git add made.pem
  git write-tree >/dev/null
  commands commit | while IFS= read -r line; do
    case $line in git:* | *': -'*) continue ;; esac
    ! sh -c "${line#*: }" >/dev/null 2>&1 </dev/null || printf '%s\n' "${line%%:*}" >>"$temporary/blind"
  done
  git rm -q --cached made.pem
  git write-tree >/dev/null
  rm -- made.pem made.pem.pub
}

# With no message git runs the hooks and then makes no commit, so that it can be asked again.
hooks() {
  mkdir -p "$work/hooks-none" "$work/hooks-empty" "$work/hooks-keystop"
  echo 'int main(void) { return 0; }' >"$temporary/empty.c"
  cc -O2 -o "$work/hooks-empty/pre-commit" "$temporary/empty.c"
  keystop install --only pre-commit >/dev/null
  mv .git/hooks/pre-commit "$work/hooks-keystop/pre-commit"
  measure hook "\`git commit\` with a hook"
}

for row in $(printf %s "$rows" | tr , ' '); do
  case $row in
    commit-200) made repository.sh commit-200 200 10; measure commit "one-line commit, 200 files"; see ;;
    commit-100000)
      made repository.sh commit-100000 100000 5000
      measure commit "one-line commit, 100,000 files"
      ;;
    commit-1000) made repository.sh commit-1000 2000 100 1000; measure commit "commit of 1,000 files" ;;
    push-1) made push.sh push-1 1; measure push "push of 1 commit" ;;
    push-1000) made push.sh push-1000 1000; measure push "push of 1,000 commits" ;;
    tree)
      cd -- "$tree" || fail "there is no source tree: say where one is with --tree"
      size=$(find . -type f -exec ls -ln {} + | awk '{ bytes += $5 } END { printf "%d files, %.0f MB", NR, bytes / 1e6 }')
      measure tree "source tree, $size"
      ;;
    history)
      cd -- "$history"
      measure history "history, $(git rev-list --all --count) commits"
      ;;
    hook) made repository.sh commit-200 200 10; hooks ;;
    *) fail "$row: no such row" ;;
  esac
done

touch "$temporary/blind" "$temporary/results"
size=$(wc -c <"$keystop")
awk -v bars="$bars" -v clock="$clock" -v limit="$limit" -v size="$size" -f "$here/table.awk" \
  "$versions" "$here/compare.commands" "$temporary/blind" "$temporary/results"
