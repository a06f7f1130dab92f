#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What was acknowledged before a power cut has to be there after it: pmem2 crashtest --ack.
# usage: ack.sh TAP PMEM2 ACKED LOG
pmem2=$(realpath "$2") acked=$(realpath "$3") log=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD

# of ACK HOW OPTION...: what crashtest says of numbers that are acknowledged so, and to there
of() {
	local ack=$1 how=$2 to=()
	shift 2
	[ "$ack" = stdout ] || to=("$ack")
	rm -rf data acks pmem2-crashtest.*
	"$pmem2" crashtest --timeout 1200 --ack "$ack" --check "$acked {} check {ack}" "$@" -- \
		"$acked" data put "$how" "${to[@]}"
}
clean() { says ': 0 failed$' status 0 of "$@"; }
early() { says 'fault +acknowledged before it is durable: "ack 1" was written by then; data\+0x0' status 1 of "$@"; }

for ack in stdout 7 socket:7 socket:900 acks; do
	point "$ack: after the drain" clean $ack right --all
	point "$ack: one late" clean $ack late --all
	point "$ack: before the drain" early $ack early
done
point "of --json" says '"fault": "acknowledged"' status 1 of stdout early --json
for granularity in BYTE PAGE; do
	point "$granularity: after the drain" clean stdout right --all --granularity $granularity
done
point "more than a socket has room for" clean socket:7 many
point "the last one is at the end" eval 'of socket:7 right --trace trace >said 2>&1
	"$pmem2" crashtest --trace trace --image 1000:all --output whole >said 2>&1; rm -f trace; test "$(tail -n 1 whole.ack)" = "ack 8"'
# what lies in a buffer until the program has ended is not acknowledged before
point "by a buffer" clean stdout buffered --all
without_ack() { "$pmem2" crashtest --timeout 1200 --check true -- "$acked" data put early; }
point "without --ack it is not seen" status 0 without_ack

# ---- the trace keeps it ----

of stdout early --trace trace >said 2>&1
point "the trace has it" says 'acknowledged before it is durable' status 1 \
	"$pmem2" crashtest --timeout 1200 --trace trace --check "$acked {} check {ack}"
again=$(sed -n 's/^  again    pmem2 //p' said)
# shellcheck disable=SC2086 # several words
point "the image again" says '^image.ack: what was acknowledged' status 0 "$pmem2" $again
point "beside it what was acknowledged" test "$(cat image.ack)" = "ack 1"
point "it fails" says '1 is acknowledged, and 1 is not there' status 1 "$acked" image check image.ack
rm -f trace
of stdout buffered --trace trace >said 2>&1
"$pmem2" crashtest --trace trace --image 1000:all --output whole >said 2>&1
point "what is written at the end is at the end" test "$(tail -n 1 whole.ack)" = "ack 8"

# ---- the example log ----

seq -f 'line %g' 30 >text
of_log() { "$pmem2" crashtest --timeout 1200 --all --ack stdout --check "$log --acked {ack} {} verify" -- "$log" d append <text; }
point "the log acknowledges what is durable" says ': 0 failed$' status 0 of_log

# ---- what cannot be done ----

point "{ack} without --ack" says '{ack} needs --ack' status 2 "$pmem2" crashtest --check 'cat {ack}' -- true
point "--ack without a program" says 'goes with a PROGRAM' status 2 "$pmem2" crashtest --trace trace --ack stdout
point "no descriptor" says 'from 1 to 1023, not 0' status 2 of 0 right
point "no socket" says 'from 1 to 1023, not data' status 2 of socket:data right
point "nothing acknowledged" says 'the program wrote nothing to .*/nowhere' status 2 \
	"$pmem2" crashtest --ack nowhere --check true -- "$acked" data put right
plan
