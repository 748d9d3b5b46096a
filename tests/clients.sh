#!/usr/bin/env bash
# Real hook managers (pre-commit, prek, husky, lefthook) with keystop, each in a repository of its
# own: what must be blocked is, what is clean passes, and the key is in nobody's output. No part of
# `cargo test`, since it installs them from their registries.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: tests/clients.sh [--clients DIR] [--rust] KEYSTOP [CLIENT…]

KEYSTOP is the binary; CLIENT is one of pre-commit, prek, beside, before, husky, lefthook (all of
them).

  --clients DIR   keep the installed clients there, or use those that are
  --rust          let pre-commit and prek build keystop themselves (language: rust), which takes minutes
EOF
}

clients= rust= only=()
while [ $# -gt 0 ]; do
  case $1 in
    --clients) clients=$2; shift ;;
    --rust) rust=yes ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) only+=("$1") ;;
  esac
  shift
done
[ ${#only[@]} -gt 0 ] || { usage >&2; exit 2; }
keystop=$(realpath "${only[0]}")
only=("${only[@]:1}")
[ ${#only[@]} -gt 0 ] || only=(pre-commit prek beside before husky lefthook)

source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
clients=$(realpath -m "${clients:-$work/clients}")
mkdir -p "$clients" "$work/bin" "$work/home"

echo "installing the clients into $clients"
if [ ! -x "$clients/python/bin/prek" ]; then
  python3 -m venv "$clients/python"
  "$clients/python/bin/pip" install --quiet --disable-pip-version-check pre-commit prek
fi
[ -x "$clients/node_modules/.bin/lefthook" ] ||
  npm install --silent --no-audit --no-fund --prefix "$clients" husky lefthook >/dev/null
"$clients/python/bin/pre-commit" --version
"$clients/python/bin/prek" --version
"$clients/node_modules/.bin/lefthook" version
echo "husky $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$clients/node_modules/husky/package.json")"

# What the managers run must be the given keystop, and none of the developer's settings may count.
ln -s "$keystop" "$work/bin/keystop"
real_home=$HOME
export PATH="$work/bin:$clients/python/bin:$clients/node_modules/.bin:$PATH"
if [ -n "$rust" ]; then
  export CARGO_HOME=${CARGO_HOME:-$real_home/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$real_home/.rustup}
fi
for name in $(env | sed -n 's/^\(GIT_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
export HOME="$work/home" XDG_CONFIG_HOME="$work/home/.config" XDG_CACHE_HOME="$work/home/.cache"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/home/.gitconfig"
git config --global user.name "A U Thor"
git config --global user.email author@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false

# pre-commit and prek fetch the hooks' list from a repository.
git clone --quiet "$source" "$work/keystop-source"
cp "$source/.pre-commit-hooks.yaml" "$work/keystop-source"
git -C "$work/keystop-source" add -A
git -C "$work/keystop-source" -c core.hooksPath=/dev/null commit --quiet --allow-empty -m hooks
revision=$(git -C "$work/keystop-source" rev-parse HEAD)

failed=0
client=
case_() { printf '  %-62s' "$1"; }
good() { echo ok; }
bad() { echo "FAILED: $1"; sed 's/^/      /' "$work/out"; failed=$((failed + 1)); }

# Runs a command whose output must not hold the key.
run() {
  code=0
  "$@" >"$work/out" 2>&1 </dev/null || code=$?
  local start=0
  while [ $start -lt 17 ]; do
    if grep -qF -- "${body:$start:8}" "$work/out"; then bad "the key is in the output"; fi
    start=$((start + 1))
  done
}
passes() {
  case_ "$1"; shift
  run "$@"
  if [ $code -eq 0 ]; then good; else bad "exit $code"; fi
}
blocks() {
  case_ "$1"; shift
  run "$@"
  if [ $code -eq 0 ]; then bad "it passed"
  elif ! grep -q stripe-live-secret-key "$work/out"; then bad "stopped, but not by the key"
  else good; fi
}

key_file() { printf "stripe.api_key = 'sk_live_%s'\n" "$body" >"$1"; git add -- "$1"; }
unasked() { git -c core.hooksPath=/dev/null commit --quiet --allow-empty -m "$1"; }
refs() { git -C ../remote.git for-each-ref --format='%(refname) %(objectname)'; }

# Everything a client has to get right, in a repository that `setup_$1` prepares.
try() {
  client=$1
  echo "$client"
  body=$(head -c 400 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 24)
  mkdir -p "$work/$client"
  cd "$work/$client"
  git init --quiet --bare remote.git
  git init --quiet work
  cd work
  git remote add origin ../remote.git
  echo "a project" >README.md
  git add README.md
  unasked begin
  "setup_$client"
  git add -A
  unasked "set up"

  key_file pay.py
  blocks "a commit with a key is blocked" git commit -m change
  git reset --quiet --hard
  echo pass >clean.py
  git add clean.py
  passes "a clean commit passes" git commit -m clean
  blocks "a message with a key is blocked" git commit --allow-empty -m "use sk_live_$body"

  passes "a clean first push passes" git push origin main
  key_file pay.py
  unasked "add pay"
  git rm --quiet pay.py
  unasked "take pay out"
  before=$(refs)
  blocks "a push of a key that a later commit removes is blocked" git push origin main
  git branch leaky
  git reset --quiet --hard origin/main
  echo more >more.py
  git add more.py
  passes "another clean commit passes" git commit -m more
  blocks "a key in the second pushed ref is blocked" git push origin main leaky
  blocks "a new branch with a key is blocked" git push origin leaky:refs/heads/new
  case_ "the remote is as it was"
  if [ "$(refs)" = "$before" ]; then good; else bad "$(refs)"; fi
  git branch --quiet -D leaky
  passes "a clean push passes" git push origin main
  passes "a push of nothing passes" git push origin main
  git branch spare
  passes "a new branch without new commits passes" git push origin spare
  passes "a deletion passes" git push origin :spare

  git switch --quiet -c theirs
  key_file theirs.py
  unasked theirs
  git switch --quiet main
  echo ours >ours.py
  git add ours.py
  unasked ours
  passes "a merge is not blamed for the other branch's key" git merge --no-edit theirs
  git reset --quiet --hard HEAD~1
  git branch --quiet -D theirs

  rm -rf ../remote.git
  git init --quiet --bare ../remote.git
  git remote remove origin
  git remote add origin ../remote.git
  git switch --quiet --orphan root
  echo x >x
  git add x
  "setup_$client" >/dev/null
  git add -A
  key_file pay.py
  unasked "begin with a key"
  blocks "a first push with a key in the first commit is blocked" git push origin root
  if [ "$client" = lefthook ]; then
    sed -i '/use_stdin/d' lefthook.yml
    case_ "without use_stdin nothing passes in silence"
    run git push origin root
    if [ $code -ne 0 ]; then good; else bad "it passed"; fi
  fi
  cd "$work"
}

managed() {
  local suffix=-system
  [ -z "$rust" ] || suffix=
  cat >.pre-commit-config.yaml <<EOF
repos:
  - repo: $work/keystop-source
    rev: $revision
    hooks:
      - id: keystop$suffix
      - id: keystop-commit-msg$suffix
EOF
  [ "$1" = without-push ] || echo "      - id: keystop-pre-push$suffix" >>.pre-commit-config.yaml
}
types=(-t pre-commit -t pre-merge-commit -t commit-msg -t pre-push)
setup_pre-commit() { managed all; pre-commit install "${types[@]}" >/dev/null; }
setup_prek() { managed all; prek install "${types[@]}" >/dev/null 2>&1; }
# keystop's own hook for the push, beside pre-commit's for the rest.
setup_beside() {
  managed without-push
  [ ! -e .git/hooks/pre-push ] || return 0
  pre-commit install "${types[@]}" >/dev/null
  keystop install --only pre-push >/dev/null
}
# The same the other way round: pre-commit runs what it found.
setup_before() {
  managed without-push
  [ ! -e .git/hooks/pre-push ] || return 0
  keystop install --only pre-push >/dev/null
  pre-commit install "${types[@]}" >/dev/null
}
setup_husky() {
  husky
  echo 'keystop pre-commit' >.husky/pre-commit
  echo 'keystop pre-merge-commit' >.husky/pre-merge-commit
  echo 'keystop commit-msg "$1"' >.husky/commit-msg
  echo 'keystop pre-push "$@"' >.husky/pre-push
}
setup_lefthook() {
  cat >lefthook.yml <<'EOF'
pre-commit:
  commands:
    keystop:
      run: keystop pre-commit
pre-merge-commit:
  commands:
    keystop:
      run: keystop pre-merge-commit
commit-msg:
  commands:
    keystop:
      run: keystop commit-msg {1}
pre-push:
  commands:
    keystop:
      run: keystop pre-push {1} {2}
      use_stdin: true
EOF
  lefthook install >/dev/null
}

for one in "${only[@]}"; do try "$one"; done
if [ $failed -gt 0 ]; then
  echo "$failed failed"
  exit 1
fi
echo "all passed"
