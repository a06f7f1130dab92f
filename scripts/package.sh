#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Builds the Debian packages of packaging/debian and has lintian judge them.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: package.sh [--quick] [DIRECTORY]
Builds the packages for this machine's architecture in DIRECTORY (default: build-packages), which
then holds them, and runs lintian, which must find no error. Installs what is missing.
  --quick   without the tests that a build of the packages runs, and without lintian
Exit status: 0; 1 if anything failed."

fail() {
	echo "package.sh: $*" >&2
	exit 1
}

quick=
case ${1-} in
--help) echo "$usage"; exit ;;
--quick) quick=1; shift ;;
-*) echo "$usage" >&2; exit 2 ;;
esac
directory=${1:-build-packages}

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
packaged=$(sed -n '1s/^libpmem2 (\(.*\)-[^-]*) .*/\1/p' packaging/debian/changelog)
[ "$version" = "$packaged" ] ||
	fail "the library is $version, the first entry of packaging/debian/changelog $packaged"

scripts/install-deps.sh package
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)

# a tree of its own, with debian/ where Debian's tools want it
tree=$directory/libpmem2-$version
rm -rf "$tree" "$directory"/*.deb "$directory"/*.changes "$directory"/*.buildinfo
mkdir "$tree"
tar -c --exclude=./.git --exclude='./build*' --exclude=./bench/results --exclude=__pycache__ . |
	tar -x -C "$tree"
cp -r packaging/debian "$tree/debian"

log=$directory/build.log
echo "building $version in $tree" >&2
(
	cd "$tree"
	[ ! $quick ] || export DEB_BUILD_OPTIONS="nocheck ${DEB_BUILD_OPTIONS-}" DEB_BUILD_PROFILES=nocheck
	dpkg-buildpackage --build=binary --no-sign
) >"$log" 2>&1 || { tail -n 40 "$log" >&2; fail "the build failed, all of it: $log"; }

[ $quick ] || lintian --allow-root --fail-on error --tag-display-limit 0 "$directory"/*.changes

ls "$directory"/*.deb
