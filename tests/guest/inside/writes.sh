# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# writes.sh fail | work -- has each write to the device-mapper device "disk", which is /dev/loop0, and to fuse_disk's
# file fail with EIO, or reach it again. Reads work. What is dirty before is written. The file system is not frozen
# meanwhile: it would write its superblock when it goes on, and fail.
set -e
if [ "$1" = fail ]; then
	sync
	: >/writes-fail
else
	rm -f /writes-fail
fi
[ -e /dev/mapper/disk ] || exit 0

sectors=$(cat /sys/block/loop0/size)
case $1 in
fail) table="0 $sectors flakey /dev/loop0 0 0 1 1 error_writes" ;; # up for 0 seconds, down for 1 of 1
work) table="0 $sectors linear /dev/loop0 0" ;;
esac
dmsetup reload disk --table "$table"
dmsetup suspend --noudevsync --nolockfs disk
dmsetup resume --noudevsync disk
