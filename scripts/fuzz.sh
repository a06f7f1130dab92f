#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Fuzzes the API, the environment and sysfs: clang's libFuzzer with ASan and UBSan.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: fuzz.sh [SECONDS [FUZZER...]]
Runs each fuzzer (api environment sysfs) for that long, 60 s, at the same time, from tests/fuzz/corpus.
What is new goes to build-fuzz/corpus; fuzz.sh --merge takes of it into tests/fuzz/corpus what adds coverage.
Exit status: 0; 1 if one found something, which is then in build-fuzz/."

case ${1-} in
--help) echo "$usage"; exit ;;
esac

scripts/install-deps.sh build fuzz
build=build-fuzz
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
seconds=${1:-60}
shift || true
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(api environment sysfs)

ninja -C $build "${fuzzers[@]/#/tests/fuzz/fuzz_}" >$build/ninja.txt || { cat $build/ninja.txt; exit 1; }
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

declare -A pids
for name in "${fuzzers[@]}"; do
	run "$name" &
	pids[$name]=$!
done

failed=0
for name in "${fuzzers[@]}"; do
	if wait "${pids[$name]}"; then
		echo "$name: $(grep -E '^Done|^MERGE-OUTER: [0-9]+ new' $build/"$name".txt | tail -n 1)"
	else
		failed=1
		echo "$name: found something:"
		tail -n 40 $build/"$name".txt
	fi
done
exit $failed
