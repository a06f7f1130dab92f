#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest --exact, on programs that flush by their own instructions. usage: exact.sh TAP PMEM2 LOG
# TRACED SOURCES ACKED KEPT
pmem2=$(realpath "$2") log=$(realpath "$3") traced=$(realpath "$4") sources=$(realpath "$5") acked=$(realpath "$6") kept=$(realpath "$7")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

# build COMPILER PROGRAM FAULT: PROGRAM-FAULT
build() { "$1" -O1 -g -D_GNU_SOURCE -pthread -DFAULT="$3" -o "$2-$3" "$sources/$2.c"; }

# build_all COMPILER PROGRAM FAULT...
build_all() {
	local fault
	for fault in "${@:3}"; do
		build "$1" "$2" "$fault" || return
	done
}

# of PROGRAM COUNT OPTION...: what crashtest says of a program that stores that many
of() {
	local program=$1 count=$2
	shift 2
	rm -rf data tmp/*
	"$pmem2" crashtest --exact --samples 10 --check "$checker {} check" "$@" -- "./$program" data put "$count"
}

# line PROGRAM TEXT: where that is in its source
line() { echo "$1.c:$(grep -nF "$2" "$sources/$1.c" | head -1 | cut -d: -f1)"; }

# clean and found are of one architecture: options are for both
clean() { says ': 0 failed$' status 0 of "$@"; }
found() { says "$1" status 1 of "${@:2}"; }

# ---- what cannot be done ----

printf '#!/bin/sh\ntrue\n' >script
chmod +x script
point "a script" says 'a script most likely' status 2 "$pmem2" crashtest --exact -- ./script
point "no such program" says 'no-such: No such file' status 2 "$pmem2" crashtest --exact -- ./no-such
point "a program that maps nothing" says 'mapped no file' status 2 "$pmem2" crashtest --exact -- true
point "another granularity" says 'CACHE_LINE alone' status 2 "$pmem2" crashtest --exact --granularity BYTE -- true
point "a trace" says 'goes with a PROGRAM' status 2 "$pmem2" crashtest --exact --trace trace
point "no recorder" says 'is not there' status 2 env PMEM2_RECORDER_DIR=/nowhere "$pmem2" crashtest --exact -- true
point "no QEMU" says 'needs qemu-x86_64' status 2 env PATH=/nowhere "$pmem2" crashtest --exact -- /bin/true

mkdir plain
printf '#!/bin/sh\necho "qemu-x86_64 version 10.0.0"\n' >plain/qemu-x86_64
chmod +x plain/qemu-x86_64
point "a QEMU without plug-ins" says 'loads no plug-ins' status 2 env PATH="$PWD/plain:$PATH" \
	"$pmem2" crashtest --exact -- /bin/true

# ---- a tree ----

checker=./check-tree
point "programs" build_all cc tree 0 1 2 3 4 5 6 7
cp tree-0 check-tree
point "a right tree is clean" clean tree-0 33
point "a key after its value, in one line" found 'wrong order' tree-1 3
point "at the line of the value" found "stored by put_entry \($(line tree 'v = value;')\)( < put \([^)]+\))?, can be" tree-1 3
point "and at the line of the key" found "later: .* stored by put_entry \($(line tree 'k = key;')\)" tree-1 3
point "a leaf that is not flushed" found 'missing flush: .* were stored' tree-2 33
point "a root that is not held back" found 'missing drain' tree-3 33
point "a child after the flush" found 'stored after its flush' tree-4 33
point "a pointer in place of the node" found 'missing flush: .* were stored' tree-5 33
point "is said" found '^flush of memory that is in no mapping: [0-9]+$' tree-5 33
point "at its line" found "flush_node \($(line tree 'astray */')\)" tree-5 33
point "an intrinsic" cc -O1 -g -mclwb -D_GNU_SOURCE -DINTRINSICS -DFAULT=5 -o tree-5 "$sources/tree.c"
point "is not told" found "^ +[0-9]+  write_back \(raw\.h:[0-9]+\) < flush_node" tree-5 33
point "memory of the heap" found '^flush of memory that is in no mapping: [0-9]+$' tree-6 3
point "which can be left out of account" clean tree-6 3 --ignore stray-flush
point "memory that the program mapped for itself" clean tree-7 3
point "its fault for programs" found '"fault": "after-flush"' tree-4 33 --json
point "the recorder for programs" found '"recorder": "exact"' tree-1 3 --json

of tree-1 3 --trace trace >said 2>&1
again=$(sed -n 's/^  again    pmem2 //p' said | head -1)
# shellcheck disable=SC2086 # several words
point "the image again" says '^image: ' status 0 "$pmem2" $again
point "it is as broken" status 1 ./check-tree image check
point "the trace, without the program" says 'wrong order' status 1 \
	"$pmem2" crashtest --trace trace --check './check-tree {} check'
rm -f trace image

# ---- what is acknowledged ----

# acks HOW: of numbers that are acknowledged so
acks() {
	rm -f data
	PMEM2_FORCE_GRANULARITY=CACHE_LINE "$pmem2" crashtest --exact --ack stdout --check "$acked {} check {ack}" -- \
		"$acked" data put "$1"
}
point "acknowledged after the drain" says ': 0 failed$' status 0 acks right
acks_by_socket() {
	rm -f data
	PMEM2_FORCE_GRANULARITY=CACHE_LINE "$pmem2" crashtest --exact --ack socket:7 --check "$acked {} check {ack}" -- \
		"$acked" data put "$1" socket:7
}
point "by a socket" says ': 0 failed$' status 0 acks_by_socket right
point "and before it is durable" says 'acknowledged before it is durable: "ack 1"' status 1 acks_by_socket early
point "acknowledged before it" says 'acknowledged before it is durable: "ack 1"' status 1 acks early

# operations HOW: that are read line by line
operations() {
	PMEM2_FORCE_GRANULARITY=CACHE_LINE "$pmem2" crashtest --exact --ops ops --copy data --state "$kept {} dump $1" -- \
		"$kept" data run "$1"
}
rm -f data
printf '%s\n' '0 7' '1 7' '0 8' >ops
point "operations, each durable" says ': 0 failed$' status 0 operations right
point "halves of operations" says 'it said +the state after no number of operations' status 1 operations halves

# ---- a hash table ----

checker=./check-hash
point "programs" build_all cc hash 0 1 2 3
cp hash-0 check-hash
point "a right table is clean" clean hash-0 12
point "one fence for value and key" found 'missing drain: .* stored by store_past_caches' hash-1 6
point "a mark that is overwritten" found 'a value that was overwritten' hash-2 6
point "at its line" found "stored by store_entry \($(line hash '= ~UINT64_C(0);')\)( < put \([^)]+\))?; overwritten" hash-2 6
point "a key that is not flushed" found 'stored by store_entry' hash-3 6

# ---- a program of the library ----

# log_under_qemu LOG
log_under_qemu() {
	rm -rf data tmp/*
	"$pmem2" crashtest --exact --samples 10 --check "$log {} verify" -- "$1" data append <<<"$text"
}
text='a line'
point "the library's log is clean" says ': 0 failed$' status 0 log_under_qemu "$log"
text=$(seq -f 'a line that is longer than a cache line has room for, by far, and more: %g' 2)
point "one that does not flush" says 'missing flush: data.* were stored before the drain' status 1 \
	log_under_qemu "$(dirname "$log")/broken_payload_not_flushed"
point "one that does not wait" says 'missing drain: data.* stored by ' status 1 \
	log_under_qemu "$(dirname "$log")/broken_commit_not_ordered"

# traced_lines OPTION...: what each drain of the log made durable
traced_lines() {
	rm -f data trace
	seq -f 'record %g, of more bytes than a line of the cache has room for, as most are' 30 |
		"$pmem2" crashtest "$@" --trace trace -- "$log" data append >said 2>&1 || return
	"$traced" --lines trace
}
both_recorders() {
	traced_lines >by-backend && traced_lines --exact >by-qemu && [ "$(wc -l <by-qemu)" -gt 60 ] &&
		diff by-backend by-qemu
}
point "both recorders see the same lines, in the same order" both_recorders

# ---- AArch64: QEMU 7.2 runs DC CVAC, and no DC CVAP ----

if command -v aarch64-linux-gnu-gcc >/dev/null; then
	# shellcheck disable=SC2034 # of what is evaluated
	point "arm: a tree" build_all aarch64-linux-gnu-gcc tree 0 1 5
	point "arm: a hash table" build_all aarch64-linux-gnu-gcc hash 0 2
	checker=./check-tree
	point "arm: a right tree is clean" clean tree-0 33 --coherent
	point "arm: a key after its value" found 'wrong order' tree-1 3 --coherent
	point "arm: at their lines" found "put_entry \($(line tree 'v = value;')\).*put_entry \($(line tree 'k = key;')\)" \
		tree-1 3 --coherent
	point "arm: a pointer in place of the node" found '^flush of memory that is in no mapping: [0-9]+$' tree-5 33 --coherent
	point "arm: DC CVAC alone makes nothing durable" found 'reach the point of coherency' tree-0 3
	checker=./check-hash
	point "arm: a right table is clean" clean hash-0 6 --coherent
	point "arm: a mark that is overwritten" found 'a value that was overwritten' hash-2 6 --coherent
else
	skip "arm" "there is no aarch64-linux-gnu-gcc"
fi
plan
