#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# guest-c.sh CPU -- AArch64 with an NVDIMM, where `dc cvap` is really executed (max) or missing (cortex-a72).
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-aarch64
[ -e /usr/share/qemu-efi-aarch64/QEMU_EFI.fd ] || skip "no UEFI firmware (package qemu-efi-aarch64)"
cpu=$1
name=guest-c-$cpu
# pointer authentication by the architected algorithm is what takes most of the time
case $cpu in
max) model=max,pauth-impdef=on ;;
*) model=$cpu ;;
esac

sh "$here/get-root.sh" arm64
sh "$here/get-kernel.sh" arm64
sh "$here/cross-build.sh"
sh "$here/image.sh" "$work/$name.img" arm64 "$work/arm64" \
	dax libnvdimm nfit nd_btt nd_pmem crc32c_generic jbd2 mbcache crc16 ext4
rm -f "$work/$name.nvdimm"
truncate -s 258M "$work/$name.nvdimm"
sh "$here/boot.sh" "$name" arm64 "$model" "$work/$name.img" "c cpu=$cpu" \
	-M virt,nvdimm=on,gic-version=3 -m 1G,slots=4,maxmem=4G \
	-object "memory-backend-file,id=m0,share=on,mem-path=$work/$name.nvdimm,size=258M" \
	-device nvdimm,id=n0,memdev=m0,label-size=2M
