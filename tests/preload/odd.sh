#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on mappings of all shapes. usage: odd.sh TAP PMEM2 PROGRAMS
pmem2=$(realpath "$2") odd=$(realpath "$3")/odd_maps
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

of() { rm -rf files && mkdir files && "$pmem2" crashtest -- "$odd" files "$@"; }

# both WAY WHAT PATTERN: clean, and with its last store not made durable
both() {
	point "$2" status 0 of "$1" 0
	point "$2, and forgotten" says "$3" status 1 of "$1" 1
}
both fixed "another file over the middle" 'files/b\+0x0, 6 bytes: 6d'
both reused "an address for two files" 'files/b\+0x0, 6 bytes: 73'
both stolen "likewise, unmapped unseen" 'files/b\+0x0, 6 bytes: 73'
both long "a file that grows into its mapping" 'files/a\+0x5000, 6 bytes: 73'
both grown "mremap(2), longer and shorter" 'files/a\+0x0, 5 bytes: 74'
both protected "writable only later" 'files/a\+0x0, 5 bytes: 66'
both two "two mappings, and an msync(2) that fails" 'files/a\+0x0, 6 bytes: 73'
point "no flush at all" says 'does the program flush by its own instructions\? --exact' status 1 of protected 1
point "system calls of its own are not seen" says '--exact' status 2 of raw 0
plan
