#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What needs no flush: pmem2 crashtest --volatile and --baseline.
# usage: volatile.sh TAP PMEM2 PROGRAM EXACT
pmem2=$(realpath "$2") program=$(realpath "$3") exact=$4
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

# crashtest FAULT OPTION...
crashtest() {
	local fault=$1
	shift
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --budget 3600 --check "$program {} check" "$@" -- "$program" data run "$fault"
}
parts=(--volatile data:0x8+8 --volatile "$PWD/data:64+8" --ignore-range ./data:128+8)
list=(--volatile "data:8+8,0x40+8,128+8")
baseline=(--copy data --baseline "$program {} open")

# ---- a lock, a counter and a hint ----

point "a program that is right is reported" says 'data\+0x40, 65 bytes: .*, durable are' status 1 crashtest right
point "it is clean with its parts named" says ': 0 failed$' status 0 crashtest right "${parts[@]}"
point "there is no loss" status 1 says '^missing flush' crashtest right "${parts[@]}"
point "in a list, too" says ': 0 failed$' status 0 crashtest right "${list[@]}"
point "two of three are not enough" says '^missing flush: 1$' status 1 crashtest right --volatile data:8+8,64+8
point "nor is a part of one" says 'data\+0x80, 1 bytes: cb, durable are 00$' status 1 crashtest right --volatile data:8+8,64+8,129+7
point "what was left out is said" says 'data\+0x8, 8 bytes \(--volatile\): changed [0-9]+ times$' crashtest right "${list[@]}"
point "so is what was not used" says 'data\+0x800, 1 byte \(--volatile\): never changed$' crashtest right --volatile data:2048+1
copied() {
	local copy=$1
	shift
	rm -rf data
	"$pmem2" crashtest --timeout 1200 --copy "$copy" --check "$program {} check" "$@" -- "$program" "$copy" run right
}
point "the file of a copy" says ': 0 failed$' status 0 copied "$PWD/data" --volatile "$PWD/data:8+8,64+8,128+8"
point "that is not there, by another path" says ': 0 failed$' status 0 copied ./data --volatile "data:8+8,64+8,128+8"
point "that is there" eval 'mkdir -p in && touch in/data && says ": 0 failed$" status 0 copied in/data --volatile "$PWD/in/data:8+8,64+8,128+8"'
point "a file that is not there" says '^--volatile dat:0x0\+8: no file of that name was mapped$' crashtest right --volatile dat:0+8
point "one elsewhere" says '^--volatile else/data:0x0\+8: no file of that name was mapped$' crashtest right --volatile else/data:0+8
images() { crashtest "$1" --all --json "${@:2}" | grep -oE '"images": [0-9]+'; }
count=$(images right-without)
point "images" test -n "$count"
point "they do not differ by these parts" test "$(images right "${list[@]}")" = "$count"
point "as they do otherwise" test "$(images right)" != "$count"

# ---- learnt ----

point "they are learnt" says ': 0 failed$' status 0 crashtest right "${baseline[@]}"
point "which ones is said" says '/data, 3 bytes in 3 ranges \(--baseline\), changed [0-9]+ times:$' crashtest right "${baseline[@]}"
point "and where" says '^    0x8\+1 0x40\+1 0x80\+1$' crashtest right "${baseline[@]}"
point "of the file itself" says ': 0 failed$' status 0 crashtest right --baseline "$program data open"
elsewhere() { mkdir -p one two && crashtest right --baseline "'$program' one/other open"; }
point "not of one of another name" says 'there is not one file of that name' status 1 elsewhere
point "nothing" says '^--baseline: nothing was learnt: all' crashtest right-without --baseline "$program data run right-without"
point "of a trace alone" eval 'rm -f trace; crashtest right --trace trace; says ": 0 failed$" status 0 "$pmem2" crashtest \
	--trace trace --check "$program {} check" --baseline "$program data open"'

# ---- faults beside them ----

for how in parts baseline; do
	declare -n options=$how
	point "a record is not flushed ($how)" says 'fault +missing flush: .*data\+0x1[048c]0, 1 byte,' status 1 crashtest flush "${options[@]}"
	point "it is a loss" says 'data\+0x100, 193 bytes: 01 ' crashtest flush "${options[@]}"
	point "what no check looks at, in the line of one ($how)" says 'data\+0x10, 1 bytes: 0a, durable are 06$' status 1 crashtest total "${options[@]}"
	point "that alone" says '^missing flush: 1$' crashtest total "${options[@]}"
	crashtest flush "${options[@]}" >found
	rm -rf image
	again=$(sed -n 's/^  again *pmem2 //p' found | head -1)
	point "the image again" eval '"$pmem2" $again && status 1 "$program" image check'
	point "the options are in its command" says '--volatile .*data:0x8\+' echo "$again"
	point "the page has them" eval 'crashtest flush "${options[@]}" --html page.html >/dev/null; grep -q "left out, as what needs no flush" page.html'
done

faults() { crashtest "$@" | sed -n 's/^  \(fault\|mend\) *//p'; }
for fault in flush late; do
	faults $fault-without >wanted
	point "what a finding is, $fault" grep -q "data+0x100" wanted
	point "and with the three parts" eval 'faults $fault "${list[@]}" | diff wanted -'
done

# ---- recoveries ----

recovery() { crashtest right --recover "$program {} open" "$@"; }
point "what a recovery leaves" says 'left something that is not durable' status 1 recovery
point "needs no flush, either" says '^recovery: .*: 0 failed$' status 0 recovery "${parts[@]}"
point "nor if it was learnt" says '^recovery: .*: 0 failed$' status 0 recovery "${baseline[@]}"

# ---- each store ----

if [ -n "$exact" ]; then
	export PMEM2_RECORDER_DIR=$exact
	if says 'recorded by QEMU' crashtest right-without --exact >/dev/null; then
		point "with each store known" says ': 0 failed$' status 0 crashtest right --exact "${parts[@]}"
		point "whole words are learnt" says '^    0x8\+8 0x40\+8 0x80\+8$' status 0 crashtest right --exact "${baseline[@]}"
		point "a fault" says 'fault +missing flush: .*data\+0x1[048c]0, ' status 1 crashtest flush --exact "${baseline[@]}"
		point "in their line" says '^missing flush: 1$' status 1 crashtest total --exact "${baseline[@]}"
	else
		skip "with each store known" "there is no QEMU that loads plug-ins"
	fi
fi

# ---- what is wrong with a range ----

wrong() { point "$1" says "^pmem2: --volatile $2: $3; it is FILE:OFFSET\+LENGTH\$" status 2 crashtest right --volatile "${2//\\/}"; }
wrong "no colon" 'data' 'there has to be a ":" between the file and the offset'
wrong "no file" ':0\+8' 'there is no file before the ":"'
wrong "no plus" 'data:0' 'there has to be a "\+" between the offset and the length'
wrong "no offset" 'data:\+8' 'the offset is not a number of bytes, .*'
wrong "no length" 'data:0\+' 'the length is not a number of bytes, .*'
wrong "an offset that is less than 0" 'data:-8\+8' 'the offset is not a number of bytes, .*'
wrong "no digit" 'data:0xg\+8' 'the offset is not a number of bytes, .*'
wrong "a unit" 'data:0\+8K' 'behind a length there may be a "," and another range, and nothing else'
wrong "nothing behind a comma" 'data:0\+8,' 'the offset is not a number of bytes, .*'
wrong "no bytes" 'data:0\+0' 'a length of 0 names no byte'
wrong "too far" 'data:0x7fffffffffffffff\+1' 'the range ends behind 2\^63 - 1, .*'
wrong "farther" 'data:0x10000000000000000\+1' 'the offset is not a number of bytes, .*'
point "a name with signs" says '\+0x8, 8 bytes \(--volatile\): changed' eval 'rm -f "a:b+c"; "$pmem2" crashtest \
	--volatile "a:b+c:8+8" -- "$program" "a:b+c" run right'
point "the other name of the option" says '--ignore-range data: there has' status 2 crashtest right --ignore-range data
point "a baseline that maps nothing" says 'nothing was learnt from true$' status 2 crashtest right --baseline true
point "one that fails" says 'ended with status 1, and has to end with 0; it runs 3 times' status 2 \
	crashtest right --baseline "'$program' data open; exit 1"
point "one that dies" says 'died of signal 9' status 2 crashtest right --baseline "'$program' data open; kill -9 \$\$"
point "a copy of nothing" says 'give --copy, or the path itself' status 2 crashtest right --baseline "$program {} open"
point "a second file" says 'alone has a meaning in --baseline' status 2 crashtest right --copy data --baseline "$program {2} open"
point "for one image" says 'by --volatile, and not by --baseline' status 2 "$pmem2" crashtest --trace x --image 1:a --output y --baseline true
point "nothing is left behind" test -z "$(ls tmp)"
plan
