#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The report about a program that flushes too much, in the program and by the command.
# usage: wasteful.sh TAP PMEM2 WASTEFUL
pmem2=$(realpath "$2") wasteful=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
export PMEM2_FORCE_GRANULARITY=CACHE_LINE TMPDIR=$PWD

run() { PMEM2_BACKEND=powerfail PMEM2_POWERFAIL_REPORT=$1 "$wasteful" file; }
counts='"missing-flush": 0, "missing-drain": 0, "stray-flush": 0, "redundant-flush": 7, "repeated-flush": 1, "empty-drain": 3'

point "to a file" run report.json
point "exactly what is for nothing" grep -qF "{$counts}" report.json
point "it is JSON" python3 -m json.tool report.json
rm file
point "by the command" status 0 "$pmem2" crashtest --json -- "$wasteful" file
by_command() { rm -f file && "$pmem2" crashtest --json -- "$wasteful" file; }
point "likewise" says "\\{$counts\\}" by_command
rm file
point "to stderr, with line numbers" says '^ +5  main \(wasteful\.c:[0-9]+\).*; first: .*/file\+0x0, 6 bytes$' run stderr
rm file
run text
point "to a text" grep -qx 'drain with nothing pending: 3' text
point "no report, no words" test -z "$(PMEM2_BACKEND=powerfail "$wasteful" file 2>&1)"
plan
