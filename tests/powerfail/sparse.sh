#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A file of 1 TiB that is a hole but for two stores costs what is stored. usage: sparse.sh TAP PMEM2 SPARSE
pmem2=$(realpath "$2") sparse=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD

memory=
[ ! -w /dev/shm ] || memory=$(mktemp -d -p /dev/shm) || memory=
trap 'rm -rf "$place" $memory' EXIT

# of DIRECTORY WHAT
of() {
	rm -f "$1/data"
	truncate -s 1T "$1/data" &&
		"$pmem2" crashtest --directory "$1" --timeout 1200 --json \
			--check "$sparse {} check && test \$(stat -c %b {}) -lt 4096" -- "$sparse" "$1/data" "$2"
}
keeps_its_holes() { test "$(stat -c %b "$1/data")" -lt 4096; }

for directory in "$PWD" $memory; do
	fs=$(stat -f -c %T "$directory")
	if ! truncate -s 1T "$directory/data" 2>/dev/null; then
		skip "1 TiB on $fs" "no file can be that long there"
		continue
	fi
	for what in orders closes killed; do
		point "$what, $fs" status 0 of "$directory" $what
		point "the file keeps its holes, $fs" keeps_its_holes "$directory"
	done
	point "a store that is not flushed is found, $fs" says 'missing' of "$directory" forgets
	point "the file keeps its holes, $fs" keeps_its_holes "$directory"
done
plan
