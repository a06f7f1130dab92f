#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Fuzzes the API, backend files, the environment and sysfs: clang's libFuzzer with ASan and UBSan.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: fuzz.sh [SECONDS] [FUZZER...]
Runs each fuzzer (api backend environment sysfs) for that long, 60 s, from tests/fuzz/corpus; two of them
at a time.
What is new goes to build-fuzz/corpus; fuzz.sh --merge takes of it into tests/fuzz/corpus what adds coverage.
Exit status: 0; 1 if one found something, which is then in build-fuzz/."

case ${1-} in
--help) echo "$usage"; exit ;;
esac

scripts/install-deps.sh build fuzz
build="build-fuzz"
if [ ! -e $build/build.ninja ]; then
	CC=clang meson setup $build -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false \
		-Dc_args=-fsanitize=fuzzer-no-link -Dman=disabled -Dndctl=disabled -Dtools=false \
		-Dexamples=false >$build.setup.txt || { cat $build.setup.txt; exit 1; }
fi

merge=
if [ "${1-}" = --merge ]; then
	merge=1
	shift
fi
seconds=60
if [[ ${1-} =~ ^[0-9]+$ ]]; then
	seconds=$1
	shift
fi
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(api backend environment sysfs)

ninja -C $build "${fuzzers[@]/#/tests/fuzz/fuzz_}" tests/fuzz/generic_msync.so >$build/ninja.txt || { cat $build/ninja.txt; exit 1; }
export PMEM2_BACKEND_DIR=$PWD/$build/backends UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

run() {
	local name=$1 found=$build/corpus/$1

	mkdir -p "$found"
	if [ $merge ]; then
		$build/tests/fuzz/fuzz_"$name" -merge=1 tests/fuzz/corpus/"$name" "$found"
	else
		$build/tests/fuzz/fuzz_"$name" -max_total_time="$seconds" -max_len=600 \
			-artifact_prefix=$build/ "$found" tests/fuzz/corpus/"$name"
	fi >$build/"$name".txt 2>&1
}

# judge NAME STATUS
judge() {
	if [ "$2" -eq 0 ]; then
		echo "$1: $(grep -E '^Done|^MERGE-OUTER: [0-9]+ new' $build/"$1".txt | tail -n 1)"
	else
		failed=1
		echo "$1: found something:"
		tail -n 40 $build/"$1".txt
	fi
}

failed=0
for ((i = 0; i < ${#fuzzers[@]}; i += 2)); do
	pair=("${fuzzers[@]:i:2}")
	pids=()
	for name in "${pair[@]}"; do
		run "$name" &
		pids+=($!)
	done
	for j in "${!pair[@]}"; do
		status=0
		wait "${pids[j]}" || status=$?
		judge "${pair[j]}" $status
	done
done
exit $failed
