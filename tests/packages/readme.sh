#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# README.md's blocks, as printed and in order, in one fresh Debian, whose network is gone after the first
# command. blocks.py says what is done with a block, and how one is left out.
# usage: readme.sh TAP SOURCE-ROOT BUILD-DIRECTORY
source=$2 build=$3 here=$2/tests/packages
# shellcheck source=tests/tap.sh
. "$1"
# shellcheck source=tests/packages/fresh.sh
. "$here/fresh.sh"

point "each block is understood" python3 -B "$here/blocks.py" "$source/README.md" blocks
[ "$(uname -m)" = x86_64 ] || skip_all "README.md names backends of x86-64"

root=$build/readme-root
trap 'rm -rf "$place" "$root"' EXIT
# CMake is there, as it is with whom that block is for
fresh apt ca-certificates,cmake
mkdir "$root/checkout"
tar -C "$source" --exclude=./.git --exclude='./build*' --exclude=__pycache__ -c . | tar -C "$root/checkout" --no-same-owner -x

# commands ENTER: what standard input says, line by line
commands() {
	cat >"$root/commands.sh"
	"$1" bash -euc 'cd /checkout; . /commands.sh' </dev/null 2>&1 | tee "$place/printed"
	return "${PIPESTATUS[0]}"
}

first() { head -n 1 "$1" | commands inside_online; }
rest() { tail -n +2 "$1" | commands inside; }
all() { commands inside <"$1"; }

# each line of the block is one that the block before it printed
printed() {
	local line
	while read -r line; do
		grep -qxE -- " *$line" "$place/printed" || { echo "not printed: $line"; cat "$place/printed"; return 1; }
	done <"$1"
}

# project NAME AS FILE: a directory with program.c and that file
project() {
	mkdir -p "$root/$1" && cp "$root/checkout/program.c" "$root/$1/" && cp "$3" "$root/$1/$2"
}
with_meson() {
	local wrap=("${1%/*}"/*.ini)
	project use-meson meson.build "$1" && mkdir -p "$root/use-meson/subprojects" &&
		cp "${wrap[0]}" "$root/use-meson/subprojects/libpmem2.wrap" &&
		ln -sfn /checkout "$root/use-meson/subprojects/libpmem2" &&
		commands inside <<-'END'
			cd /use-meson
			meson setup build --force-fallback-for=libpmem2 --wrap-mode=nodownload
			ninja -C build
			build/program data
			PMEM2_BACKEND=clflush PMEM2_FORCE_GRANULARITY=CACHE_LINE build/program data | grep 'durable by clflush-'
		END
}
with_cmake() {
	project use-cmake CMakeLists.txt "$1" && commands inside <<-'END'
		cd /use-cmake
		cmake -G Ninja -S . -B build
		cmake --build build
		build/program data
	END
}

online=1
for block in blocks/*; do
	name=$(basename "$block")
	case $block in
	*.sh)
		if [ $online ]; then
			online=
			point "$name, with the network: $(head -n 1 "$block")" first "$block"
			point "$name, the others" rest "$block"
		else
			point "$name: $(head -n 1 "$block")" all "$block"
		fi
		;;
	*.c) point "$name is a program" cp "$block" "$root/checkout/program.c" ;;
	*.meson) point "$name: built as a subproject" with_meson "$block" ;;
	*.cmake) point "$name: built by CMake" with_cmake "$block" ;;
	*.ini) ;; # with the project
	*.text) point "$name is what that prints" printed "$block" ;;
	*.skip) skip "$name" "$(cat "$block")" ;;
	esac
	echo "# after $SECONDS s"
done
point "there is a program" test -x "$root/checkout/program"
no_network() { ! inside grep -v '^Inter\|face\| lo:' /proc/net/dev; }
point "there was no network" no_network
plan
