#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Failures of the kernel itself: an ext4 in a file on a tmpfs that fills up, and full file systems under sparse files.
# usage: full.sh TAP PROGRAM
program=$(realpath "$2")

if [ "${PMEM2_TEST_UNSHARED:-}" = "" ]; then
	{ unshare -m true 2>/dev/null && [ "$(id -u)" = 0 ]; } || { echo "1..0 # SKIP mounts need root"; exit; }
	export PMEM2_TEST_UNSHARED=1
	exec unshare -m --propagation private "$0" "$@"
fi
# shellcheck source=tests/tap.sh
. "$1"

# ext4_on SIZE-OF-TMPFS SIZE-OF-IMAGE: mounts small/ and, of a sparse image in it, disk/
ext4_on() {
	mkdir -p small disk
	mount -t tmpfs -o "size=$1" tmpfs small && truncate -s "$2" small/image &&
		mkfs.ext4 -F -q -O ^has_journal -b 4096 small/image && mount -o loop small/image disk
}
over() { umount disk 2>/dev/null; umount small 2>/dev/null; }
trap 'over; rm -rf "$place"' EXIT

if ! command -v mkfs.ext4 >/dev/null || ! ext4_on 4M 64M >said 2>&1; then
	cat said
	over
	skip "an ext4 whose storage fills up" "no loop mount here"
else
	point "an ext4 whose storage fills up" says '^ok: the old ones stay' status 0 "$program" disk writeback
	over
	ext4_on 100M 64M
	point "a sparse file on a full ext4" says 'full ext4: SIGBUS' status 0 "$program" disk ext4
	over
fi

mkdir -p small
if mount -t tmpfs -o size=8M tmpfs small 2>/dev/null; then
	point "a sparse file on a full tmpfs" says 'full tmpfs: SIGBUS' status 0 "$program" small tmpfs
else
	skip "a sparse file on a full tmpfs" "no mount here"
fi
plan
