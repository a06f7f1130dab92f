#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The packages, installed one after another into a fresh Debian, seen by one unchanged program.
# usage: packages.sh TAP SOURCE-ROOT BUILD-DIRECTORY
# shellcheck disable=SC2016 # apt and dpkg expand these themselves
source=$2 build=$3 here=$2/tests/packages
# shellcheck source=tests/tap.sh
. "$1"

# shellcheck source=tests/packages/fresh.sh
. "$here/fresh.sh"
root=$build/root
trap 'rm -rf "$place" "$root"' EXIT

# ---- a Debian with PMDK's library, also for development ----

fresh apt libpmem2,libpmem2-dev,libndctl6,libdaxctl1,gcc,libc6-dev,pkgconf,binutils,procps

apt() { inside apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root "$@"; }
install() { apt install "$@"; }
installed() { [ "$(inside dpkg-query -W -f '${db:Status-Status}' "$1")" = installed ]; }
version() { inside dpkg-query -W -f '${Version}' "$1"; }

# the packages in $root/packages are the only ones to be had from now on
offer() {
	rm -rf "$root"/etc/apt/sources.list.d/*
	(cd "$root/packages" && dpkg-scanpackages --multiversion . >Packages) &&
		echo 'deb [trusted=yes] file:/packages ./' >"$root/etc/apt/sources.list" && apt update
}

# a package without files that depends on what another one provides
dummy() {
	mkdir -p "dummy-$1/DEBIAN"
	printf '%s\n' "Package: dummy-$1" 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@localhost>' \
		"Depends: $2" 'Description: depends' >"dummy-$1/DEBIAN/control"
	dpkg-deb --root-owner-group -b "dummy-$1" "$root/packages/dummy-${1}_1_all.deb"
}

probe() { inside /probe "$@"; }
forced() { inside env PMEM2_FORCE_GRANULARITY=CACHE_LINE /probe file /file; }

mkdir "$root/packages"
truncate -s 16384 "$root/file"
point "the program is linked to PMDK's library" cc -Wall -Wextra -Werror -I "$source/include" \
	"$here/probe.c" -o "$root/probe" "$root"/usr/lib/*/libpmem2.so.1 -Wl,--allow-shlib-undefined
dummy old 'libpmem2 (>= 1.11)' >/dev/null
dummy bookworm 'libpmem2 (>= 1.12.1-2)' >/dev/null
dummy development 'libpmem2-dev (>= 1.11)' >/dev/null
point "there is a repository" offer
point "packages that depend on PMDK's are installed" install dummy-old dummy-bookworm dummy-development
point "PMDK's library: PAGE" says '^PAGE PMDK$' probe file /file

# ---- ours ----

build_packages() {
	"$source/scripts/package.sh" --quick "$build/packages" && cp "$build"/packages/*.deb "$root/packages/" && offer
}
dummy new 'libpmem2 (>= 2.0)' >/dev/null
dummy future 'libpmem2 (>= 3)' >/dev/null
dummy backend libpmem2-backend-contract-1 >/dev/null
dummy stranger libpmem2-backend-contract-2 >/dev/null
point "the packages are built" build_packages
echo "# packages after $SECONDS s"
judged() { ! lintian --allow-root --display-info --tags unused-override "$build"/packages/*.changes | grep .; }
if command -v lintian >/dev/null; then
	point "no override is unused" judged
else
	skip "no override is unused" "there is no lintian"
fi

point "the library replaces PMDK's" install libpmem2-1
point "PMDK's is gone" status 1 installed libpmem2
point "its -dev is replaced, not removed" installed libpmem2-dev
point "by ours" test "$(version libpmem2-dev)" = "$(version libpmem2-1)"
for name in old bookworm development; do
	point "what depends on it stayed: $name" installed dummy-$name
done
point "what asks for PMDK 2 is installed" install dummy-new
point "what asks for more is not" says 'held broken packages' status 100 install dummy-future
point "a backend of this contract is installed" install dummy-backend
point "one of another is not" says 'held broken packages' \
	status 100 install dummy-stranger
point "core alone: a file is PAGE" says '^PAGE generic_msync$' probe file /file
point "core alone: anonymous memory is BYTE" says '^BYTE generic_msync-byte$' probe anonymous
point "core alone: CACHE_LINE is refused, with the reason" says \
	'^map: -100009: .*CACHE_LINE.*clflush: .*/pmem2/clflush\.so: No such file' forced

if [ "$(dpkg --print-architecture)" = amd64 ]; then
	point "+ clflush" install libpmem2-backend-clflush
	point "clflush serves" says '^CACHE_LINE clflush-' forced
	point "files are PAGE as before" says '^PAGE generic_msync$' probe file /file
	point "+ clwb" install libpmem2-backend-clwb
	if grep -qw clwb /proc/cpuinfo; then
		point "clwb serves" says '^CACHE_LINE clwb-' forced
	else
		point "clwb, which this CPU lacks, does not serve" says '^CACHE_LINE clflush-' forced
	fi
	point "- clwb" apt remove libpmem2-backend-clwb
	point "clflush serves again" says '^CACHE_LINE clflush-' forced
fi

# ---- questions about the devices, on a /sys of ours ----

device=$(stat -c '%Hd:%Ld' "$root/file")
case $device in
0:*)
	skip "without ndctl, the answer names the package" "the root is on no block device"
	skip "+ ndctl" "likewise"
	skip "ndctl answers" "likewise"
	;;
*)
	"$here/fake_sys.sh" "$root/sys" "$device"
	point "without ndctl, the answer names the package" says '^id: -100001: .*libpmem2-ndctl' \
		probe devices /file
	point "+ ndctl" install libpmem2-ndctl
	point "ndctl answers" says '^id "" count 0 node 7$' probe devices /file
	;;
esac

# ---- the others ----

build_against() {
	local pc=("$root"/usr/lib/*/pkgconfig)
	# shellcheck disable=SC2046 # several words
	PKG_CONFIG_LIBDIR=${pc[0]} PKG_CONFIG_SYSROOT_DIR=$root cc -Wall -Wextra -Werror "$here/probe.c" \
		-o "$root/probe" $(PKG_CONFIG_LIBDIR=${pc[0]} PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 \
			PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config --cflags --libs libpmem2)
}
point "the program is built against it" build_against
point "and runs" says '^PAGE generic_msync$' probe file /file
point "+ tools" install libpmem2-tools
point "pmem2 lists what is installed" says 'generic_msync .* built in' inside pmem2 backends
by_crashtest() { inside pmem2 crashtest --timeout 1200 --directory /tmp --check "test -s {}" -- /probe file /file; }
point "crashtest names the package that it lacks" says 'powerfail\.so: No such file' by_crashtest
point "+ powerfail" install libpmem2-backend-powerfail
point "crashtest finds nothing" says '^crashtest: .* 0 failed$' status 0 by_crashtest

# what an autopkgtest does: a tree of the source, a directory for what is made, the packages installed
demo() {
	mkdir -p "$root/source" "$root/made" && cp -r "$build"/packages/libpmem2-*/{debian,scripts} "$root/source/" &&
		inside env AUTOPKGTEST_TMP=/made sh -c 'cd /source && debian/tests/demo'
}
inside sh -c 'apt-get -qq -y install libpmem2-ndctl libpmem2-backend-*' >/dev/null 2>&1
point "debian/tests/demo" demo
examples() { ls "$root"/usr/share/doc/libpmem2-dev/{NEWS.md*,README.md*,examples/log_file.c,examples/example.h}; }
point "documents and examples are installed" examples
rm -rf "$root/source" "$root/made"

nothing_left() {
	apt purge 'libpmem2-*' 'dummy-*' && ! (cd "$root" && find usr etc var/lib -path '*pmem2*' \
		! -path '*/info/*' ! -path 'var/lib/apt/*') | grep .
}
point "all goes without a trace" nothing_left
plan
