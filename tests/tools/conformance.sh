#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 backends --test: each of our backends passes, each broken one is found out, by what is broken.
# usage: conformance.sh TAP PMEM2 OUR-DIRECTORY BROKEN-DIRECTORY BACKEND...
pmem2=$(realpath "$2") ours=$3 broken=$4
backends=("${@:5}")
# shellcheck source=tests/tap.sh
. "$1"
unset PMEM2_BACKEND

lists() { PMEM2_BACKEND_DIR=$ours "$pmem2" backends; }
runs() { lists | grep -q "^$1 .* \(/\|built in\)"; }

point "the command runs" lists
for name in "${backends[@]}"; do
	if ! runs "$name"; then
		skip "$name keeps its contract" "this CPU cannot run it"
	else
		# a variant that this CPU cannot run is said to be not shown, and is no failure
		point "$name keeps its contract" env PMEM2_BACKEND_DIR="$ours" "$pmem2" backends --test "$name"
	fi
done
if [ ${#backends[@]} -gt 0 ]; then
	plan
	exit
fi
point "powerfail, which flushes nothing, is not called sound" says "flushes by no instruction.*" status 1 \
	env PMEM2_BACKEND_DIR="$ours" "$pmem2" backends --test powerfail
point "a backend that is not there" says "nothere.so: No such file" status 1 \
	env PMEM2_BACKEND_DIR="$ours" "$pmem2" backends --test nothere
point "two names" says "not the name of one backend" status 2 \
	env PMEM2_BACKEND_DIR="$ours" "$pmem2" backends --test generic_msync,generic_msync

found() { # KIND PATTERN
	says "BROKEN .*$2" status 1 env PMEM2_BACKEND_DIR="$broken" "$pmem2" backends --test "broken_$1"
}
sound=1
if [ -d "$broken" ]; then
	PMEM2_BACKEND_DIR=$broken "$pmem2" backends --test broken_sound >said
	sound=$?
fi
if [ -d "$broken" ] && grep -qwm1 clflush /proc/cpuinfo && ! grep -q "not shown.*ptrace" said; then
	point "the sound one is" test $sound -eq 0
	point "and is said to be" grep -x "broken_sound keeps its contract in 1 variants" said
	point "a line that is not flushed" found line "a line that is not flushed after its last store"
	point "a torn value of 8 bytes" found torn "a store that may tear an aligned 8-byte value"
	point "errno changed" found errno_ "changed errno to 33"
	point "a wrong overlap" found overlap "overlapping from below"
	point "a drain that does not wait" found drain_ "fence"
else
	skip "broken backends" "this CPU has none, or nobody may step through a process here"
fi
plan
