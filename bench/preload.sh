#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the backend powerfail and the recorder preload cost programs.
set -euo pipefail

usage="usage: preload.sh BUILD
Runs programs alone, and as pmem2 crashtest does: the log of the examples, which uses libpmem2, under the backend
powerfail, and with the recorder preload as well; a map of Debian's libpmemobj examples; LMDB, which calls msync(2). Prints
medians of seven rounds, of times on the CPU. BUILD has tests and examples; files are in /dev/shm.
Exit status: 1 if the log takes more than 1.3 times as long with preload as without, else 0."
case ${1---help} in --help) echo "$usage"; exit ;; esac
build=$(realpath "$1")
tests=$(realpath "$(dirname "$0")/../tests/preload")
run=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$run"' EXIT
cd "$run"
seq -f 'record %g, of more bytes than a line of the cache has room for, as most are' 5000 >records
seq -f 'i %g' 2000 >keys
export PMEM2_BACKEND_DIR=$build/backends
powerfail=(env PMEM2_BACKEND=powerfail PMEM2_POWERFAIL_TRACE="$run/trace" PMEM2_POWERFAIL_STACKS=1
	PMEM2_POWERFAIL_DIRTY=auto)
preload=("${powerfail[@]}" LD_PRELOAD="$build/recorders/preload/preload.so")
forced=(env PMEM2_FORCE_GRANULARITY=CACHE_LINE)

# took INPUT COMMAND...: milliseconds of the CPU
took() {
	local TIMEFORMAT='%U %S'
	rm -f data trace
	[ ! -e new ] || cp new data
	{ time "${@:2}" <"$1" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.0f\n", ($1 + $2) * 1000 }'
}

median() { sort -n "$1" | sed -n 4p; }

# row NAME RECORDER: by the files `alone` and `recorded`
row() {
	awk -v n="$1" -v r="$2" -v a="$(median alone)" -v b="$(median recorded)" 'BEGIN {
		printf "| %s | %s | %d ms | %d ms | %.0f |\n", n, r, a, b, b / (a > 0 ? a : 1) }'
}

# measure NAME INPUT COMMAND...: a program that preload follows
measure() {
	rm -f alone recorded
	# what is compared takes turns, for the machine may be faster now and slower then
	for _ in 1 2 3 4 5 6 7; do
		took "$2" "${@:3}" >>alone
		took "$2" "${preload[@]}" "${@:3}" >>recorded
	done
	row "$1" preload
}

echo "| program | recorder | alone | recorded | ratio |"
echo "|---|---|---|---|---|"
log=("$build/tests/powerfail/sound_log" data append)
for _ in 1 2 3 4 5 6 7; do
	took records "${forced[@]}" "${log[@]}" >>alone
	took records "${forced[@]}" "${powerfail[@]}" "${log[@]}" >>backend
	took records "${forced[@]}" "${preload[@]}" "${log[@]}" >>with_preload
done
cp backend recorded
row "log, 5000 records" powerfail
cp with_preload recorded
row "log, 5000 records" "powerfail and preload"

if echo '#include <libpmemobj.h>' | cc -E - >/dev/null 2>&1 &&
	packages=$("$tests/debian/examples.sh" "$build/examples-of-debian" libpmemobj-dev); then
	objects=$packages/libpmemobj-dev/examples
	cc -O2 -g -w -D_GNU_SOURCE -I"$tests/debian" -I"$objects" -I"$objects/map" -I"$objects/hashmap" -I"$objects/tree_map" -I"$objects/list_map" \
		"$objects"/map/map*.c "$objects"/{hashmap,tree_map,list_map}/*.c -o mapcli -lpmemobj -pthread
	cc "$tests/debian/make_pool.c" -o make_pool -lpmemobj
	./make_pool new map
	measure "map rbtree on libpmemobj, 2000 keys" keys ./mapcli rbtree data 1
	rm new
fi
if cc -O2 -g "$tests/lmdb.c" -o lmdb -llmdb 2>/dev/null; then
	measure "LMDB, 500 transactions" /dev/null ./lmdb data put 500
fi
awk -v b="$(median backend)" -v p="$(median with_preload)" 'BEGIN { exit p / b > 1.3 }'
