#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Options that would make a library of less than its name promises are refused, or warned of; the
# pkg-config file says what there is. usage: options.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"

# setup OPTION...: as a user without check and scdoc would have it
setup() {
	rm -rf build
	meson setup build "$source" -Dtests=disabled -Dman=disabled -Dtools=false -Dexamples=false "$@"
}
refused() { local why=$1; shift; says "ERROR: .*$why" status 1 setup "$@"; }
warned() { local why=$1; shift; says "WARNING: $why" status 0 setup "$@"; }
silent() { ! setup "$@" | grep -v 'Unknown\|version' | grep WARNING; }
variable() { says "^$2\$" env PKG_CONFIG_PATH=build/meson-private pkg-config --variable="$1" libpmem2; }

point "no backends" refused 'names none' -Dbackends=
point "one that this CPU family has not" refused 'is for' -Dbackends="$(
	[ "$(uname -m)" = x86_64 ] && echo arm_dccvap || echo clwb),generic_msync"
point "built in, but not built" refused 'builtin_backends names clwb, which is not built' \
	-Dbackends=generic_msync -Dbuiltin_backends=clwb
point "nothing built in, nothing loaded" refused 'would have no backend' \
	-Ddynamic_backends=false -Dbuiltin_backends=
point "ndctl without loading" refused 'ndctl\.so is loaded at run time' -Ddynamic_backends=false -Dndctl=enabled
point "powerfail without loading" refused 'powerfail is a plug-in' -Ddynamic_backends=false -Dpowerfail=enabled
if [ "$(uname -m)" = x86_64 ]; then
	point "tests without generic_msync" refused 'use the backend generic_msync' -Dbackends=clwb -Dtests=enabled
	point "no PAGE" warned 'generic_msync is not built' -Dbackends=clwb
	point "no CACHE_LINE in the shared library" warned \
		'libpmem2\.so has .*generic_msync.* alone: it loads no plug-in' \
		-Ddynamic_backends=false -Dbuiltin_backends=generic_msync
	point "only plug-ins" silent -Dbuiltin_backends= -Dndctl=disabled -Dpowerfail=disabled
	point "backends of the .pc" variable backends clwb,clflushopt,clflush,generic_msync
	point "none built in" variable builtin_backends none
	point "plug-ins" variable dynamic_backends true
	point "no powerfail" variable powerfail false
	no_plugin() { ! ninja -C build -t targets all | grep 'powerfail\.so'; }
	point "nor its module" no_plugin
	point "no ndctl" variable ndctl false
	point "without loading, all are built in" silent -Ddynamic_backends=false
	point "says the .pc" variable builtin_backends clwb,clflushopt,clflush,generic_msync
fi

# a machine without check, scdoc and ndctl
mkdir empty
bare() {
	rm -rf build
	PKG_CONFIG_LIBDIR=$PWD/empty meson setup build "$source" --native-file native "$@"
}
echo "[binaries]
scdoc = '/nonexistent'" >native
point "no check: no tests, no complaint" says 'tests \(check\) *: NO' status 0 bare
point "asked for: the copy, or an error" says 'check' bare -Dtests=enabled --wrap-mode=nodownload
plan
