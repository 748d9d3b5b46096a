#!/bin/sh
# Builds keystop, installs it, hooks the repository this is run in, and shows a blocked commit.
set -eu

usage() {
  cat <<'EOF'
usage: install.sh [--prefix DIR] [--global | --no-hook] [--uninstall]

Builds keystop, puts it into DIR/bin (DIR is ~/.local unless given) and completions for bash, zsh and
fish and the manual's pages into DIR/share, hooks the repository you are in, and shows it at work in
a throw-away repository. Safe to repeat.

  --prefix DIR   install into DIR/bin and DIR/share
  --global       hook every repository of yours (git's global core.hooksPath)
  --no-hook      hook nothing
  --uninstall    take the hooks of this repository (or, with --global, of all) and the binary away
  --help         show this
EOF
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 2; }

prefix=${HOME:+$HOME/.local}
hook=here
uninstall=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail "--prefix wants a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --global) hook=global ;;
    --no-hook) hook=none ;;
    --uninstall) uninstall=yes ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; fail "$1: no such option" ;;
  esac
  shift
done
[ -n "$prefix" ] || fail "HOME is not set: say where to with --prefix DIR"
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
binary=$prefix/bin/keystop

# Where the shells and man look in a prefix.
bash_completion=$prefix/share/bash-completion/completions/keystop
zsh_completion=$prefix/share/zsh/site-functions/_keystop
fish_completion=$prefix/share/fish/vendor_completions.d/keystop.fish
manual=$prefix/share/man/man1

in_repository() { git rev-parse --git-dir >/dev/null 2>&1; }

if [ -n "$uninstall" ]; then
  if [ ! -x "$binary" ]; then
    say "nothing to do: $binary is not there"
    exit 0
  fi
  case $hook in
    global) "$binary" uninstall --global ;;
    here) if in_repository; then "$binary" uninstall; fi ;;
  esac
  rm -f -- "$binary" "$bash_completion" "$zsh_completion" "$fish_completion" \
    "$manual/keystop.1" "$manual"/keystop-*.1
  say "removed $binary; hooks in other repositories will block until you take them out there"
  exit 0
fi

# What a build needs; all that is missing is said at once.
missing=
for tool in git cargo cc; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
if [ -n "$missing" ]; then
  for tool in $missing; do
    case $tool in
      git) say "install.sh: git is missing: install your system's package git" ;;
      cargo) say "install.sh: cargo is missing: install Rust (1.89 or newer) with rustup or your system's packages" ;;
      cc) say "install.sh: a C compiler (cc) is missing: install gcc or clang; libgit2 is built with it" ;;
    esac
  done >&2
  exit 2
fi

# A static binary starts several times quicker than one that is linked when it starts.
version=$(rustc -vV 2>&1) || { printf '%s\n' "$version" | head -n 3 >&2; fail "Rust is there but does not run (see above)"; }
host=$(printf '%s\n' "$version" | sed -n 's/^host: //p')
musl=$(printf %s "$host" | sed -n 's/-linux-gnu$/-linux-musl/p')
sysroot=$(rustc --print sysroot)
target=$host
variable=CARGO_TARGET_$(printf %s "$host" | tr 'a-z-' 'A-Z_')_RUSTFLAGS
flags=
if [ -n "$musl" ] && [ -d "$sysroot/lib/rustlib/$musl" ] && command -v musl-gcc >/dev/null 2>&1; then
  target=$musl
elif [ -n "$musl" ] && printf 'int main(void){return 0;}' | cc -static -x c -o /dev/null - 2>/dev/null; then
  # Nothing unwinds in a release, so the tables for it are left out, also of the C code: a twentieth of
  # the binary. No commit waits for that code, so it is built small.
  export CFLAGS="-Os -fno-asynchronous-unwind-tables ${CFLAGS:-}"
  flags='-C target-feature=+crt-static -C relocation-model=static -C force-unwind-tables=no'
fi
say "building keystop for $target${flags:+, linked statically} (some minutes the first time)"
[ -z "$flags" ] || export "$variable=$flags"
built=${CARGO_TARGET_DIR:-$source/target}/$target/release/keystop
cargo build --release --locked --quiet --manifest-path "$source/Cargo.toml" --target "$target"

# Beside its place first, then renamed: a hook that runs meanwhile finds the old one or the new.
mkdir -p -- "$prefix/bin"
cp -- "$built" "$binary.new.$$"
mv -f -- "$binary.new.$$" "$binary"
say "installed $binary ($("$binary" --version))"
completions() { mkdir -p -- "${2%/*}" && "$binary" completions "$1" >"$2"; }
completions bash "$bash_completion"
completions zsh "$zsh_completion"
completions fish "$fish_completion"
"$binary" man "$manual"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) say "note: $prefix/bin is not on your PATH; the hooks do not need that, your shell does" ;;
esac

case $hook in
  global) "$binary" install --global ;;
  here)
    if in_repository; then
      "$binary" install
    else
      say "not in a repository, so nothing was hooked: run \`keystop install\` in one"
    fi
    ;;
esac

# Shows it at work, away from everything of the user's.
say ""
say "a commit of a made-up Aiven token, in a throw-away repository:"
show=$(mktemp -d)
trap 'rm -rf -- "$show"' EXIT
trap 'exit 130' INT TERM
(
  cd -- "$show"
  unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
  export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
  git init -q
  git config user.name "A Developer"
  git config user.email developer@example.com
  "$binary" install >/dev/null
  token=$(head -c 279 /dev/urandom | base64 | tr -d '\n')
  printf 'import os\n\nAIVEN_TOKEN = "%s"\n' "$token" >settings.py
  git add settings.py
  say "\$ git commit -m 'add settings'"
  if git commit -q -m 'add settings'; then
    fail "the commit passed: please report this"
  fi
)
say "(blocked, as it should be)"
