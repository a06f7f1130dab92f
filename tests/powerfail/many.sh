#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The example log is clean over many images, whatever a power cut may do: PMEM2_TEST_CASES (1500) of them for
# each set of options. usage: many.sh TAP PMEM2 LOG
pmem2=$(realpath "$2") log=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD
cases=${PMEM2_TEST_CASES:-1500}

# records of 0 to 580 bytes, so of 1 to 10 lines
awk -v records=$((cases / 130 + 4)) 'BEGIN {
	for (i = 1; i <= records; i++) {
		n = (i * 149 + 430) % 581
		for (j = 0; j < n; j++) printf "%c", 97 + (i * 7 + j * j) % 26
		print ""
	}
}' >text

is_clean() {
	rm -f data
	status 0 "$pmem2" crashtest --timeout 1200 --json --all "$@" --check "$log {} verify" -- "$log" --size 8M data append \
		<text >result 2>said || { cat result said; return 1; }
}
images() { sed -n 's/^  "images": \([0-9]*\),$/\1/p' result; }

for options in "" "--evictions" "--torn" "--torn --evictions"; do
	# shellcheck disable=SC2086 # several words
	point "clean ${options:-by default}" is_clean $options
	point "$(images) images" test "$(images)" -ge "$cases"
done
plan
