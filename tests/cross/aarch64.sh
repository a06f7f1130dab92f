#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# aarch64.sh SOURCE DIR: builds for AArch64 in DIR, with Debian's cross compiler and arm64 packages
# that are fetched into DIR, and runs the tests under qemu-user. Its cortex-a72 has no DC CVAP: also
# the test that arm_dccvap is refused there.
set -eu
source=$1 dir=$2
arch=aarch64-linux-gnu

qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static || echo qemu-aarch64)
for tool in $arch-gcc "$qemu" pkg-config; do
	command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done
mkdir -p "$dir"
"$source/tests/fetch-debian.sh" "$dir/debian" arm64 check libsubunit-dev libsubunit0 libc6 libgcc-s1 \
	libndctl-dev libndctl6 libdaxctl-dev libdaxctl1 libkmod2 libuuid1 libudev1 libzstd1 liblzma5 libssl3
root=$dir/debian/root

cat >"$dir/cross.ini" <<END
[binaries]
c = '$arch-gcc'
ar = '$arch-ar'
strip = '$arch-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['$qemu', '-cpu', 'cortex-a72', '-L', '$root']

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'cortex-a72'
endian = 'little'

[properties]
sys_root = '$root'
pkg_config_libdir = '$root/usr/lib/$arch/pkgconfig'

[built-in options]
c_link_args = ['-Wl,-rpath-link,$root/usr/lib/$arch', '-Wl,-rpath-link,$root/lib/$arch']
END

[ -e "$dir/build/build.ninja" ] ||
	meson setup "$dir/build" "$source" --cross-file "$dir/cross.ini" -Dwerror=true \
		-Dndctl=enabled -Dman=disabled
ninja -C "$dir/build"

# emulated, a case takes twenty times as long; the model of the cache runs no code of this CPU, and
# what another thread may see of a store is the emulator's doing
export PMEM2_TEST_CASES=${PMEM2_TEST_CASES:-1000} PMEM2_TEST_EMULATED=1
meson test -C "$dir/build" --no-rebuild --print-errorlogs \
	--suite core --suite backends --suite api --suite insn --no-suite model \
	--no-suite races
meson test -C "$dir/build" --no-rebuild --print-errorlogs exports
