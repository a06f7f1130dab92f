#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What pmem2 crashtest --exact costs a program: a B+tree and a hash table that flush by themselves, and the log.
set -euo pipefail

usage="usage: exact.sh BUILD
Runs each program alone, and with the recorder of --exact; prints medians of five rounds, of times on the CPU, the ratio,
and the time for an event. BUILD has tests, tools and examples. Starting QEMU, and its self-test, are taken off.
Exit status: 1 if a program takes more than 90 times as long, or an event more than 10 microseconds, else 0."
case ${1---help} in --help) echo "$usage"; exit ;; esac
build=$(realpath "$1")
sources=$(realpath "$(dirname "$0")/../tests/exact")
run=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$run"' EXIT
cd "$run"
export PMEM2_FORCE_GRANULARITY=CACHE_LINE PMEM2_BACKEND_DIR=$build/backends PMEM2_EXACT_TRACE=$run/trace
exact=(qemu-x86_64 -cpu max -plugin "$build/recorders/exact/exact.so")
version=$(qemu-x86_64 --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')
[ "$version" -ge 9 ] || exact+=(-singlestep)
status=0

repeat() {
	local times=$1
	shift
	for ((; times > 0; times--)); do
		rm -f data trace
		"$@" <input >/dev/null 2>&1
	done
}

# took TIMES COMMAND...: microseconds of the CPU for one of them; rm(1) is among them
took() {
	local TIMEFORMAT='%U %S'
	{ time repeat "$@"; } 2>&1 | awk -v n="$1" '{ printf "%.0f\n", ($1 + $2) * 1e6 / n }'
}

median() { sort -n "$1" | sed -n 3p; }

# row NAME PROGRAM ARGUMENT...
row() {
	local name=$1 program=$2 events
	shift 2
	export PMEM2_EXACT_PROGRAM=$program
	rm -f alone under
	# what is compared takes turns, for the machine may be faster now and slower then
	for _ in 1 2 3 4 5; do
		took 10 "$program" "$@" >>alone
		took 1 "${exact[@]}" "$program" "$@" >>under
	done
	events=$("$build/tests/exact/traced" --list trace | wc -l)
	awk -v name="$name" -v a="$(median alone)" -v u="$(median under)" -v e="$events" -v s="$start" -v r="$remove" 'BEGIN {
		a -= r
		u -= s + r
		printf "| %s | %.1f ms | %.0f ms | %.0f | %d | %.1f us |\n", name, a / 1000, u / 1000, u / a, e, (u - a) / e
		exit u / a > 90 || (u - a) / e > 10 }' || status=1
}

for program in tree hash; do
	cc -O2 -g -D_GNU_SOURCE -pthread "$sources/$program.c" -o $program
done
touch input
export PMEM2_EXACT_PROGRAM=$run/tree
remove=$(took 100 true)
start=$(took 5 "${exact[@]}" ./tree data put 1)
start=$((start - remove))
echo "| program | alone | recorded | ratio | events | an event |"
echo "|---|---|---|---|---|---|"
for keys in 10000 100000; do
	row "B+tree, $keys keys" "$run/tree" data put $keys
	row "hash table, $keys keys" "$run/hash" data put $keys
done
seq -f 'a record of the log, with number %g' 10000 >input
row "log, 10000 records" "$build/examples/log" data append
exit $status
