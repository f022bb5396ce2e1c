# Sourced by quickstart and test.sh: what this project needs of the machine, and how it gets there.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 3; }

# Runs a command as root: directly, or through sudo if that needs no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"
  else return 1
  fi
}

can_be_root() { as_root true 2>/dev/null; }

check_node() {
  command -v node >/dev/null || fail "Node.js is missing: install version 20.19 or later (https://nodejs.org)."
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: version 20.19 or later is needed."
}

# Installs the Debian packages that are not there yet. Prints those that could not be installed, and fails then.
apt_install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if command -v apt-get >/dev/null && can_be_root; then
    say "installing ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return 0
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && return 0
  fi
  say "not installed: ${missing[*]}"
  return 1
}

# libLLVM under the name that this distribution has: 19, or what is nearest.
install_llvm() {
  local version
  for version in 19 20 21 18; do
    ldconfig -p 2>/dev/null | grep -Eq "libLLVM(-$version\.so|\.so\.$version)" && return 0
  done
  for version in 19 20 21 18; do
    apt_install "libllvm$version" >/dev/null 2>&1 && return 0
  done
  fail "libLLVM 18 or later is missing: apt install libllvm19"
}

# Packages of this repository, from the lock file, if it changed since the last time.
install_packages() {
  local stamp=node_modules/.package-lock.json
  if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
    say "installing npm packages"
    npm ci --no-audit --no-fund --loglevel=error
    touch "$stamp"
  fi
}
