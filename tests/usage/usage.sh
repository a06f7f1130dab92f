#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The library as others use it: installed, through pkg-config, CMake, C++, or as a Meson subproject.
# usage: usage.sh TAP BUILD-ROOT SOURCE-ROOT
build=$2 source=$3 usage=$3/tests/usage
# shellcheck source=tests/tap.sh
. "$1"

install_it() {
	meson install -C "$build" --no-rebuild --quiet --destdir "$place/root"
}
point "install" install_it

pc=$(find "$place/root" -name libpmem2.pc)
libdir=$(dirname "$(dirname "$pc")")
export PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$place/root
export PMEM2_BACKEND_DIR=$libdir/pmem2
runs() { LD_LIBRARY_PATH=$libdir says "^durable by [a-z0-9_-]+$" status 0 "$@"; }

point "pkg-config --exists" pkg-config --exists libpmem2
point "backenddir is where they are" test -n \
	"$(find "$place/root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=backenddir libpmem2)" -maxdepth 0)"

# shellcheck disable=SC2046 # several words
compile() { "$@" -Wall -Wextra -Werror $(pkg-config --cflags --libs libpmem2); }
point "C" compile cc -std=c99 -D_GNU_SOURCE "$usage/program.c" -o c
point "C runs" runs ./c
# shellcheck disable=SC2016
sed -n '/^```c$/,/^```$/{/^```/!p}' "$source/README.md" >readme.c
point "README's example" grep -q pmem2_map_new readme.c
point "compiles" compile cc -std=gnu11 -c readme.c
point "C++" compile c++ -std=c++17 -x c++ "$usage/program.c" -o cxx
point "C++ runs" runs ./cxx

# shellcheck disable=SC2046
static() {
	cc -D_GNU_SOURCE "$usage/program.c" -o static $(pkg-config --cflags libpmem2) \
		"$libdir/libpmem2.a" $(pkg-config --static --libs-only-other libpmem2) -ldl -lpthread
}
point "the static library" static
point "which needs no backend files" runs env PMEM2_BACKEND_DIR=/nonexistent ./static

with_cmake() { cmake -G Ninja -S "$usage/cmake" -B cmake && cmake --build cmake; }
point "CMake" with_cmake
point "CMake's runs" runs cmake/program

# beside PMDK's library, as pkg-config sees Debian's
mkdir pmdk
printf '%s\n' 'Name: libpmem2' 'Description: PMDK' 'Version: 1.12.1' 'Libs: -lno-such-library' >pmdk/libpmem2.pc
subproject() {
	mkdir -p project/subprojects
	cp "$usage/subproject/meson.build" "$usage/program.c" project/
	cp "$usage/subproject/libpmem2.wrap" project/subprojects/
	ln -s "$source" project/subprojects/libpmem2
	env PKG_CONFIG_PATH="$PWD/pmdk" meson setup project subproject --wrap-mode=nodownload && ninja -C subproject
}
from_build_tree() { env -u LD_LIBRARY_PATH -u PMEM2_BACKEND_DIR "$@"; }
forced() { from_build_tree env PMEM2_FORCE_GRANULARITY=CACHE_LINE "$1"; }
point "Meson subproject" subproject
point "the subproject's runs" says '^durable by [a-z0-9_-]+$' status 0 from_build_tree subproject/program
alone() { ! readelf -d "$1" | grep 'NEEDED.*pmem2'; }
point "static: true is the static library" alone subproject/program_static
point "without it, it is the shared one" status 1 alone subproject/program
point "the static one runs" says '^durable by [a-z0-9_-]+$' status 0 from_build_tree subproject/program_static
if grep -qw clflush /proc/cpuinfo; then
	point "a CPU backend is found in the build tree" says '^durable by cl' status 0 forced subproject/program
fi
plan
