# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # lib.sh sets what is not set here
# Guest B: bad blocks, shutdown counts, regions of several DIMMs, a region's deep_flush.
# shellcheck source=SCRIPTDIR/lib.sh
. /lib.sh
programs=$build/tests/guest

# knows PATTERN PATH: what the library tells of the DIMMs below it
knows() {
	answer=$("$programs/identity" "$2" 2>&1)
	echo "$2: $answer"
	# shellcheck disable=SC2254 # it is a pattern
	case $answer in $1) ;; *) fail "expected $1" ;; esac
}

# bad_blocks LABEL DEVICE SECTOR MKFS...: on a file system that begins at that sector of the namespace
bad_blocks() {
	label=$1 device=$2 sector=$3
	shift 3
	storage "$device" /mnt/bad dax "$@"
	check "bad blocks, $label" env BB_DIR=/mnt/bad BB_DEVICE=/dev/pmem1 BB_START="$sector" \
		BB_NAMESPACE=namespace1.0 "$programs/badblocks"
	umount /mnt/bad
}

# usage STATUS WORDS COMMAND: what the example says of the file, and how it ends
usage() {
	said=$("$build/examples/unsafe_shutdown" /mnt/ext4/used "$3" 2>&1)
	rc=$?
	echo "unsafe_shutdown $3: $said"
	case $rc:$said in "$1:$2"*) ;; *) fail "exit code $rc, expected $1 and: $2" ;; esac
}

check "namespaces" sh -ec '
	ndctl disable-region -b nfit_test.0 all
	ndctl init-labels -f -b nfit_test.0 all
	ndctl enable-region -b nfit_test.0 all
	ndctl create-namespace -b nfit_test.0 -r region1 -m fsdax --align=4k
	ndctl create-namespace -b nfit_test.0 -r region0 -m devdax --align=4k'
storage /dev/pmem1 /mnt/ext4 dax mkfs.ext4 -F -q -b 4096
storage /dev/pmem3 /mnt/small defaults mkfs.ext4 -F -q -b 4096
echo content | tee /mnt/ext4/file >/mnt/small/file
mkdir -p /mnt/tmpfs
mount -t tmpfs tmpfs /mnt/tmpfs
echo content >/mnt/tmpfs/file

expect "CACHE_LINE clwb-avx2" "fsdax ext4, 4 DIMMs" /mnt/ext4/probe
expect "CACHE_LINE clwb-avx2" "devdax, 2 DIMMs" /dev/dax0.0
tests "fsdax ext4, 4 DIMMs" /mnt/ext4 dax "$on_storage"

# device ids, shutdown counts, NUMA nodes
dimm=cdab-0a-07e0
knows "id $dimm-feffffff$dimm-fefeffff$dimm-ffffffff$dimm-fffeffff count 168 node 0 bad 0" /mnt/ext4/file
knows "id $dimm-feffffff$dimm-ffffffff count 84 node 0 bad 0" /dev/dax0.0
knows "id  count 0 node 0 bad 0" /mnt/small/file
knows "id NOSUPP count NOSUPP node DAX_REGION_NOT_FOUND bad 0" /mnt/tmpfs/file
# an unsafe shutdown
usage 0 "closed" open
usage 0 "crashed" open
usage 0 "" close
echo 43 >/sys/module/nfit/parameters/dirty_shutdown
knows "* count 172 node 0 bad 0" /mnt/ext4/file
knows "* count 86 node 0 bad 0" /dev/dax0.0
usage 0 "closed" open
echo 44 >/sys/module/nfit/parameters/dirty_shutdown
usage 1 "suspect: in use during an unsafe shutdown, the count was 172 and is 176" open
usage 1 "suspect" open
usage 0 "" close
usage 0 "closed" open

dd if=/dev/zero of=/mnt/ext4/asked bs=4096 count=16 2>/dev/null
check "little stack, no root, no module, no space" env ASK_FILE=/mnt/ext4/asked ASK_SPACE=/mnt/small \
	DEVDAX=/dev/dax0.0 "$programs/asking"
umount /mnt/ext4 /mnt/small

export DEVDAX=/dev/dax0.0 DEVDAX_ALIGN=4096 DEVDAX_REGION=/sys/bus/nd/devices/region0
check "region0 can be flushed deeply" grep -qx 1 "$DEVDAX_REGION/deep_flush"
check "Device DAX, 4 KiB" "$programs/devdax"
check "bad blocks, Device DAX" env BB_NAMESPACE=namespace0.0 "$programs/badblocks_devdax"

bad_blocks "ext4" /dev/pmem1 0 mkfs.ext4 -F -q -b 4096
# the three variables are how mkfs.xfs is told that 62 MiB are meant
bad_blocks "xfs" /dev/pmem1 0 env TEST_DIR=/ TEST_DEV=/ QA_CHECK_FS=1 mkfs.xfs -f -q
# a device above the NVDIMM's: never another file's sectors
dmsetup create --noudevsync above --table "0 81920 linear /dev/pmem1 4096"
dmsetup mknodes
storage /dev/mapper/above /mnt/above defaults mkfs.ext4 -F -q -b 4096
echo content >/mnt/above/file
knows "* bad NOSUPP" /mnt/above/file
umount /mnt/above
dmsetup remove --noudevsync above
# the realtime device of an xfs, which is another than the one it is mounted from
storage /dev/pmem1 /mnt/realtime rtdev=/dev/pmem3 \
	env TEST_DIR=/ TEST_DEV=/ QA_CHECK_FS=1 mkfs.xfs -f -q -d rtinherit=1 -r rtdev=/dev/pmem3
echo content >/mnt/realtime/file
knows "id NOSUPP count NOSUPP node DAX_REGION_NOT_FOUND bad NOSUPP" /mnt/realtime/file
umount /mnt/realtime

printf 'start=8192, size=16384\nstart=32768\n' | sfdisk --quiet --wipe always /dev/pmem1
bad_blocks "ext4 on a partition" /dev/pmem1p2 32768 mkfs.ext4 -F -q -b 4096

check "sector mode" ndctl create-namespace -f -e namespace1.0 -m sector
storage /dev/pmem1s /mnt/sector defaults mkfs.ext4 -F -q -b 4096
echo content >/mnt/sector/file
knows "* node 0 bad NOSUPP" /mnt/sector/file
[ "$failures" -eq 0 ]
