#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# powercut.sh -- kills guest A while the log example writes, ten times at random moments. Every record that was acknowledged
# on the serial line is there at the next boot, which is the next victim.
#
# What this proves is recovery: a log cut off anywhere is read up to its last whole record, and no
# acknowledgement comes before its record. It proves nothing of flushing: the emulation's memory has every
# store at once, also those that a real CPU would have had in its cache.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=SCRIPTDIR/a-devices.sh
. "$here/a-devices.sh"
name=powercut
console=$work/$name.console
cuts=10
: "${PMEM2_TEST_SEED:=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}"
say "PMEM2_TEST_SEED=$PMEM2_TEST_SEED"

# the seconds from the first acknowledgement on until the power goes, less than one
moment() {
	awk -v seed="$PMEM2_TEST_SEED" -v cut="$cut" 'BEGIN {
		srand(seed)
		for (i = 0; i <= cut; i++)
			moment = rand()
		print moment
	}'
}

cut_power() {
	until grep -q '^ack ' "$console" 2>/dev/null; do
		kill -0 "$boot_pid" 2>/dev/null || return 0
		sleep 0.05
	done
	sleep "$(moment)"
	kill -9 "$(cat "$work/$name.pid")"
}

# boots MODE, and compares what it found with what the boot before acknowledged
boot() {
	rm -f "$console"
	boot_a $name mem-ctrl "log mode=$1" >"$work/$name.log" 2>&1 &
	boot_pid=$!
	[ "$1" = last ] || cut_power
	wait $boot_pid && ended=0 || ended=$?
	grep -v '^ack ' "$console" || true
	[ "$1" = new ] || compare
	if grep -q '^FAIL' "$console" || { [ "$1" = last ] && [ "$ended" -ne 0 ]; }; then
		exit 1
	fi
	# the last line may have been cut off, too: "ack 1" of "ack 17"
	[ -z "$(tail -c 1 "$console")" ] || sed -i '$d' "$console"
	acknowledged=$(sed -n 's/^ack //p' "$console" | tail -n 1)
}

compare() {
	found=$(awk '/^records:/ { print $2 + 0 }' "$console")
	first=$(awk '/^records:/ { print $NF + 0 }' "$console")
	if [ -z "$found" ]; then
		say "no log was found"
		exit 1
	fi
	promised=$((${acknowledged:-$((first - 1))} - first + 1))
	say "cut $cut: $promised records acknowledged, $found found"
	if [ "$found" -lt "$promised" ]; then
		say "acknowledged records are missing"
		exit 1
	fi
	all_promised=$((all_promised + promised)) all_found=$((all_found + found))
	! grep -q 'unfinished' "$console" || unfinished=$((unfinished + 1))
}

make_a_image "$work/$name.img"
new_a_devices "$work/$name"
unfinished=0 all_promised=0 all_found=0
cut=0
boot new
cut=1
while [ $cut -lt $cuts ] || [ $unfinished -eq 0 ]; do
	boot next
	cut=$((cut + 1))
done
boot last
say "$cut power cuts, $unfinished in the middle of a record;" \
	"$all_promised records acknowledged, $all_found found"
