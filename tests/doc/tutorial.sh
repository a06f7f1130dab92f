#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the tutorial says of its programs. usage: tutorial.sh TAP PMEM2 HELLO KV WRONG-KV
pmem2=$(realpath "$2") hello=$(realpath "$3") kv=$(realpath "$4") wrong=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD

point "hello counts" says '^run 1, granularity' "$hello" file
point "and it lasts" says '^run 2, granularity' "$hello" file

point "put" "$kv" data put color green
point "put again" "$kv" data put color blue
point "the latest value counts" says '^blue$' "$kv" data get color
point "there is no such key" status 1 "$kv" data get shape
point "the store grows" "$kv" data fill 500
point "and has all" "$kv" data check
point "an old value is still there" says '^blue$' "$kv" data get color
printf '\377\377\377\377\377\377\377\177' | dd of=data conv=notrunc status=none
point "a store that is none is refused" status 1 "$kv" data check

# a shorter record over what a longer one left
over() {
	rm -f data
	"$kv" data put a "$(printf '%040d' 7)" && "$kv" data put b "$(printf '%0200d' 7)" &&
		printf '\0\0\0\0\0\0\0\0' | dd of=data bs=1 seek=56 conv=notrunc status=none &&
		"$kv" data put c short && status 1 "$kv" data get b && says '^short$' "$kv" data get c
}
point "garbage after the end is not taken for records" over

crashtest() {
	rm -f data
	"$pmem2" crashtest --timeout 1200 "${@:2}" --check "$1 {} check" -- "$1" "$PWD/data" fill 20
}
for options in "" "--evictions" "--torn --samples 20"; do
	# shellcheck disable=SC2086 # several words
	point "crashtest finds nothing ${options:-by default}" crashtest "$kv" $options
done
point "crashtest finds the wrong version" status 1 crashtest "$wrong"
point "and says what is wrong" says 'missing drain: .* one flush covers both' crashtest "$wrong"
point "and how it is mended" says '^  mend +flush data.* and drain, before' crashtest "$wrong"
plan
