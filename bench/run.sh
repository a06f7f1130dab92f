#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Builds, fetches Debian's libpmem2, measures, plots: all of it into bench/results.
set -eu

usage="usage: run.sh [--peer FILE | --self] [--processes N] [--runs N] [--group NAME] [--op WORD]
Times the library beside Debian's libpmem2, or FILE, or itself; bench/README.md says how. BUILD names the build
directory (build-bench)."
case ${1-} in
--help) echo "$usage"; exit ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build-bench}
results=$root/bench/results

"$root/scripts/install-deps.sh" bench
mkdir -p "$results"
[ -f "$build/build.ninja" ] ||
	meson setup "$build" "$root" -Dbench=true -Dtests=disabled -Dtools=false -Dexamples=false \
		>"$results/build.log"
ninja -C "$build" >>"$results/build.log" || { cat "$results/build.log" >&2; exit 1; }

case " $* " in
*" --peer"* | *" --self "*) ;;
*)
	"$root/tests/fetch-debian.sh" "$build/peer" "$(dpkg --print-architecture)" \
		libpmem2 libndctl6 libdaxctl1
	peer=$(find "$build/peer/root" -name libpmem2.so.1)
	LD_LIBRARY_PATH=$(dirname "$peer")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	export LD_LIBRARY_PATH
	set -- --peer "$peer" "$@"
	;;
esac

"$build/bench/pmem2-bench" --disk-dir "$results" --csv "$results/bench.csv" \
	--summary "$results/summary.md" "$@" >"$results/table.txt"
case " $* " in
*" --group "* | *" --op "* | *" --self "*) ;;
*) gnuplot -e "csv='$results/bench.csv'; out='$results'" "$root/bench/plot.gp" ;;
esac
cat "$results/summary.md"
echo "more in $results"
