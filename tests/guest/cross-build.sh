#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# cross-build.sh -- builds the project for AArch64 in BUILD/tests/guest/arm64, with the libraries that
# get-root.sh unpacked.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
need aarch64-linux-gnu-gcc meson ninja pkg-config
build=$work/arm64
root=$PMEM2_GUEST_CACHE/arm64/root
libraries=$root/usr/lib/aarch64-linux-gnu
flags="'-isystem', '$root/usr/include'"
links="'-L$libraries', '-Wl,-rpath-link,$libraries:$root/lib/aarch64-linux-gnu'"

exec 9>"$build.lock"
flock 9
cat >"$build.cross" <<END
[binaries]
c = 'aarch64-linux-gnu-gcc'
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
objdump = 'aarch64-linux-gnu-objdump'
pkgconfig = 'pkg-config'
[properties]
sys_root = '$root'
pkg_config_libdir = '$libraries/pkgconfig'
[built-in options]
c_args = [$flags]
c_link_args = [$links]
[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END
if [ ! -e "$build/build.ninja" ]; then
	rm -rf "$build"
	meson setup --cross-file "$build.cross" -Dman=disabled "$build" "$here/../.." \
		>"$build.log" 2>&1 || {
		cat "$build.log"
		exit 1
	}
fi
