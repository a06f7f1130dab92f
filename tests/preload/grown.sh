#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on programs whose files grow: a size that is not synced can be lost. usage: grown.sh TAP PMEM2 PROGRAMS
pmem2=$(realpath "$2") programs=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

# of FAULT OPTION...: what crashtest says of grown.c with that fault
of() {
	local program=$programs/grown-$1
	shift
	rm -f file count
	"$pmem2" crashtest --check "$program {1} {2} check" "$@" -- "$program" file count put
}
clean() { says ': 0 failed$' status 0 of "$@"; }
found() { says "$1" status 1 of "${@:2}"; }

point "ftruncate(2) and fsync(2)" clean 0
point "likewise, all points" clean 0 --all
point "likewise, as if on persistent memory" clean 0 --granularity CACHE_LINE
point "ftruncate(2) alone" found '[0-9]+ bytes are not [234] pages' 1
point "it is the size that is missing" found 'file \(size\)' 1
point "all images of it" found 'file \(size\)' 1 --all
point "fallocate(2) and fdatasync(2)" clean 2
point "posix_fallocate(3) alone" found '[0-9]+ bytes are not [234] pages' 3
point "ftruncate(2) and msync(2)" clean 4
point "pwrite(2) alone" found '[0-9]+ bytes are not [234] pages' 5
point "pwrite(2) and fdatasync(2)" clean 6
point "a file is cut off when nothing needs the rest" clean 7
point "a file is cut off too early" found '4096 bytes are not 4 pages' 8
point "a size that nothing needs, and that is never synced" clean 9
point "fsync(2) of a file that is mapped no more" clean 10
point "what is cut off and still there is as it was" clean 11 --jobs 1

# the image has the size that its name says
again() {
	local command
	of 1 --trace trace >said
	command=$(sed -n 's/^  again    pmem2 //p' said | head -1)
	# shellcheck disable=SC2086 # several words
	"$pmem2" $command && "$programs/grown-1" image/file image/count check
}
point "the image again is as short" status 1 again
plan
