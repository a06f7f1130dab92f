#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What pmem2 crashtest --exact costs a program: a B+tree and a hash table that flush by themselves, and the log.
set -euo pipefail

usage="usage: exact.sh BUILD
Runs each program alone, and with the recorder of --exact; prints the median of three runs, the ratio, and the time for
an event. BUILD has tests, tools and examples. Starting QEMU, and its self-test, are taken off."
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

# took COMMAND...: milliseconds, the median of three
took() {
	local begin
	for _ in 1 2 3; do
		rm -f data trace
		begin=$(date +%s%N)
		"$@" <input >/dev/null
		echo $((($(date +%s%N) - begin) / 1000))
	done | sort -n | sed -n 2p
}

# row NAME PROGRAM ARGUMENT...
row() {
	local name=$1 program=$2 alone under events
	shift 2
	export PMEM2_EXACT_PROGRAM=$program
	alone=$(took "$program" "$@")
	under=$(took "${exact[@]}" "$program" "$@")
	events=$("$build/tests/exact/traced" --list trace | wc -l)
	awk -v name="$name" -v a="$alone" -v u="$under" -v e="$events" -v s="$start" 'BEGIN {
		printf "| %s | %.1f ms | %.0f ms | %.0f | %d | %.2f us |\n", name, a / 1000, (u - s) / 1000,
			(u - s) / a, e, (u - s - a) / e }'
}

for program in tree hash; do
	cc -O2 -g -D_GNU_SOURCE -pthread "$sources/$program.c" -o $program
done
touch input
export PMEM2_EXACT_PROGRAM=$run/tree
start=$(took "${exact[@]}" ./tree data put 1)
echo "| program | alone | recorded | ratio | events | an event |"
echo "|---|---|---|---|---|---|"
for keys in 10000 100000; do
	row "B+tree, $keys keys" "$run/tree" data put $keys
	row "hash table, $keys keys" "$run/hash" data put $keys
done
seq -f 'a record of the log, with number %g' 10000 >input
row "log, 10000 records" "$build/examples/log" data append
