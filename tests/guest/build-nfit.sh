#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# build-nfit.sh: builds the kernel's own NVDIMM emulation (nfit_test), which has bad blocks and shutdown
# counts, for the kernel of get-kernel.sh, into CACHE/amd64/nfit/*.ko.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
arch=amd64
# shellcheck source=SCRIPTDIR/apt.sh
. "$here/apt.sh"
need make xz

# The headers are used where they are unpacked: their Makefile alone knows where they would
# have been installed.
unpack_headers() {
	headers=linux-headers-$release
	common=$(apt-cache depends --important "$headers" |
		sed -n 's/.*Depends: \(linux-headers-.*-common\)$/\1/p')
	kbuild=$(apt-cache depends --important "$headers" |
		sed -n 's/.*Depends: \(linux-kbuild-[^ ]*\)$/\1/p')
	unpack "$1" "$headers" "$common" "$kbuild"
	sed -i "s#/usr/src#$1/usr/src#" "$1/usr/src/$headers/Makefile"
}

unpack_source() {
	name=linux-source-$(echo "$release" | cut -d. -f1,2)
	unpack "$1/source" "$name"
	tar -C "$1" -xf "$1/source/usr/src/$name.tar.xz" --strip-components=1 \
		"$name/tools/testing/nvdimm" "$name/drivers/nvdimm" \
		"$name/drivers/acpi/nfit" "$name/drivers/dax"
	rm -r "$1/source"
}

build_nfit() {
	release=$(cat "$PMEM2_GUEST_CACHE/amd64/kernel/release")
	unpack_headers "$1/headers"
	unpack_source "$1/linux"
	sh "$here/edit-nfit.sh" "$1/linux"
	compiler=$(sed -n 's/^CC = .*)\(gcc-[0-9]*\)$/\1/p' \
		"$1/headers/usr/src/linux-headers-$release/.kernelvariables")
	need "${compiler:-gcc}"
	env -u MAKEFLAGS -u MAKELEVEL make -s -j2 \
		-C "$1/headers/usr/src/linux-headers-$release" \
		M="$1/linux/tools/testing/nvdimm" \
		KCFLAGS="-I$1/linux/drivers/nvdimm -I$1/linux/drivers/acpi/nfit" \
		modules >"$1/make.log" 2>&1 || {
		cat "$1/make.log"
		exit 1
	}
	find "$1/linux" -name '*.ko' -exec strip --strip-debug {} + -exec cp {} "$1" \;
	rm -r "$1/linux" "$1/headers"
}

sh "$here/get-kernel.sh" amd64
once "$PMEM2_GUEST_CACHE/amd64/nfit" build_nfit "$here/build-nfit.sh" "$here/edit-nfit.sh" \
	"$PMEM2_GUEST_CACHE/amd64/kernel/release"
