#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Power cuts in recoveries, and use of what was recovered: pmem2 crashtest --recover, --then, --depth.
# usage: recover.sh TAP PMEM2 RECOVERED TWO-FILES LOG
pmem2=$(realpath "$2") recovered=$(realpath "$3") two=$(realpath "$4") log=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp images
export TMPDIR=$PWD/tmp
crashtest() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --directory images "$@"
}

# of HOW OPTION...: what crashtest says of that recovery
of() {
	local how=$1
	shift
	crashtest --recover "$recovered {} recover $how" --check "$recovered {} check" "$@" -- "$recovered" data put "$how"
}

# ---- recoveries ----

point "a right one" says '^recovery: 1 that changed something, 1 of them cut: .*: 0 failed$' status 0 of right
point "all of it, three deep" says '^recovery: .*: 0 failed$' status 0 of right --all --evictions --depth 3
point "nothing is left" test -z "$(ls -A tmp)$(ls -A images)"
point "one that cannot begin again" says 'fault +recovery that cannot begin again' status 1 of increments
point "its cut" says 'the cut +in the recovery of image [0-9]+:all, after the flush of .*recovered.c' of increments
point "for programs" says '"fault": "not-idempotent".*"recovery_of": "[0-9]*:all"' status 1 of increments --json
point "not seen without cuts in it" status 0 of increments --depth 1
point "one that clears the log too early" says 'fault +missing drain: data\+0x[0-9a-f]+, .* kept: no drain' status 1 of early
point "nor that" status 0 of early --depth 1
counted() { of counted --depth 3 >said; [ "$(grep -c '  fault ' said)" = 1 ]; }
point "one cause in several recoveries, at several places: one finding" counted
point "with the count" grep -qE 'the cut .*; [0-9]+ more places with this cause$' said
point "one that does not flush" says '^recovery: 1 left something that is not durable' status 1 of unflushed
point "with its place" says '^  data\+0xc0, 72 bytes' of unflushed

# what recovers from a torn log is torn itself: that is no fault of the recovery
unordered() {
	crashtest --recover "$recovered {} recover right" --check "$recovered {} check" -- "$recovered" data put unordered \
		>said || true
	grep -E 'fault +missing drain' said && [ "$(grep -c '  fault ' said)" -eq 1 ]
}
point "a program's fault is no recovery's" unordered

of increments >said 2>&1
again=$(sed -n 's/^  again    pmem2 //p' said | head -1)
# shellcheck disable=SC2086 # several words
point "the image again" status 0 "$pmem2" $again
wrong_again() { "$recovered" image recover increments && status 1 "$recovered" image check; }
point "it is as broken" wrong_again
rm -f image

point "a recovery that fails" says 'the recovery ended with status 3' status 1 \
	crashtest --recover 'exit 3; : {}' -- "$recovered" data put right
point "one that dies" says 'the recovery died of signal 11' status 1 \
	crashtest --recover 'kill -SEGV $$' -- "$recovered" data put right
point "one that maps nothing" says '5 mapped no file .*, and were not cut' status 0 \
	crashtest --recover true --check true -- "$recovered" data put right
point "the granularity is the program's" status 0 \
	crashtest --granularity BYTE --recover "test \$PMEM2_FORCE_GRANULARITY = BYTE" -- "$recovered" data put right
point "no backend for the checker" status 0 \
	crashtest --recover true --check "test -z \"\$PMEM2_BACKEND\$PMEM2_POWERFAIL_TRACE\"" -- "$recovered" data put right
point "the sound log" says '^recovery: .*: 0 failed$' status 0 crashtest --recover "$log {} append" \
	--check "$log {} verify" -- "$log" data append < <(seq 20)

# ---- two files ----

mkdir pair && (cd pair && "$two" write a b)
# the recovery maps one of them: the other is there as well
of_two() {
	printf '\0' | dd of=pair/b conv=notrunc status=none
	"$pmem2" crashtest --timeout 1200 --directory images --recover "$recovered {2} recover right" \
		--check '[ "$(head -c 4 {1})" = data ] && [ "$(stat -c %s {2})" = 4096 ]' -- "$two" write pair/a pair/b
}
point "files that a recovery does not map" says '^recovery: 1 that changed .*: 0 failed$' status 0 of_two

# ---- after it ----

# journal HOW: what --then appends to it has to be the last record
journal() {
	crashtest --then "$recovered {} append $1" --check "$recovered {} last $1" -- "$recovered" data batch "$1"
}
point "an old record comes back" says 'it said +2 is the last one' status 1 journal plain
point "or cannot" status 0 journal chained
point "no such command" says '^pmem2: no-such: No such file' status 2 \
	crashtest --then no-such -- "$recovered" data put right
point "use that fails" says 'the command of --then ended with status 2' status 1 \
	crashtest --then 'exit 2; : {}' -- "$recovered" data put right

# ---- acknowledgements ----

acks() {
	crashtest --ack stdout --recover "$log {} append </dev/null" --check "$log --acked {ack} {} verify" -- \
		"$log" data append < <(seq 5)
}
point "acknowledgements hold in recoveries" says '^recovery: .*: 0 failed$' status 0 acks

point "no such depth" says 'from 1 to 5' status 2 of right --depth 0
plan
