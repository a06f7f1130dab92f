#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What testing costs: a flush under the backend powerfail, the example log under it, images of crashtest a second.
# usage: bench/powerfail.sh      BUILD names the build directory (build-bench).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build-bench}
if [ ! -e "$build/build.ninja" ]; then
	"$root/scripts/install-deps.sh" bench
	meson setup "$build" "$root" -Dbench=true -Dtests=disabled >/dev/null
fi
meson configure "$build" -Dbench=true -Dtools=true -Dexamples=true >/dev/null
ninja -C "$build" >/dev/null

place=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$place"' EXIT
cd "$place"
export PMEM2_BACKEND_DIR=$build/backends PMEM2_FORCE_GRANULARITY=CACHE_LINE TMPDIR=$place

backend=$(grep -qw clwb /proc/cpuinfo && echo clwb || echo clflush)
under() { # NAME COMMAND...
	local name=$1
	shift
	rm -f trace*
	case $name in
	"$backend") PMEM2_BACKEND=$backend "$@" ;;
	powerfail) PMEM2_BACKEND=powerfail "$@" ;;
	trace) PMEM2_BACKEND=powerfail PMEM2_POWERFAIL_TRACE=trace "$@" ;;
	esac
}

for how in "$backend" powerfail trace; do
	echo "== ${how/trace/powerfail with a trace}"
	under "$how" "$build/bench/pmem2-bench-powerfail" file
	rm -f file
done

echo "== the example log, 100,000 records of 0 to 99 bytes: seconds, the best of 5"
awk 'BEGIN { for (i = 0; i < 100000; i++) { s = sprintf("%099d", i); print substr(s, 1, i * 37 % 100) } }' >text
append() {
	local start
	rm -f log trace*
	start=$(date +%s%N)
	under "$1" "$build/examples/log" --size 64M log append <text >/dev/null 2>&1
	echo "$((($(date +%s%N) - start) / 1000000))"
}
for how in "$backend" powerfail trace; do
	for ((i = 0; i < 5; i++)); do append "$how"; done | sort -n |
		awk -v how="$how" 'NR == 1 { printf "%-10s %.3f\n", how, $1 / 1000 }'
done

echo "== images a second on a file of 1 MiB, checked by a program that does nothing"
rm -f log trace*
echo 'int main(void) { return 0; }' >nothing.c
cc -O2 nothing.c -o nothing
cc -O2 -static nothing.c -o nothing-static
awk 'NR % 5 == 0 { printf "%s%s%s%s\n", $0, $0, $0, $0 } NR == 300 { exit }' text >short
for checker in nothing nothing-static; do
	rm -f log
	"$build/tools/pmem2" crashtest --all --torn --check "$PWD/$checker {}" -- "$build/examples/log" log append \
		<short 2>/dev/null | sed -n 's/^crashtest: //p'
	echo "  processes a second, without images: $("$build/bench/pmem2-bench-powerfail" --spawn "$PWD/$checker")"
done
