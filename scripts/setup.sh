# Sourced by quickstart and test.sh: what this project needs of the machine, and how it gets there.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 3; }

# ldconfig is in a folder that Debian does not give to everyone.
PATH="$PATH:/usr/sbin:/sbin"

# Runs a command as root: directly, or through sudo. A script that sets ASK_PASSWORD lets sudo ask for one, if there
# is somebody to ask.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif ! command -v sudo >/dev/null; then return 1
  elif sudo -n true 2>/dev/null; then sudo -n "$@"
  elif [ -n "${ASK_PASSWORD:-}" ] && [ -t 0 ]; then sudo "$@"
  else return 1
  fi
}

can_be_root() { as_root true 2>/dev/null; }

check_node() {
  command -v node >/dev/null || fail "Node.js is missing: install version 20.19 or later (https://nodejs.org)."
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: version 20.19 or later is needed."
}

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# One package, from the lists that are there, else from fresh ones.
apt_get() {
  local get=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1")
  as_root "${get[@]}" >/dev/null 2>&1 && return 0
  if [ -z "${apt_updated:-}" ]; then
    apt_updated=yes
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root "${get[@]}" >/dev/null 2>&1 && return 0
  fi
  return 1
}

# Installs the Debian packages that are not there yet, each for itself: one that a release lacks must not keep the
# others away. `a|b` is the first of the two that there is: Ubuntu has bpftool in linux-tools-common. Names those that
# could not be installed, and fails then.
apt_install() {
  local wanted package alternatives failed=()
  for wanted in "$@"; do
    IFS='|' read -ra alternatives <<<"$wanted"
    for package in "${alternatives[@]}"; do
      is_installed "$package" && continue 2
    done
    if command -v apt-get >/dev/null && can_be_root; then
      for package in "${alternatives[@]}"; do
        say "installing $package"
        apt_get "$package" && continue 2
      done
    fi
    failed+=("$wanted")
  done
  [ ${#failed[@]} -eq 0 ] && return 0
  say "not installed: ${failed[*]}"
  return 1
}

# libLLVM under the name that this distribution has: 19, or what is nearest.
install_llvm() {
  local version
  for version in 19 20 21 18; do
    ldconfig -p 2>/dev/null | grep -Eq "libLLVM(-$version\.so|\.so\.$version)" && return 0
  done
  say "installing libLLVM"
  for version in 19 20 21 18; do
    apt_install "libllvm$version" >/dev/null && return 0
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
