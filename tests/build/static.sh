#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# With dynamic_backends=false a program is linked -static without a warning, and has all backends.
# usage: static.sh TAP SOURCE-ROOT COMPILER...
source=$2
# shellcheck source=tests/tap.sh
. "$1"
shift 2

setup() {
	meson setup build "$source" -Ddynamic_backends=false -Ddefault_library=static --prefix="$PWD/root" \
		-Dtests=disabled -Dtools=false -Dexamples=false -Dman=disabled -Dndctl=disabled &&
		meson install -C build --quiet
}
point "dynamic_backends=false builds" setup

# ld warns of dlopen in a static program
link() {
	"$@" -static -Wall -Werror -D_GNU_SOURCE "$source/tests/build/names.c" -o names -I root/include \
		"$(find root -name libpmem2.a)" -pthread -Wl,--fatal-warnings
}
point "a program is linked -static" link "$@"
point "and is static" says 'statically linked' file names

loads_nothing() {
	! nm "$(find root -name libpmem2.a)" | grep -E ' U dl(m?open|sym)$'
}
point "the library calls no dlopen" loads_nothing
point "files are PAGE" says '^PAGE generic_msync$' ./names
point "a backend is not looked for" says "nosuch.*load nothing" env PMEM2_BACKEND=nosuch ./names
if grep -qw clflush /proc/cpuinfo; then
	for name in clwb clflushopt clflush; do
		grep -qw $name /proc/cpuinfo || { skip $name "this CPU lacks it"; continue; }
		point "$name is inside" says "^CACHE_LINE $name-" env PMEM2_FORCE_GRANULARITY=CACHE_LINE \
			PMEM2_BACKEND=$name PMEM2_BACKEND_DIR=/nonexistent ./names
	done
fi
plan
