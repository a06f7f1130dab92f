#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# guest-b.sh -- the kernel's own NVDIMM emulation: bad blocks, shutdown counts, regions of several DIMMs.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64
name=guest-b
nfit=$PMEM2_GUEST_CACHE/amd64/nfit

sh "$here/get-root.sh" amd64
sh "$here/build-nfit.sh"
sh "$here/image.sh" "$work/$name.img" amd64 "$PMEM2_BUILD" \
	"$nfit/nfit_test_iomap.ko" "$nfit/libnvdimm.ko" "$nfit/nfit.ko" "$nfit/nd_btt.ko" \
	"$nfit/nd_pmem.ko" "$nfit/device_dax.ko" "$nfit/dax_pmem.ko" \
	crc32c_generic jbd2 mbcache crc16 ext4 libcrc32c xfs dm-mod "$nfit/nfit_test.ko"
sh "$here/boot.sh" $name amd64 max "$work/$name.img" b -M q35 -m 1G
