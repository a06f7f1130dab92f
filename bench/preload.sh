#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the recorder preload costs a program of the library, beside the backend powerfail alone.
set -euo pipefail

usage="usage: preload.sh BUILD
Appends 5,000 records to the log of the examples: alone, under powerfail with a trace, and likewise with the recorder
preload. Prints medians of seven rounds, of times on the CPU, and the ratio of the last two, which may be 1.3.
BUILD has tests and examples."
case ${1---help} in --help) echo "$usage"; exit ;; esac
build=$(realpath "$1")
run=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$run"' EXIT
cd "$run"
seq -f 'record %g, of more bytes than a line of the cache has room for, as most are' 5000 >input
export PMEM2_FORCE_GRANULARITY=CACHE_LINE PMEM2_BACKEND_DIR=$build/backends
powerfail=(env PMEM2_BACKEND=powerfail PMEM2_POWERFAIL_TRACE="$run/trace" PMEM2_POWERFAIL_STACKS=1
	PMEM2_POWERFAIL_DIRTY=auto)
preload=("${powerfail[@]}" LD_PRELOAD="$build/recorders/preload/preload.so")
log=("$build/tests/powerfail/sound_log" data append)

# took COMMAND...: milliseconds of the CPU
took() {
	local TIMEFORMAT='%U %S'
	rm -f data trace
	{ time "$@" <input >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.0f\n", ($1 + $2) * 1000 }'
}

# what is compared takes turns, for the machine may be faster now and slower then
for _ in 1 2 3 4 5 6 7; do
	took "${log[@]}" >>alone
	took "${powerfail[@]}" "${log[@]}" >>backend
	took "${preload[@]}" "${log[@]}" >>both
done
median() { sort -n "$1" | sed -n 4p; }
awk -v a="$(median alone)" -v b="$(median backend)" -v p="$(median both)" 'BEGIN {
	print "| alone | powerfail | with preload | ratio |"
	print "|---|---|---|---|"
	printf "| %d ms | %d ms | %d ms | %.2f |\n", a, b, p, p / b
	exit p / b > 1.3 }'
