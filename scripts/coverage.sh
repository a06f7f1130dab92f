#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Measures which lines and branches of core/ the tests reach: gcovr's table, and a report.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: coverage.sh
Builds in build-coverage/, runs the tests that need no guest, and prints a line for each source file.
build-coverage/report.html shows every line."

case ${1-} in
'') ;;
--help) echo "$usage"; exit ;;
*) echo "$usage" >&2; exit 2 ;;
esac

scripts/install-deps.sh build test coverage
build=build-coverage
if [ ! -e $build/build.ninja ]; then
	meson setup $build -Db_coverage=true --buildtype=debug -Dman=disabled >$build.setup.txt ||
		{ cat $build.setup.txt; exit 1; }
fi
ninja -C $build
find $build -name '*.gcda' -delete

export PMEM2_TEST_CASES=${PMEM2_TEST_CASES:-3000}
failed=0
meson test -C $build --no-rebuild --suite core --suite fault --suite fuzz --suite api --suite backends \
	--suite load --timeout-multiplier 4 --print-errorlogs || failed=1

# backends/ is one text compiled for many ISAs, whose functions gcovr 5 cannot add up; its tests go through
# every size and alignment by construction
cd $build
gcovr --root .. --filter '\.\./core/' --exclude-unreachable-branches --json coverage.json .
gcovr --root .. --add-tracefile coverage.json --html-details report.html
gcovr --root .. --add-tracefile coverage.json
gcovr --root .. --add-tracefile coverage.json --branches | tail -n 2
exit $failed
