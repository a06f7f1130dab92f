#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Measures which lines and branches of the library (core/, powerfail/, backends/) and of the command (tools/) the tests reach.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: coverage.sh [--missing]
Builds in build-coverage/, runs the tests that need no guest, and prints a line for each source file.
  --missing  also each line that is not reached, and each that has branches that are not
Exit status: 0; 1 if a test failed, or less of the lines or branches is reached than coverage.py wants: 95 and 85 % of
the library's, 88 and 73 % of the command's."

case ${1-} in
'' | --missing) ;;
--help) echo "$usage"; exit ;;
*) echo "$usage" >&2; exit 2 ;;
esac

scripts/install-deps.sh build test
build="build-coverage"
if [ ! -e $build/build.ninja ]; then
	# no inlining by force in the backends' template: a branch would be there once for each caller
	CC=gcc meson setup $build -Db_coverage=true --buildtype=debug -Dc_args=-Dinlined=static \
		-Dman=disabled >$build.setup.txt || { cat $build.setup.txt; exit 1; }
fi
ninja -C $build >$build/ninja.txt || { cat $build/ninja.txt; exit 1; }
find $build -name '*.gcda' -delete

export PMEM2_TEST_CASES=${PMEM2_TEST_CASES:-1000}
failed=0
meson test -C $build --no-rebuild --suite core --suite fault --suite fuzz --suite api --suite abi \
	--suite backends --suite powerfail --suite tools --suite examples --no-suite model --no-suite races \
	--print-errorlogs >$build/tests.txt || { failed=1; cat $build/tests.txt; }
# mappings that are not the library's; the other preload tests want the frames of an optimized program
meson test -C $build --no-rebuild "preload msync" "preload mappings" --print-errorlogs >$build/preload.txt ||
	{ failed=1; cat $build/preload.txt; }

scripts/coverage.py ${1+"$1"} $build || failed=1
exit $failed
