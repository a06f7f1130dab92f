#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The stacks of pmem2 crashtest, of libraries without symbols. usage: stacks.sh TAP PMEM2 PROGRAMS SOURCES
pmem2=$(realpath "$2") sources=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp

# a library whose code is five calls deep, stripped, and its debug file apart
library() {
	cc -O1 -g -fno-optimize-sibling-calls -shared -fPIC -Wl,--build-id "$sources/deep.c" -o libdeep.so &&
		cp libdeep.so whole && strip libdeep.so &&
		cc -O1 -g -DPROGRAM "$sources/deep.c" -o deep -L. -ldeep -Wl,-rpath,"$PWD"
}
printf '#!/bin/sh\nrm -f data\n"%s" crashtest -- ./deep data\n' "$pmem2" >of
chmod +x of
point "a program, and its library" library
point "no name is invented" says 'redundant flush: 1' status 0 ./of
point "the frames have offsets" says ' libdeep\.so\+0x[0-9a-f]+ < libdeep\.so\+0x' ./of

# in a place of its own, which is as a part of the system
system() { # COMMAND...
	unshare -rm sh -c 'mount -t tmpfs none /usr/lib/debug && mkdir -p /usr/lib/debug/.build-id && exec "$@"' sh "$@"
}
if mkdir -p /usr/lib/debug 2>/dev/null && system true 2>/dev/null; then
	id=$(readelf -n whole | sed -n 's/.*Build ID: //p')
	with_debug() {
		# shellcheck disable=SC2016 # of the inner shell
		system bash -c 'mkdir -p "/usr/lib/debug/.build-id/${1:0:2}" &&
			objcopy --only-keep-debug whole "/usr/lib/debug/.build-id/${1:0:2}/${1:2}.debug" && ./of' - "$id"
	}
	point "a debug file is found by its build id" says 'fifth \(deep\.c:[0-9]+\) < fourth \(deep\.c' with_debug
else
	skip "a debug file is found by its build id" "there is no namespace to be had for /usr/lib/debug"
fi

# a library of the system: below /usr/lib, as its path goes
if system true 2>/dev/null; then
	of_system() {
		system bash -c 'cp libdeep.so /usr/lib/debug && LD_PRELOAD=/usr/lib/debug/libdeep.so ./of'
	}
	point "the first frame of the program itself is shown" says \
		'libdeep\.so\+0x[0-9a-f]+ < \.\.\. < main \(deep\.c:[0-9]+\)' of_system
else
	skip "the first frame of the program itself is shown" "there is no namespace to be had for /usr/lib/debug"
fi
plan
