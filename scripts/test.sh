#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs what is missing, builds, runs all tests, ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit

usage="usage: test.sh [--quick]
Formatting; static checks; gcc: all tests, also the guests, which boot kernels on emulated
NVDIMMs; clang, and both with sanitizers (addresses, undefined behaviour, threads): the suites
that run much code, with fewer random cases. Build directories: build-test/.
  --quick   gcc alone, fewer random cases, no guests, no Debian packages,
            no other builds
Exit status: 0; 1 if any failed."

quick=
case ${1-} in
'') ;;
--quick) quick=1 ;;
--help) echo "$usage"; exit ;;
*) echo "$usage" >&2; exit 2 ;;
esac

if [ $quick ]; then
	scripts/install-deps.sh build test || exit 1
else
	scripts/install-deps.sh build man browser test guest package || exit 1
fi

root=build-test
logs=()
passed=0
failed=0

# A step that is itself a test.
step() {
	local name=$1 start=$SECONDS
	shift

	if "$@"; then
		passed=$((passed + 1))
		echo "== $name: $((SECONDS - start)) s"
	else
		failed=$((failed + 1))
		echo "FAILED $name: $*"
		return 1
	fi
}

# build NAME COMPILER OPTION...
build() {
	local name=$1 compiler=$2
	shift 2

	if [ ! -e $root/"$name"/build.ninja ]; then
		CC=$compiler meson setup $root/"$name" -Dwerror=true -Dtests=enabled "$@" >$root/"$name".setup.txt ||
			{ cat $root/"$name".setup.txt; return 1; }
	fi
	ninja -C $root/"$name"
}

# run NAME OPTION...: the tests' results are counted from Meson's log at the end.
run() {
	local name=$1 start=$SECONDS log=$root/$1/meson-logs/testlog.json
	shift

	rm -f "$log"
	meson test -C $root/"$name" --no-rebuild --print-errorlogs "$@" || true
	if [ -s "$log" ]; then
		logs+=("$log")
	else
		failed=$((failed + 1))
		echo "FAILED $name: meson test wrote no log"
	fi
	echo "== tests of $name: $((SECONDS - start)) s"
}

# The same, and whether the manual pages list the errors that tests provoked, and no others.
provoking() {
	export PMEM2_TEST_CODES=$PWD/$root/codes
	: >"$PMEM2_TEST_CODES"
	chmod a+w "$PMEM2_TEST_CODES"
	"$@"
	step "errors of the manual pages" python3 -B tests/man/provoked.py "$PMEM2_TEST_CODES"
	unset PMEM2_TEST_CODES
}

# what another compiler's code could get wrong
code=(--suite core --suite backends --suite api --suite fault --suite fuzz --suite examples --suite tools)

mkdir -p $root
step format scripts/format.sh --check
[ $quick ] || step lint scripts/lint.sh
if [ $quick ]; then
	export PMEM2_TEST_CASES=${PMEM2_TEST_CASES:-2000}
	step "gcc build" build gcc gcc && provoking run gcc --no-suite guest --no-suite packages --no-suite build \
		--no-suite memcheck
else
	step "gcc build" build gcc gcc && provoking run gcc
	export PMEM2_TEST_CASES=1000
	# without the tests that race on purpose: the model of the cache counts what a store has, too
	step "clang build" build clang clang &&
		run clang "${code[@]}" --suite headers --suite abi --suite insn --no-suite races
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	# nor the tests of the template on a model of the cache; -O1 builds in 51 s, -O2 in 82, and both run 35
	step "sanitizer build" build sanitize gcc -Db_sanitize=address,undefined -Dman=disabled \
		-Doptimization=1 &&
		run sanitize "${code[@]}" --suite load --no-suite model --no-suite races --no-suite plain
	step "thread sanitizer build" build thread clang -Db_sanitize=thread -Db_lundef=false -Dman=disabled \
		-Doptimization=1 &&
		run thread "${code[@]}" --suite load --no-suite model --no-suite races --no-suite plain
	step fuzzers scripts/fuzz.sh 30
	step coverage scripts/coverage.sh
fi

echo
scripts/tally.py --plus $passed $failed ${logs[@]+"${logs[@]}"}
