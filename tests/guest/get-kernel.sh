#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# get-kernel.sh ARCH: puts Debian's kernel into CACHE/ARCH/kernel: vmlinuz, the modules, and `release`,
# the kernel's name.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
arch=$1
# shellcheck source=SCRIPTDIR/apt.sh
. "$here/apt.sh"

unpack_kernel() {
	image=$(apt-cache depends --important "linux-image-$arch" |
		sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	[ -n "$image" ] || skip "apt knows no kernel for $arch"
	download "$image"
	dpkg-deb --fsys-tarfile "$(newest "$image")" | # most of it is for hardware that no guest has
		tar -C "$1" -x --exclude '*/kernel/net' --exclude '*/kernel/sound' \
			--exclude '*/drivers/[e-lo-u]*' --exclude '*/drivers/net'
	echo "${image#linux-image-}" >"$1/release"
	ln -s "boot/vmlinuz-$(cat "$1/release")" "$1/vmlinuz"
}

once "$PMEM2_GUEST_CACHE/$arch/kernel" unpack_kernel "$here/get-kernel.sh"
