#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Link-time optimization changes nothing that shows: symbols, versions, and a durable copy.
# usage: lto.sh TAP SOURCE-ROOT LIBRARY-WITHOUT COMPILER
source=$2 plain=$(realpath "$3") compiler=$4
# shellcheck source=tests/tap.sh
. "$1"

setup() {
	CC=$compiler meson setup build "$source" -Db_lto=true -Dwerror=true --prefix="$PWD/root" --libdir=lib \
		--buildtype=release -Dtests=disabled -Dman=disabled -Dndctl=disabled "$@" &&
		meson install -C build --quiet
}
# a weak function is no other in a shared library; with LTO the linker makes it an ordinary one
symbols() { nm -D --defined-only --with-symbol-versions "$1" | sed 's/^[0-9a-f]* //; s/^W /T /' | sort; }
same_symbols() { diff <(symbols "$plain") <(symbols root/lib/libpmem2.so.1); }
export_theirs() {
	local file names
	for file in root/lib/pmem2/*.so; do
		names=('R pmem2_backend_v1')
		[ "$(basename "$file")" != powerfail.so ] || names+=('R pmem2_pf_follow_v1') # for the recorder preload
		diff <(printf '%s\n' "${names[@]}") <(symbols "$file" | sed 's/^D/R/') || return
	done
}
runs() {
	"$compiler" -D_GNU_SOURCE "$source/tests/build/names.c" -o names -Iroot/include -Lroot/lib -lpmem2 &&
		says '^PAGE generic_msync$' env LD_LIBRARY_PATH=root/lib ./names
}
forced() {
	says '^CACHE_LINE cl' env LD_LIBRARY_PATH=root/lib PMEM2_FORCE_GRANULARITY=CACHE_LINE ./names
}

# the static library is for any linker
machine_code() {
	mkdir members && (cd members && ar x ../root/lib/libpmem2.a) &&
		! file -b members/* | grep -v '^ELF' && ! readelf -SW members/* | grep gnu.lto
}
static() {
	"$compiler" -fno-lto -D_GNU_SOURCE "$source/tests/build/names.c" -o static -Iroot/include root/lib/libpmem2.a \
		-ldl -pthread && says '^PAGE generic_msync$' ./static
}

point "builds without a warning" setup
point "exports the same symbols" same_symbols
point "the static library is machine code" machine_code
point "a program is linked to it" static
point "backends export theirs" export_theirs
point "a program runs" runs
grep -qw clflush /proc/cpuinfo && point "and loads a backend" forced
plan
