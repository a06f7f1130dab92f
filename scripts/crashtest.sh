#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows what pmem2 crashtest says of the example log, and of eight variants that are broken.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: crashtest.sh [--built BUILD] [OPTION OF pmem2 crashtest...]
Builds, then lets pmem2 crashtest try power cuts on the example log while it appends, and on the variants in
tests/powerfail/broken, each with one defect. The options are for the sound log: --all --torn --evictions.
  --built BUILD   use what is built there; else build-demo is made, and what is missing installed
Exit status: 0 if the log is clean and a fault is found in every variant, else 1."
variants=tests/powerfail/broken

build=
case ${1-} in
--help) echo "$usage"; exit ;;
--built) build=$(realpath "${2:?a directory is missing}"); shift 2 ;;
esac
if [ -z "$build" ]; then
	build=$PWD/build-demo
	scripts/install-deps.sh build
	[ -e "$build/build.ninja" ] || meson setup "$build" -Dtests=disabled -Dman=disabled
	ninja -C "$build"
fi
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
export PMEM2_BACKEND_DIR=$build/backends TMPDIR=$run
paste -d ' ' - - - <LICENSE | head -n 9 >"$run/text" # records of several cache lines

# crashtest LOG OPTION...
crashtest() {
	local log=$1
	shift
	"$build/tools/pmem2" crashtest "$@" --check "$log {} verify" -- "$log" "$run/data" append <"$run/text"
}

compile() {
	"${CC:-cc}" -std=gnu11 -g -O1 -D_GNU_SOURCE -Iinclude -Iexamples "$1" examples/log.c -o "$2" \
		-L"$build/core" -lpmem2 -Wl,-rpath,"$build/core" -pthread
}

echo "
\$ pmem2 crashtest $*${1+ }--check 'log {} verify' -- log data append <text"
status=0
crashtest "$build/examples/log" "$@" || status=1

echo "
\$ pmem2 crashtest --ack stdout --check 'log --acked {ack} {} verify' -- log data append <text"
rm -f "$run/data"
"$build/tools/pmem2" crashtest --ack stdout --check "$build/examples/log --acked {ack} {} verify" \
	-- "$build/examples/log" "$run/data" append <"$run/text" || status=1

for source in "$variants"/*.c; do
	name=$(basename "$source" .c)
	log=$run/$name
	compile "$source" "$log"
	rm -f "$run/data"
	if [ "$name" = stale_tail ]; then # it does harm to a log that was used before
		head -n 6 "$run/text" | "$log" "$run/data" append >/dev/null 2>&1
		"$log" "$run/data" clear >/dev/null 2>&1
	fi
	printf '\n%s: %s\n' "$name" "$(sed -n '2s|^/\* \(.*\) \*/|\1|p' "$source")"
	if crashtest "$log" >"$run/found" 2>&1 || ! grep -E '^(missing flush:|  fault )' "$run/found"; then
		echo "NOT FOUND"
		status=1
	fi
done
exit $status
