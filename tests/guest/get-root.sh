#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# get-root.sh ARCH: unpacks the tools of a guest, and the libraries that they and the project's
# programs need, into CACHE/ARCH/root.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
arch=$1
# shellcheck source=SCRIPTDIR/apt.sh
. "$here/apt.sh"

unpack_root() {
	# shellcheck disable=SC2046 # a list
	unpack "$1" $(with_libraries busybox-static ndctl e2fsprogs xfsprogs fdisk dmsetup \
		libndctl-dev libdaxctl-dev check)
}

once "$PMEM2_GUEST_CACHE/$arch/root" unpack_root "$here/get-root.sh"
