#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Both recorders see the same of one program. usage: both.sh TAP PMEM2 PROGRAMS SOURCES TRACED EXACT
pmem2=$(realpath "$2") programs=$(realpath "$3") sources=$(realpath "$4") traced=$(realpath "$5") exact=$(realpath "$6")
# shellcheck source=tests/tap.sh
. "$1"
unset LD_LIBRARY_PATH # which Meson sets, to where the stub of libpmem is
mkdir tmp
export TMPDIR=$PWD/tmp

# trace OUT OPTION... -- PROGRAM...: the lines that each drain made durable
trace() {
	local out=$1
	shift
	rm -f data trace
	"$pmem2" crashtest --trace trace "$@" >said 2>&1
	"$traced" --lines trace >"$out" && [ -s "$out" ]
}

# pages FILE: an msync(2) makes whole pages durable: the pages of the lines, once each
pages() {
	awk '{ line = ""; delete seen
		for (i = 1; i <= NF; i++) { page = int(strtonum("0x" $i) / 64)
			if (!(page in seen)) { seen[page]; line = line " " page } }
		print line }' "$1"
}

# same PROGRAM...: by its drains
same() {
	trace preloaded -- "$@" && PMEM2_RECORDER_DIR=$exact trace emulated --exact -- "$@" &&
		[ "$(wc -l <preloaded)" -gt 5 ] && diff preloaded emulated
}
same_pages() {
	trace preloaded -- "$@" && PMEM2_RECORDER_DIR=$exact trace emulated --exact -- "$@" &&
		diff <(pages preloaded) <(pages emulated)
}
point "msync(2): the same pages, in the same order" same_pages "$programs/pages-0" data put 5

# QEMU runs the libpmem of the system
if [ -e /usr/lib/"$(uname -m)"-linux-gnu/libpmem.so.1 ]; then
	build() {
		cc -O1 -g -D_GNU_SOURCE -I"$sources/../../recorders/preload" "$sources/store.c" -o store \
			-l:libpmem.so.1
	}
	point "a program of libpmem" build
	for mode in right unflushed undrained nodrain; do
		point "libpmem, $mode: the same lines, in the same order" same ./store data "$mode" 20
	done
else
	skip "libpmem" "there is no libpmem1"
fi
plan
