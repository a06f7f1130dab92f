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

# kills the guest up to a second after its first acknowledgement
cut_power() {
	began=$(date +%s)
	until grep -q '^ack ' "$console" 2>/dev/null; do
		[ $(($(date +%s) - began)) -lt 60 ] || break
		sleep 0.05
	done
	sleep "$(od -An -N2 -tu2 /dev/urandom | awk '{ print $1 / 65536 }')"
	kill -9 "$(cat "$work/$name.pid")"
}

# boots MODE, and compares what it found with what the boot before acknowledged
boot() {
	rm -f "$console"
	boot_a $name mem-ctrl "log mode=$1" 100 >"$work/$name.log" 2>&1 &
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
	next=$(awk '/^records:/ { sub(",", ""); print $2 + $NF }' "$console")
	say "acknowledged up to ${acknowledged:-none}, found all below ${next:-none}"
	if [ -z "$next" ] || [ "$next" -le "${acknowledged:--1}" ]; then
		say "acknowledged records are missing"
		exit 1
	fi
	! grep -q 'unfinished' "$console" || unfinished=$((unfinished + 1))
}

make_a_image "$work/$name.img"
new_a_devices "$work/$name"
unfinished=0 cut=1
boot new
while [ $cut -lt $cuts ]; do
	boot next
	cut=$((cut + 1))
done
while [ $unfinished -eq 0 ]; do
	boot next
	cut=$((cut + 1))
done
boot last
say "$cut power cuts, $unfinished in the middle of a record"
