#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows what pmem2 crashtest --exact says of a B+tree that flushes by its own instructions, wrong and mended.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: crashtest-exact.sh [--built BUILD]
Builds, then lets pmem2 crashtest --exact try power cuts on tests/exact/tree.c, which uses no library: as a variant that
stores the key of an entry after its value, in one line, and as it should be.
  --built BUILD   use what is built there; else build-demo is made, and what is missing installed
Exit status: 0 if the fault is found and named, and the mended tree is clean, else 1."

build=
case ${1-} in
--help) echo "$usage"; exit ;;
--built) build=$(realpath "${2:?a directory is missing}") ;;
esac
if [ -z "$build" ]; then
	build=$PWD/build-demo
	scripts/install-deps.sh build exact
	[ -e "$build/build.ninja" ] || meson setup "$build" -Dtests=disabled -Dman=disabled
	ninja -C "$build"
fi
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
export PMEM2_RECORDER_DIR=$build/recorders/exact TMPDIR=$run

# tree FAULT: what crashtest says of it
tree() {
	"${CC:-cc}" -O1 -g -D_GNU_SOURCE -pthread -DFAULT="$1" tests/exact/tree.c -o "$run/tree"
	rm -f "$run/data"
	"$build/tools/pmem2" crashtest --exact --samples 10 --check "$run/tree {} check" -- "$run/tree" "$run/data" put 33
}

status=0
echo "The value of an entry, which says that it is there, is stored before its key:"
tree 1 | tee "$run/found" || true
grep -q 'fault    stores to one line in the wrong order: .*tree.c' "$run/found" || status=1
printf '\nThe key first:\n'
tree 0 || status=1
exit $status
