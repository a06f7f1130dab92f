#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What crashtest says about programs that are broken in known ways, and about one that is not.
# usage: broken.sh TAP PMEM2 LOG DIRECTORY-OF-VARIANTS
pmem2=$(realpath "$2") log=$(realpath "$3") variants=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"

awk 'BEGIN {
	for (i = 1; i <= 12; i++) {
		n = (i * 89 + 30) % 257
		for (j = 0; j < n; j++) printf "%c", 97 + (i * 7 + j) % 26
		print ""
	}
}' >text

# crashtest LOG OPTION...: as a user would, but for the results in a form for programs
crashtest() {
	local program=$1
	shift
	"$pmem2" crashtest --timeout 1200 --json "$@" --check "$program {} verify" -- "$program" "$PWD/data" append <text >result 2>said
}

shows() { grep -qE "$1" result || { echo "no $1 in:"; cat result said; return 1; }; }

# finds VARIANT CLASS: that and no other, by default options
finds() {
	status 1 crashtest "$variants/broken_$1" && shows "$2" || return
	! grep -o '"fault": "[a-z-]*"' result | grep -qvF "$2" || { cat result; return 1; }
	rm -rf "${TMPDIR:-/tmp}"/pmem2-crashtest.*/trace
}

export TMPDIR=$PWD
fresh() { rm -rf data pmem2-crashtest.*; }

for row in payload_not_flushed:missing-flush commit_not_ordered:missing-drain commit_astride:astride \
	last_line_not_flushed:partial-flush drain_elsewhere:other-thread length_trusted:recovery; do
	fresh
	point "${row/:/: }" finds "${row%:*}" "\"fault\": \"${row#*:}\""
done

# its images are sound, as far as they go: what was acknowledged is missing
fresh
point "commit_not_flushed: missing-flush" finds commit_not_flushed '"class": "missing-flush"'

fresh
used_before() {
	head -n 7 text | "$variants/broken_stale_tail" data append >said 2>&1 &&
		"$variants/broken_stale_tail" data clear >said 2>&1
}
point "a log that was used before" used_before
point "stale_tail: stale" finds stale_tail '"fault": "stale"'

for options in "" "--torn --samples 20" "--evictions --all" "--torn --evictions --samples 20"; do
	fresh
	# shellcheck disable=SC2086 # several words
	point "the sound log is clean ${options:-by default}" status 0 crashtest "$log" $options
	point "and had images" shows '"images": [1-9][0-9]'
done
point "nothing is left behind" test -z "$(find . -name 'pmem2-crashtest.*')"

plan
