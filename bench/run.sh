#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds, fetches Debian's libpmem2, measures, plots: all of it into bench/results.
# usage: bench/run.sh [--peer FILE | --self] [--runs N] [--group NAME] [--op WORD]
# BUILD names the build directory (build-bench).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build-bench}
results=$root/bench/results

# installs what is missing, where that can be done without a question
need() {
	command -v "$1" >/dev/null && return
	if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
		apt-get install -q -y "$2" >/dev/null && return
	fi
	echo "$0: $1 is missing (Debian: $2)" >&2
	exit 1
}

need cc gcc
need meson meson
need gnuplot gnuplot-nox

mkdir -p "$results"
[ -f "$build/build.ninja" ] ||
	meson setup "$build" "$root" -Dbench=true -Dtests=false -Dtools=false -Dexamples=false \
		>"$results/build.log"
ninja -C "$build" >>"$results/build.log" || { cat "$results/build.log" >&2; exit 1; }

case " $* " in
*" --peer"* | *" --self "*) ;;
*)
	peer=$("$root/bench/fetch-peer.sh" "$build/peer")
	export LD_LIBRARY_PATH="$(dirname "$peer")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
	set -- --peer "$peer" "$@"
	;;
esac

"$build/bench/pmem2-bench" --disk-dir "$results" --csv "$results/bench.csv" \
	--summary "$results/summary.md" "$@" >"$results/table.txt"
gnuplot -e "csv='$results/bench.csv'; out='$results'" "$root/bench/plot.gp" 2>"$results/plot.log" ||
	cat "$results/plot.log" >&2
cat "$results/summary.md"
echo "in $results: table.txt bench.csv summary.md copies.svg maps.svg"
