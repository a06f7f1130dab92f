# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # lib.sh sets what is not set here
# Power cut: verifies the log of the boot before (mode=next), and writes to it until the power goes;
# mode=new makes it, mode=last only verifies.
# shellcheck source=SCRIPTDIR/lib.sh
. /lib.sh
log=$build/examples/log file=/mnt/log/log
mode=$(sed -n 's/.*mode=\([^ ]*\).*/\1/p' /proc/cmdline)

# lines of 1 to 16 KiB, long enough that the cut often falls into one
awk 'BEGIN {
	for (i = 1; i <= 32; i++) {
		line = "line " i " "
		while (length(line) < 1000 + 479 * i)
			line = line "of the log, number " i ", "
		print line
	}
}' >/tmp/lines

verify() {
	"$log" $file verify >/tmp/verify || {
		fail "verify found the log corrupt"
		cat /tmp/verify
		return
	}
	cat /tmp/verify
	"$log" $file dump >/tmp/dump || fail "dump"
	awk 'NR == FNR { known[$0] = 1; next } !($0 in known) { bad++ }
		END { print "dump:    " FNR " lines, " bad + 0 " of them not as written"; exit bad > 0 }' \
		/tmp/lines /tmp/dump || fail "what the log holds was never written to it"
	rm /tmp/dump
}

mkdir -p /mnt/log
if [ "$mode" = new ]; then
	ndctl create-namespace -f -e namespace0.0 -m fsdax >/dev/null 2>&1
	mkfs.ext4 -F -q -b 4096 /dev/pmem0
fi
mount -o dax /dev/pmem0 /mnt/log || fail "mount"
[ "$mode" = new ] || verify
if [ "$mode" != last ]; then
	[ "$mode" = new ] || "$log" $file clear
	while :; do
		cat /tmp/lines
	done | "$log" --size 200M $file append
	fail "the log is full and the power still there"
fi
[ "$failures" -eq 0 ]
