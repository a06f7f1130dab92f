#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Unpacks Debian's libpmem2, and what it links, below a directory; prints the library's path.
# usage: fetch-peer.sh DIRECTORY
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 DIRECTORY" >&2
	exit 2
fi
mkdir -p "$1"
cd "$1"

find_library() {
	find root -name libpmem2.so.1 2>/dev/null | head -n 1
}

download() {
	apt-get download -q libpmem2 libndctl6 libdaxctl1 >apt.log 2>&1
}

if [ -z "$(find_library)" ]; then
	download || { apt-get update -q >>apt.log 2>&1 && download; } || { cat apt.log >&2; exit 1; }
	for package in ./*.deb; do
		dpkg-deb -x "$package" root
	done
fi
library=$(find_library)
if [ -z "$library" ]; then
	echo "$0: no libpmem2.so.1 in Debian's package" >&2
	exit 1
fi
echo "$PWD/$library"
