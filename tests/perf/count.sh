#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Fails if a call takes more instructions than the ceiling.
# usage: count.sh PROGRAM CASE CEILING [REASON TO SKIP]
program=$1
case=$2
ceiling=$3

skip() {
	echo "skipped: $1"
	exit 77
}

[ -z "$4" ] || skip "$4"
command -v valgrind >/dev/null || skip "valgrind is not installed"

# clwb, clflushopt and AVX-512 are unknown to valgrind 3.19: meson.build sets the environment for clflush-avx2
report=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=measured \
	"$program" "$case" 2>&1) || { echo "$report"; exit 1; }
total=$(echo "$report" | sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p')
if [ "${total:-0}" -lt 1000 ]; then
	echo "$report"
	echo "callgrind counted nothing in measured()"
	exit 1
fi
each=$((total / 1000))
echo "$case: $each instructions a call, ceiling $ceiling"
[ "$each" -le "$ceiling" ]
