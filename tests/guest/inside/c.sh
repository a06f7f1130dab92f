# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # lib.sh sets what is not set here
# Guest C: AArch64, where `dc cvap` is really executed, or missing. Debian's arm64 kernel has no FS_DAX, so the mapping
# of a file is PAGE unless it is forced to be more.
# shellcheck source=SCRIPTDIR/lib.sh
. /lib.sh
cpu=$(sed -n 's/.*cpu=\([^ ]*\).*/\1/p' /proc/cmdline)

# lines SIZE: every line is flushed, and the CPU's are of that size; a pattern
lines() {
	check "every line flushed" env $forced "$build/tests/guest/arm_lines" /mnt/ext4/lines
	cat /tmp/log
	grep -q "^line $1, arm_dccvap" /tmp/log || fail "the line size is not $1"
}

storage /dev/pmem0 /mnt/ext4 defaults mkfs.ext4 -F -q -b 4096
mkdir -p /mnt/tmpfs
mount -t tmpfs tmpfs /mnt/tmpfs

expect "PAGE generic_msync" "ext4 on an NVDIMM, no FS_DAX" /mnt/ext4/probe
expect "PAGE generic_msync" "tmpfs" /mnt/tmpfs/probe
forced="PMEM2_FORCE_GRANULARITY=CACHE_LINE"
case $cpu in
max)
	expect "CACHE_LINE arm_dccvap-deep-neon" "ext4" $forced /mnt/ext4/probe
	expect "CACHE_LINE arm_dccvap-deep-neon" "ext4" $forced PMEM2_BACKEND=arm_dccvap /mnt/ext4/probe
	expect "PAGE generic_msync" "not forced" PMEM2_BACKEND=arm_dccvap /mnt/ext4/probe
	lines '[0-9]*'
	;;
a64fx)
	expect "CACHE_LINE arm_dccvap-neon" "ext4" $forced /mnt/ext4/probe
	lines 256
	;;
*)
	expect "refused GRANULARITY_NOT_SUPPORTED *" "ext4" $forced /mnt/ext4/probe
	expect "refused BACKEND *" "named" PMEM2_BACKEND=arm_dccvap /mnt/ext4/probe
	;;
esac
# the size of the lines makes no other difference
case $cpu in
max | cortex-a72)
	tests "ext4 on an NVDIMM" /mnt/ext4 nvdimm core "$on_storage" backends/contents_arm_dccvap backends/page "$not_here"
	;;
esac
[ "$cpu" != max ] || tests "tmpfs" /mnt/tmpfs other api "$not_here"
[ "$failures" -eq 0 ]
