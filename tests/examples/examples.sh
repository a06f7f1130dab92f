#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The short examples. usage: examples.sh TAP DIRECTORY
bin=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"

for example in basic copy_flags multiple_files reservation; do
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
plan
