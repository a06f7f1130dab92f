#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts/crashtest.sh on programs that were not written for this library. usage: crashtest.sh TAP SCRIPT BUILD EXACT
script=$(realpath "$2") build=$(realpath "$3") exact=$4
# shellcheck source=tests/tap.sh
. "$1"
unset LD_LIBRARY_PATH # which Meson sets, to where the stub of libpmem is

shown() { "$script" --built "$build" "$1" >"$1.txt"; }
point "msync" status 0 shown msync
point "its fault" says 'fault +flush and drain in the wrong order' cat msync.txt
point "at its line" says 'the cut .* put \(pages\.c:[0-9]+\)' cat msync.txt
if echo '#include <libpmemobj.h>' | cc -E - >/dev/null 2>&1; then
	point "libpmemobj" status 0 shown libpmemobj
	point "its line" says 'the cut .* main \(writer\.c:[0-9]+\)' cat libpmemobj.txt
	point "what mends it" says '^\+.*memcpy_persist' cat libpmemobj.txt
else
	skip "libpmemobj" "there is no libpmemobj-dev"
fi
if [ "$exact" = true ]; then
	point "btree" status 0 shown btree
	point "its fault and its line" says 'stores to one line in the wrong order: .*put_entry \(tree\.c:[0-9]+\)' cat btree.txt
else
	skip "btree" "there is no recorder exact"
fi
last() { tail -n "$1" msync.txt; }
point "the mended one is clean" says ': 0 failed$' last 1
point "another name" status 2 "$script" nothing
plan
