#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the tests with check from subprojects/, offline, from the tarball in Debian's archive.
# usage: check_wrap.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"

tarball=$(sed -n 's/^source_filename *= *//p' "$source/subprojects/check.wrap")
mkdir tree
tar -C "$source" --exclude=./.git --exclude='./build*' --exclude=./subprojects/check-* \
	--exclude=./subprojects/packagecache -c . | tar -C tree -x

# apt with a state of its own and the machine's repositories, asked for sources
archive() {
	mkdir -p apt/{parts,lists/partial,cache/archives/partial} tree/subprojects/packagecache
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"apt/parts/${file##*/}"
	done
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -e "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"apt/parts/${file##*/}.list"
	done
	options=(-qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$PWD/apt/parts"
		-o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache"
		-o APT::Sandbox::User=)
	apt-get "${options[@]}" update || true # another repository than Debian's may have no sources
	(cd tree/subprojects/packagecache && apt-get "${options[@]}" source --download-only check)
	[ -s "tree/subprojects/packagecache/$tarball" ]
}

if ! command -v apt-get >/dev/null; then
	echo "1..0 # SKIP no apt-get: Debian's archive has the tarball"
	exit
fi
if ! archive >said 2>&1; then
	echo "1..0 # SKIP Debian's archive does not give $tarball: $(tail -n 1 said)"
	exit
fi

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
