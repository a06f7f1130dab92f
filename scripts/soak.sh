#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The load tests at full length; CI runs short ones.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: soak.sh [SECONDS [MAPS]]
8 threads for SECONDS (60), with and without ThreadSanitizer; MAPS (1000000) maps one after another; the other
load tests as they are. Build directories: build-test/.
Exit status: 0; 1 if any failed."

[ "${1-}" != --help ] || { echo "$usage"; exit; }
for amount; do
	[[ $amount =~ ^[1-9][0-9]*$ ]] || { echo "$usage" >&2; exit 2; }
done
seconds=${1:-60} maps=${2:-1000000}

scripts/install-deps.sh build fuzz
build() {
	local directory=build-test/$1 compiler=$2
	shift 2
	if [ ! -e "$directory"/build.ninja ]; then
		mkdir -p build-test
		CC=$compiler meson setup "$directory" -Dwerror=true "$@" >"$directory.setup.txt" ||
			{ cat "$directory.setup.txt"; return 1; }
	fi
	ninja -C "$directory" >"$directory.ninja.txt" || { cat "$directory.ninja.txt"; return 1; }
}
build gcc gcc
build thread clang -Db_sanitize=thread -Db_lundef=false -Dman=disabled

failed=0
# load DIRECTORY TEST AMOUNT
load() {
	echo "== $2 $3, $1"
	(
		export PMEM2_BACKEND_DIR=$PWD/build-test/$1/backends PMEM2_TEST_LOAD=$3
		cd build-test/"$1"
		tests/load/load_"$2"
	) || failed=1
}
load gcc storm "$seconds"
load thread storm "$seconds"
load gcc many "$maps"
load gcc limit 0
load gcc big 0
load gcc fork 0
echo "== reload, gcc"
PMEM2_BACKEND_DIR=$PWD/build-test/gcc/backends build-test/gcc/tests/load/load_reload \
	build-test/gcc/core/libpmem2.so.1 || failed=1
exit $failed
