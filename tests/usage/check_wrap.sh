#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the tests with check from subprojects/, offline, from the tarball in Debian's archive.
# usage: check_wrap.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"
# shellcheck source=tests/check_tarball.sh
. "$source/tests/check_tarball.sh"

mkdir tree
tar -C "$source" --exclude=./.git --exclude='./build*' --exclude=./subprojects/check-* \
	--exclude=./subprojects/packagecache -c . | tar -C tree -x

get_check_tarball "$source" tree/subprojects/packagecache

# without a network where that can be had
offline=()
! unshare -rn true 2>/dev/null || offline=(unshare -rn)

set_up() {
	"${offline[@]}" meson setup tree/build tree --wrap-mode=forcefallback -Dbackends=generic_msync \
		-Dexamples=false -Dndctl=disabled -Dman=disabled -Dtools=false
}
point "set up offline" set_up
point "check is the subproject's" \
	grep "Dependency check from subproject subprojects/check-0.15.2 found: YES" tree/build/meson-logs/meson-log.txt
# tests of core/ stand for all: each links the same check
units=(error range placement)
point "build" ninja -C tree/build "${units[@]/#/tests/core/test_}"
needed() { readelf -d tree/build/tests/core/test_error | grep NEEDED; }
point "libcheck is inside" bash -c '! grep libcheck' < <(needed)
point "they run" meson test -C tree/build "${units[@]}" --print-errorlogs
plan
