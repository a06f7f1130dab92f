# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # lib.sh sets what is not set here
# Guest D: a disk whose writes fail; and why a mapping gets the granularity that it gets.
# shellcheck source=SCRIPTDIR/lib.sh
. /lib.sh
programs=$build/tests/guest
export DISK_DIR=/mnt/disk

# disk LABEL PROGRAM ARGUMENT...: succeeds on a new ext4, in a device-mapper device on a loop device. The kernel writes
# when it is told to, and never by the clock.
disk() {
	export DISK_DEVICE=/dev/loop0
	truncate -s 64M /mnt/ram/image
	losetup $DISK_DEVICE /mnt/ram/image
	dmsetup create --noudevsync disk --table "0 131072 linear $DISK_DEVICE 0"
	dmsetup mknodes
	storage /dev/mapper/disk $DISK_DIR errors=remount-ro,commit=100000 mkfs.ext4 -F -q -b 4096
	check "$@"
	umount $DISK_DIR
	dmsetup remove --noudevsync disk
	rm -f /dev/mapper/disk
	losetup -d $DISK_DEVICE
	rm /mnt/ram/image
}

# why LABEL FILE GRANULARITY NAME...: the reasons of its source begin with these, and pmem2 info has them; the one that
# decided is marked. What a map of it says beyond what is in its source's explanation is in $of_map.
why() {
	label=$1 file=$2 granularity=$3
	shift 3
	answer=$("$programs/why" "$file" 2>&1)
	echo "$answer" | sed "s|^|why: $label: |"
	case $answer in
	"source $granularity $* "*) ;;
	*) fail "$label: expected $granularity $*" ;;
	esac
	of_map=$(echo "$answer" | sed -n 's/^map //p')
	text=$("$build/tools/pmem2" info "$file") || fail "$label: pmem2 info"
	json=$("$build/tools/pmem2" info --json "$file") || fail "$label: pmem2 info --json"
	for name; do
		case $name in
		\**) mark='\*' decided=true ;;
		*) mark=' ' decided=false ;;
		esac
		echo "$text" | grep -q "^$mark ${name#\*} " || fail "$label: pmem2 info without $name: $text"
		echo "$json" | grep -q "\"name\": \"${name#\*}\", \"decided\": $decided" ||
			fail "$label: pmem2 info --json without $name: $json"
	done
}

# the map's explanation is its source's
same() {
	[ "source $of_map" = "$(echo "$answer" | sed -n '/^source/p')" ] || fail "$label: of the map: $of_map"
}

echo 0 >/proc/sys/vm/dirty_writeback_centisecs
mkdir -p /mnt/ram /mnt/over
mount -t tmpfs tmpfs /mnt/ram
mkdir /mnt/ram/upper /mnt/ram/work

disk "msync fails" "$programs/msync_fails"
disk "read-only after an error" "$programs/read_only" aborted
disk "read-only by force" "$programs/read_only" forced

export DISK_DEVICE=/mnt/ram/content
check "a file system in user space" "$programs/fuse_disk" $DISK_DEVICE $DISK_DIR
check "msync fails, FUSE" "$programs/msync_fails"
why "FUSE" $DISK_DIR/file PAGE "*SYNC_REFUSED" FILE_SYSTEM NO_BLOCK_DEVICE NO_REGION
same
umount $DISK_DIR

check "namespace" ndctl create-namespace -f -e namespace0.0 -m fsdax
storage /dev/pmem0 /mnt/dax dax=always mkfs.ext4 -F -q -b 4096
why "DAX" /mnt/dax/file CACHE_LINE SYNC_GRANTED FILE_SYSTEM REGION "*MEMORY_CONTROLLER"
same
mount -t overlay -o lowerdir=/mnt/dax,upperdir=/mnt/ram/upper,workdir=/mnt/ram/work over /mnt/over
why "overlay above DAX" /mnt/over/file PAGE "*SYNC_REFUSED" FILE_SYSTEM OVERLAY NO_REGION
# without its file nothing tells that it is an overlay's: the device is one of its own, and no mount's
case $of_map in
"PAGE *SYNC_REFUSED FILE_SYSTEM NO_BLOCK_DEVICE NO_REGION "*) ;;
*) fail "of the map on the overlay: $of_map" ;;
esac
umount /mnt/over /mnt/dax

mount -o dax=inode /dev/pmem0 /mnt/dax
why "DAX, without the file's flag" /mnt/dax/file PAGE "*SYNC_REFUSED" FILE_SYSTEM FILE_WITHOUT_DAX REGION
same
mkdir /mnt/dax/flag
check "a directory's flag" chattr +x /mnt/dax/flag
why "DAX, with the file's flag" /mnt/dax/flag/file CACHE_LINE SYNC_GRANTED FILE_SYSTEM REGION "*MEMORY_CONTROLLER"
same
umount /mnt/dax

mount -o dax=never /dev/pmem0 /mnt/dax
why "mounted without DAX" /mnt/dax/flag/file PAGE "*SYNC_REFUSED" FILE_SYSTEM MOUNT_WITHOUT_DAX REGION
same
why "tmpfs" /mnt/ram/file PAGE "*SYNC_REFUSED" FILE_SYSTEM IN_MEMORY NO_REGION
same
umount /mnt/dax

mount -o dax=always /dev/pmem0 /mnt/dax
umount /sys
why "DAX, no /sys" /mnt/dax/file CACHE_LINE "*SYNC_GRANTED" FILE_SYSTEM NO_SYSFS NO_REGION
same
umount /mnt/dax
mount -o dax=never /dev/pmem0 /mnt/dax
why "mounted without DAX, no /sys" /mnt/dax/file PAGE "*SYNC_REFUSED" FILE_SYSTEM NO_SYSFS NO_REGION
same
[ "$failures" -eq 0 ]
