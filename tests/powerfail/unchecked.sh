#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Failures that need no checker: pmem2 crashtest --rerun and --ops, and their examples in the manual.
# usage: unchecked.sh TAP PMEM2 KEPT LOG PAGE
pmem2=$(realpath "$2") kept=$(realpath "$3") log=$(realpath "$4") page=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp bin
export TMPDIR=$PWD/tmp
crashtest() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 "$@"
}

printf '%s\n' '0 7' '1 7' '2 7' '0 9' '0 10' >ops

# ---- the program is started again ----

again() { crashtest --rerun "${@:2}" -- "$kept" data run "$1" <ops; }
point "a program that mends its file" says ': 0 failed$' status 0 again right --all
point "one that aborts" says 'the program that was started again died of signal 6' status 1 again abort
point "one that fails" says 'the program that was started again ended with status 3' status 1 again fail
point "one with a sanitizer's report" says 'had a sanitizer.s report' status 1 again report
point "its line" says 'it said +kept.c:1:2: runtime error: the count' again report
point "for programs" says '"stage": "rerun", .*"outcome": "sanitizer"' again report --json
point "one that hangs" says 'did not end in 0\.5 s' status 1 again hang --timeout 0.5
point "a copy is what it is started on" says ': 0 failed$' status 0 again right --copy data
point "which is not there" test ! -e data
command_again() { crashtest --rerun="$kept {} run fail" -- "$kept" data run fail <ops; }
point "a command of its own" says 'ended with status 3' status 1 command_again
in_directory() {
	mkdir -p place
	crashtest --rerun -- sh -c "exec '$kept' \$0/data run right" place <ops
}
point "the directory of the file" says ': 0 failed$' status 0 in_directory
behind_a_sign() { crashtest --rerun -- sh -c "exec '$kept' \${0#*=} run fail" file=data <ops; }
point "the file behind a sign" says 'ended with status 3' status 1 behind_a_sign
point "no argument names the file" says 'no argument of the program names .*/data' status 2 \
	crashtest --rerun -- sh -c "'$kept' data run right <ops"
point "of a trace alone" says 'give --rerun=COMMAND' status 2 crashtest --rerun --trace trace
# shellcheck disable=SC2016 # for the shell of the command
point "input is read from its beginning" status 0 crashtest --rerun='sh -c "test -z \"$(cat)\""' -- "$kept" data run right <ops

# ---- operations ----

operations() { crashtest --copy data --ops ops --state "$kept {} dump $1" "${@:2}" -- "$kept" data run "$1"; }
point "each durable before the next" says ': 0 failed$' status 0 operations right --all --evictions
point "one is drained when the next comes" says 'neither that after 2 operations nor' status 1 operations late
point "which state it is" says 'it said +the state after 0 operations' operations late
point "halves of one" says 'it said +the state after no number of operations' status 1 operations halves
point "for programs" says '"stage": "state", .*"outcome": "state"' status 1 operations halves --json
printf '0 7\n' >single
point "after its end the last one counts" says 'neither that after 1 operations' status 1 \
	crashtest --copy data --ops single --state "$kept {} dump late" -- "$kept" data run late
printf '0 1\n' >first
"$kept" data run right <first
point "a file that was there before" says ': 0 failed$' status 0 \
	"$pmem2" crashtest --timeout 1200 --copy data --ops ops --state "$kept {} dump right" -- "$kept" data run right
point "it is as it was" test "$("$kept" data dump right)" = "0 1"
point "a recovery may come before" says '^recovery: .*: 0 failed$' status 0 operations right --recover "$kept {} run right"

point "no file" says 'no-such: No such file' status 2 crashtest --copy data --ops no-such --state true -- "$kept" data run right
printf 'no end' >ragged
point "no end" says 'the last one has no end' status 2 crashtest --copy data --ops ragged --state true -- "$kept" data run right
seq 257 >many
point "too many" says '257 operations; --ops takes up to 256' status 2 crashtest --copy data --ops many --state true -- "$kept" data run right
printf '40 1\n' >wrong
point "a program that fails" says 'fails after 1 operations, without any power cut' status 2 \
	crashtest --ignore program --copy data --ops wrong --state true -- "$kept" data run right
point "a state that fails" says 'false fails after 0 operations' status 2 \
	crashtest --copy data --ops ops --state false -- "$kept" data run right
point "no state" says '--ops and --state go together' status 2 crashtest --copy data --ops ops -- "$kept" data run right
point "no copy" says '--copy with the file' status 2 crashtest --ops ops --state true -- "$kept" data run right

# ---- the manual's examples ----

ln -s "$pmem2" bin/pmem2
ln -s "$log" bin/log
PATH=$PWD/bin:$PATH
seq -f 'line %g' 20 >text
# example OPTION: the command of the manual that has it, on a file that is here
example() {
	sed -n '/^```$/,/^```$/p' "$page" | sed ':a;/\\\\$/{N;s/\\\\\n\t*/ /;ba}' | grep -m 1 -- "^pmem2 crashtest $1" | sed 's|/tmp/data|./data|g'
}
for option in --rerun --ops --ack; do
	rm -f data
	point "the manual has $option" test -n "$(example $option)"
	point "and it is clean" says ': 0 failed$' status 0 eval "$(example $option)"
done
plan
