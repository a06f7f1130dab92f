#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Images of a program that stores all over its file are right from the first point of failure to the last, and from one
# pass through the trace to the next. usage: large.sh TAP PMEM2 LARGE
pmem2=$(realpath "$2") large=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD

# of CHECKER
of() {
	rm -f data
	"$large" data make || return 99
	"$pmem2" crashtest --timeout 1200 --budget 10 --check "$1" -- "$large" data run
}

point "each image is right" status 0 of "$large {} check"
point "also if the checker writes to each" status 0 of "$large {} check && $large {} make"
plan
