#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on LMDB, which stores through its mapping. usage: lmdb.sh TAP PMEM2 PROGRAMS SOURCES
pmem2=$(realpath "$2") sources=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"
if ! echo '#include <lmdb.h>' | cc -E - >/dev/null 2>&1; then
	echo "there is no liblmdb-dev"
	exit 77
fi
mkdir tmp
export TMPDIR=$PWD/tmp

# of WAY OPTION...
of() {
	local way=$1
	shift
	rm -f data
	"$pmem2" crashtest --samples 20 --check './lmdb {} check' "$@" -- ./lmdb data "$way" 12
}
point "a program" cc -O1 -g "$sources/lmdb.c" -o lmdb -llmdb
point "LMDB is clean" says ': 0 failed$' status 0 of put
point "and if pages are torn" says ': 0 failed$' status 0 of put --torn
point "without msync(2) it is not" says 'missing flush: data' status 1 of nosync
plan
