#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on programs that make files durable by msync(2) and fsync(2). usage: pages.sh TAP PMEM2 PROGRAMS
pmem2=$(realpath "$2") programs=$(realpath "$3") source=$(realpath "$(dirname "$0")")/pages.c
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

# of FAULT OPTION...: what crashtest says of pages.c with that fault
of() {
	local program=$programs/pages-$1
	shift
	rm -f data
	"$pmem2" crashtest --check "$program {} check" "$@" -- "$program" data put 3
}
clean() { says ': 0 failed$' status 0 of "$@"; }
found() { says "$1" status 1 of "${@:2}"; }

point "msync(2) of the record, then of the count" clean 0
point "likewise, torn" clean 0 --torn
point "likewise, all points" clean 0 --all --torn
point "one msync(2) for both" found 'wrong order: data\+0x0, .* need data\+0x[123]000, ' 1
point "at its line" found 'during the drain of put \(pages\.c' 1
point "a record without" found 'missing flush: data\+0x[123]000' 2
point "the count before the record" found '[1-9][0-9]* failed' 3
point "MS_ASYNC" found '[1-9][0-9]* failed' 4
point "what is stored may be written before it is synced" found 'wrong order: data\+0x0, .* need data\+0x[123]000, ' 5
point "a page is torn into sectors" found 'wrong order: data\+0x0, .* need data\+0x[0-9a-f]+, ' 6
point "fdatasync(2) after munmap(2)" clean 7
point "neither" found 'missing flush: data\+0x[123]000' 8
point "pwrite(2) and fsync(2)" clean 9
point "pwrite(2) alone" found 'missing flush: 1' 10

# ---- the front ----

point "what recorded it" found 'recorded by calls of libpmem2, libpmem, msync\(2\)' 1
point "for programs" found '"recorder": "preload"' 1 --json
point "as if on persistent memory" clean 0 --granularity CACHE_LINE
point "without the recorder" says 'mapped no file through this libpmem2' status 2 of 0 --no-preload
point "a recorder that is not there" says 'mapped no file through this libpmem2' \
	status 2 env PMEM2_RECORDER_DIR=/nowhere "$pmem2" crashtest -- "$programs/pages-0" data put 1
point "nothing to be seen" says 'a static program.*--exact' status 2 "$pmem2" crashtest -- true

again() {
	local command
	of 1 --trace trace >said
	command=$(sed -n 's/^  again    pmem2 //p' said | head -1)
	# shellcheck disable=SC2086 # several words
	"$pmem2" $command && "$programs/pages-1" image check
}
point "the image again is as broken" status 1 again

# a program is started by a script, and by a shell in that
cat >script <<END
#!/bin/sh
true
sh -c '"$programs/pages-1" data put 3; true'
END
chmod +x script
by_script() { rm -f data && "$pmem2" crashtest --check "$programs/pages-1 {} check" -- ./script; }
point "a program that a script runs" says 'wrong order: data' status 1 by_script

# ---- what a program has of it ----

# AddressSanitizer is at work before libc, and wants to be the first library
with_sanitizer() {
	cc -fsanitize=address -O1 -g -D_GNU_SOURCE -DFAULT=1 "$source" -o sanitized || return
	rm -f data
	"$pmem2" crashtest --check "$programs/pages-1 {} check" -- ./sanitized data put 3
}

point "a program with a sanitizer" says 'wrong order: data' status 1 with_sanitizer
alone() { env LD_PRELOAD="$PMEM2_RECORDER_DIR/preload.so" "$@"; }
point "without crashtest it lets all through" status 0 alone "$programs/pages-0" plain put 2
point "and makes no trace" status 1 test -e trace.0
point "libpmem without a backend is refused" says 'for pmem2 crashtest alone' \
	status 125 alone "$programs/pmem_store" plain right 1
plan
