#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# guest-d.sh -- a disk whose writes fail, and why a mapping gets its granularity.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64
name=guest-d
dimm_size=66M # and the label area, as in a-devices.sh

sh "$here/get-root.sh" amd64
sh "$here/get-kernel.sh" amd64
sh "$here/image.sh" "$work/$name.img" amd64 "$PMEM2_BUILD" \
	libnvdimm nfit nd_btt nd_pmem crc32c_generic jbd2 mbcache crc16 ext4 loop dm-mod dm-flakey overlay fuse
rm -f "$work/$name.nvdimm"
truncate -s $dimm_size "$work/$name.nvdimm"
sh "$here/boot.sh" $name amd64 max "$work/$name.img" d -M q35,nvdimm=on,nvdimm-persistence=mem-ctrl \
	-m 1G,slots=8,maxmem=8G \
	-object "memory-backend-file,id=m0,share=on,mem-path=$work/$name.nvdimm,size=$dimm_size" \
	-device nvdimm,id=n0,memdev=m0,label-size=2M
