#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The packages, installed one after another into a fresh Debian, seen by one unchanged program.
# usage: packages.sh TAP SOURCE-ROOT BUILD-DIRECTORY
# shellcheck disable=SC2016 # apt and dpkg expand these themselves
source=$2 build=$3 here=$2/tests/packages
# shellcheck source=tests/tap.sh
. "$1"

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

[ "$(id -u)" -eq 0 ] || skip_all "a Debian is installed by root"
for tool in apt-get mmdebstrap dpkg-deb; do
	command -v $tool >/dev/null || skip_all "there is no $tool"
done

root=$build/root
trap 'rm -rf "$place" "$root"' EXIT
rm -rf "$root"

# ---- a Debian with PMDK's library, from the machine's own Debian repositories ----

apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
	sed -n 's/^Debian /deb /p' | sort -u >sources.list
suite=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME)' 'Created-By: Packages' |
	sed -n 's/^Debian //p' | awk '{ print length, $0 }' | sort -n | sed -n '1s/.* //p')
[ -s sources.list ] || skip_all "apt knows no repository of Debian"
mmdebstrap --mode=root --variant=apt --include=libpmem2,libndctl6,libdaxctl1 --dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/locale/*' "$suite" "$root" sources.list >debootstrap 2>&1 ||
	skip_all "no fresh Debian: $(tail -n 1 debootstrap)"
echo "# a fresh Debian after $SECONDS s"

inside() { chroot "$root" env -u PMEM2_BACKEND -u PMEM2_BACKEND_DIR -u PMEM2_FORCE_GRANULARITY LC_ALL=C "$@"; }
apt() { inside apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root "$@"; }
install() {
	local names=() name
	for name; do names+=("/packages/${name}_"*.deb); done
	# the pattern is for inside
	inside sh -c "apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root install ${names[*]}"
}
installed() { [ "$(inside dpkg-query -W -f '${db:Status-Status}' "$1")" = installed ]; }

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
dummy runtime 'libpmem2 (>= 1.11)' >/dev/null
point "a package that depends on PMDK's is installed" install dummy-runtime
point "PMDK's library: PAGE" says '^PAGE PMDK$' probe file /file

# ---- ours ----

build_packages() {
	"$source/scripts/package.sh" --quick "$build/packages" && cp "$build"/packages/*.deb "$root/packages/"
}
point "the packages are built" build_packages

echo "# packages after $SECONDS s"

point "the library replaces PMDK's" install libpmem2-1
point "PMDK's is gone" status 1 installed libpmem2
point "what depends on it stayed" installed dummy-runtime
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

dummy development 'libpmem2-dev (>= 1.11)' >/dev/null
point "+ dev, and what depends on PMDK's" install libpmem2-dev dummy-development
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

nothing_left() {
	apt purge 'libpmem2-*' && ! (cd "$root" && find usr etc var/lib -path '*pmem2*' \
		! -path '*/info/*') | grep .
}
point "all goes without a trace" nothing_left
plan
