#!/usr/bin/env bash
# Installs what is missing, and runs every test: of the packages, of this machine's kernel (as root; without it they are
# counted as skipped), and of the lab's kernels in virtual machines.
#   ./test.sh --quick     leaves the lab out
#   ./test.sh loader/     only test files whose paths hold this, without the lab
set -euo pipefail
cd "$(dirname "$0")"
. scripts/setup.sh

lab=yes
filters=()
for argument in "$@"; do
  if [ "$argument" != --quick ]; then filters+=("$argument"); fi
  lab=no
done

check_node
install_llvm
# References for our objects: without them the tests that compare are skipped.
apt_install clang-19 llvm-19 "bpftool|linux-tools-common" libbpf-dev iproute2 || say "tests that compare with these are skipped"
if [ "$lab" = yes ]; then
  apt_install qemu-system-x86 busybox-static cpio xz-utils || say "the lab needs these"
fi
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
# They import the examples' skeletons.
step "checking the types of tests" npm run --silent check-tests

if [ "$(id -u)" -ne 0 ]; then say "not root: tests of this machine's kernel are skipped"; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
reports=("$work/tests.json")
npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$work/tests.json" \
  ${filters[@]+"${filters[@]}"} || status=$?
if [ "$lab" = yes ]; then
  reports+=("$work/lab.json")
  node test/lab/start.mjs --host-report "$work/tests.json" --counts "$work/lab.json" || status=$?
  # Machines that go wrong on purpose.
  reports+=("$work/failures.json")
  TSBPFC_LAB=1 npx --no-install vitest run --reporter=default --reporter=json \
    --outputFile.json="$work/failures.json" test/lab/failures.test.ts || status=$?
fi
node scripts/summary.mjs "$steps_failed" "${reports[@]}" || status=1
exit "$status"
