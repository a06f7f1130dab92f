#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The short examples. usage: examples.sh TAP DIRECTORY [MSYNC-THAT-FAILS]
bin=$(realpath "$2") eio=${3:+$(realpath "$3")}
# shellcheck source=tests/tap.sh
. "$1"

for example in basic copy_flags intake ledger multiple_files reservation; do
	point "$example --help" says "^usage: $example" status 0 "$bin/$example" --help
	point "$example without a file" says "^usage: $example" status 2 "$bin/$example"
done
point "basic" says "^run 1 .granularity" status 0 "$bin/basic" runs
point "basic again" says "^run 2 .granularity" status 0 "$bin/basic" runs
point "basic names the errors" says "^missing/runs: No such file" status 1 "$bin/basic" missing/runs
point "copy_flags" says '"entry 0" to "entry 15", "left right", 524288 bytes of 0xa5' \
	status 0 "$bin/copy_flags" copies
point "the copies are in the file" grep -q "copied and durable when memcpy returns" copies
point "multiple_files" says '^m3: "file 3 of 3"' status 0 "$bin/multiple_files" m1 m2 m3
point "each has its mark" grep -q "file 2 of 3" m2
point "reservation" says "begins in one file and ends in the other" status 0 "$bin/reservation" left right
point "half in the one" grep -q "this sentence begins" left
point "half in the other" grep -q "in the other" right
lines() { printf 'one\ntwo\nthree\n' | "$bin/intake" "$1"; }
point "intake" says "^3 lines are durable, 0 were refused" status 0 lines taken
point "intake goes on" says "^ack 6$" status 0 lines taken
point "what it took is there" grep -q three taken
if [ -n "$eio" ]; then
	failing() { # NUMBER COMMAND...
		local number=$1
		shift
		FAIL_MSYNC=$number LD_PRELOAD=$eio PMEM2_BACKEND=generic_msync "$@"
	}
	point "intake survives EIO" says "^1 lines are durable, 2 were refused" status 3 failing 4 lines survivor
	point "and says why" says "intake: line 2: writing the file failed: Input/output error" failing 4 lines other
	point "and takes lines again afterwards" says "^ack 3$" status 0 lines survivor
	point "ledger ends at EIO" says "ledger: .*: Input/output error" status 3 failing 2 "$bin/ledger" poor 3
	point "without harm" says ", 12000 in all accounts" status 0 "$bin/ledger" poor 3
fi
point "ledger" says "^batch 6, 12000 in all accounts" status 0 "$bin/ledger" money 5
point "ledger goes on" says "^batch 13, 12000" status 0 "$bin/ledger" money 7
point "ledger check" says "^batch 13, 12000" status 0 "$bin/ledger" money check
plan
