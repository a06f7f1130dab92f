#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The pmem2 command. usage: pmem2.sh TAP PMEM2 VERSION BACKEND-DIRECTORY BACKEND...
pmem2=$(realpath "$2") version=$3 directory=$4
backends=("${@:5}")
# shellcheck source=tests/tap.sh
. "$1"

unset PMEM2_BACKEND PMEM2_FORCE_GRANULARITY PMEM_NO_CLWB
export PMEM2_BACKEND_DIR=$directory
cpu_has() { grep -qwm1 "$1" /proc/cpuinfo; }

point "--help" says "^usage: pmem2 info" status 0 "$pmem2" --help
point "info --help" says "^usage: pmem2 info" status 0 "$pmem2" info --help
point "--version" says "^pmem2 $version$" status 0 "$pmem2" --version
point "no command" says "^usage: pmem2 info" status 2 "$pmem2"
point "unknown command" says "there is no command eat" status 2 "$pmem2" eat
point "too many arguments" status 2 "$pmem2" info a b
point "backends takes none" status 2 "$pmem2" backends a

listed() { cmp <("$pmem2" backends | sed 's/ .*//') <(printf '%s\n' "$@"); }
point "backends lists this build's, in order" listed "${backends[@]}"
point "each has a variant and an origin, or a reason" says "^${#backends[@]}$" sh -c \
	"'$pmem2' backends | grep -cE '^[a-z_]+ +((refused: .+)|([a-z0-9_-]+ +(built in|/.*\.so)))$'"
point "info has the same list" cmp <("$pmem2" backends) \
	<("$pmem2" info | sed -n '/^backends:/,/^choice:/s/^  //p')
point "info names the CPU's features" says "^features: +[a-z]" "$pmem2" info
point "info names the environment" says "^environment: PMEM2_BACKEND_DIR=$directory$" "$pmem2" info

if cpu_has clwb; then
	point "a CPU without clwb" says "^clwb +refused: this CPU lacks clwb$" \
		env PMEM_NO_CLWB=1 "$pmem2" backends
else
	skip "a CPU without clwb" "this CPU has no clwb to hide"
fi
point "a backend that is not there" \
	says 'PMEM2_BACKEND names "nothere": .*nothere.so.*; there are .*generic_msync' \
	env PMEM2_BACKEND=nothere "$pmem2" backends
point "is a failure" status 1 env PMEM2_BACKEND=nothere "$pmem2" info
point "one that is not named" says ", not named by PMEM2_BACKEND$" \
	env PMEM2_BACKEND=generic_msync "$pmem2" backends
mkdir plugins
echo "this is no ELF file" >plugins/broken.so
point "one that is no library" says "^broken +refused: .*broken.so" \
	env PMEM2_BACKEND_DIR="$PWD/plugins" PMEM2_BACKEND=broken "$pmem2" backends

head -c 5000 /dev/zero >file
export PMEM2_FORCE_GRANULARITY=PAGE
for line in "file: +file" "type: +regular file" "size: +5000" "alignment: +$(getconf PAGESIZE)" \
	"granularity: PAGE" "variant: +generic_msync" "decided by: +PMEM2_FORCE_GRANULARITY"; do
	point "info FILE: $line" says "^$line" status 0 "$pmem2" info file
done
if cpu_has clflush && [ -e "$directory/clflush.so" ]; then
	point "another granularity, another backend" says "^variant: +clflush-[a-z0-9]+$" \
		env PMEM2_FORCE_GRANULARITY=CACHE_LINE PMEM2_BACKEND=clflush "$pmem2" info file
else
	skip "another granularity, another backend" "clflush is not on this CPU, or built in"
fi
unset PMEM2_FORCE_GRANULARITY
point "what decides without it" says "^decided by: +(MAP_SYNC|the nd region|no CPU backend)" "$pmem2" info file

: >empty
point "an empty file" says "^pmem2: empty: the source has 0 bytes" status 1 "$pmem2" info empty
point "no file" says "^pmem2: missing: No such file" status 1 "$pmem2" info missing
point "a directory" says "^pmem2: \.: .*directory" status 1 "$pmem2" info .
point "another device" says "^pmem2: /dev/zero: .*no Device DAX" status 1 "$pmem2" info /dev/zero
plan
