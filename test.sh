#!/usr/bin/env bash
# Installs what is missing, and runs every test. Tests of the kernel need root; without it they are counted as skipped.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/setup.sh

check_node
install_llvm
# References for our objects: without them the tests that compare are skipped.
apt_install clang-19 llvm-19 "bpftool|linux-tools-common" libbpf-dev iproute2 || say "tests that compare with these are skipped"
install_packages

# What fails before the tests is counted among the failed, and keeps no test from running.
steps_failed=0
step() {
  say "$1"
  "${@:2}" || { say "FAILED: $1"; steps_failed=$((steps_failed + 1)); }
}
step "building" npm run --silent build
step "checking format and lint" npm run --silent lint
step "compiling the examples" npm run --silent build -w @tsbpfc/examples

if [ "$(id -u)" -ne 0 ]; then say "not root: tests of the kernel are skipped"; fi
report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report" "$@" || status=$?
node scripts/summary.mjs "$report" "$steps_failed" || status=1
exit "$status"
