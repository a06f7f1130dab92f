#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# `meson dist` makes a tarball that has all that a build and its tests need.
# usage: dist.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"

if ! git -C "$source" rev-parse --git-dir >/dev/null 2>&1; then
	echo "1..0 # SKIP meson dist packs what git has, and this is no repository of it"
	exit
fi

options=(-Dtest_set=quick -Dndctl=disabled -Dexamples=false -Doptimization=0)
pack() {
	meson setup pack "$source" "${options[@]}" && meson dist -C pack --no-tests --allow-dirty --formats gztar &&
		(cd pack/meson-dist && sha256sum -c ./*.sha256sum)
}
point "meson dist" pack
unpack() { mkdir tree && tar -xzf pack/meson-dist/libpmem2-*.tar.gz -C tree --strip-components=1; }
point "the tarball" unpack
leftovers() { ! find tree -type d \( -name .git -o -name 'build*' ! -path tree/tests/build -o -name __pycache__ \) | grep .; }
point "has no build, nor git's files" leftovers
point "is set up" meson setup build tree "${options[@]}" -Dtests=enabled -Dwerror=true
point "is built" ninja -C build
point "its units pass" env PMEM2_TEST_CASES=50 meson test -C build --no-rebuild --suite core --print-errorlogs
point "is installed" meson install -C build --no-rebuild --quiet --destdir "$place/root"
point "with the manual" test -n "$(find "$place/root" -name pmem2_map_new.3)"
plan
