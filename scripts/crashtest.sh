#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows what pmem2 crashtest says of programs that are wrong, and of the same programs when they are mended.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: crashtest.sh [--built BUILD] [log] [OPTION OF pmem2 crashtest...]
       crashtest.sh [--built BUILD] libpmemobj | btree | msync
Builds, then lets pmem2 crashtest try power cuts on a program of its kind:
  log         the example log while it appends, and the variants in tests/powerfail/broken, each with one
              defect; the options are for the sound log: --all --torn --evictions
  libpmemobj  string_store, of Debian's examples of libpmemobj: a length is durable before its text
  btree       tests/exact/tree.c, which uses no library, by --exact: a value is stored before its key, in one line
  msync       tests/preload/pages.c: msync(2) of a count comes before msync(2) of the record that it counts
  --built BUILD   use what is built there; else build-demo is made, and what is missing installed
Exit status: 0 if the fault is found in what is wrong, and none in what is right, else 1."

build='' name=log status=0
case ${1-} in
--help) echo "$usage"; exit ;;
--built) build=$(realpath "${2:?a directory is missing}"); shift 2 ;;
esac
case ${1-} in
log | libpmemobj | btree | msync) name=$1; shift ;;
-* | '') ;;
*) echo "$usage" >&2; exit 2 ;;
esac
if [ "$name" != log ] && [ $# -gt 0 ]; then
	echo "$usage" >&2
	exit 2
fi
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT

# prepare [PROFILE...]: of install-deps.sh
prepare() {
	if [ -z "$build" ]; then
		build=$PWD/build-demo
		scripts/install-deps.sh build "$@"
		[ -e "$build/build.ninja" ] || meson setup "$build" -Dtests=disabled -Dman=disabled
		ninja -C "$build"
	fi
	export PMEM2_BACKEND_DIR=$build/backends PMEM2_RECORDER_DIR=$build/recorders/preload TMPDIR=$run
}

compile() { "${CC:-cc}" -std=gnu11 -g -O1 -D_GNU_SOURCE "$@"; }

crashtest() { "$build/tools/pmem2" crashtest "$@"; }

# The report of what was flushed comes before; the trace that "again" would use is gone soon.
show() { if grep -q '^crashtest:' "$run/said"; then sed -n '/^  again /d; /^crashtest:/,$p' "$run/said"; else cat "$run/said"; fi; }

# wrong WHAT FINDING OPTION...: crashtest has to say FINDING
wrong() {
	printf '\n%s\n' "$1"
	crashtest "${@:3}" >"$run/said" 2>&1 || true
	show
	grep -Eq -- "$2" "$run/said" || { echo "NOT FOUND"; status=1; }
}

mended() {
	printf '\n%s\n' "$1"
	crashtest "${@:2}" >"$run/said" 2>&1 || status=1
	show
}

# ---- the log ----

crashtest_log() {
	local log=$1
	shift
	crashtest "$@" --check "$log {} verify" -- "$log" "$run/data" append <"$run/text"
}

variant() { # SOURCE
	local name log
	name=$(basename "$1" .c)
	log=$run/$name
	compile -Iinclude -Iexamples "$1" examples/log.c -o "$log" \
		-L"$build/core" -lpmem2 -Wl,-rpath,"$build/core" -pthread
	rm -f "$run/data"
	if [ "$name" = stale_tail ]; then # it does harm to a log that was used before
		head -n 6 "$run/text" | "$log" "$run/data" append >/dev/null 2>&1
		"$log" "$run/data" clear >/dev/null 2>&1
	fi
	printf '\n%s: %s\n' "$name" "$(sed -n '2s|^/\* \(.*\) \*/|\1|p' "$1")"
	if crashtest_log "$log" >"$run/found" 2>&1 || ! grep -E '^(missing flush:|  fault )' "$run/found"; then
		echo "NOT FOUND"
		status=1
	fi
}

log() {
	local source log=$build/examples/log

	prepare
	log=$build/examples/log
	paste -d ' ' - - - <LICENSE | head -n 9 >"$run/text" # records of several cache lines
	echo "
\$ pmem2 crashtest $*${1+ }--check 'log {} verify' -- log data append <text"
	crashtest_log "$log" "$@" || status=1
	echo "
\$ pmem2 crashtest --ack stdout --check 'log --acked {ack} {} verify' -- log data append <text"
	rm -f "$run/data"
	crashtest --ack stdout --check "$log --acked {ack} {} verify" -- "$log" "$run/data" append <"$run/text" || status=1
	for source in tests/powerfail/broken/*.c; do
		variant "$source"
	done
}

# ---- programs that were not written for this library ----

# The pool is there before, since libpmemobj's making of it is not what is looked at. What libpmemobj keeps in the pool
# while it is open, and does not flush, is learnt from the checker, which opens and closes it.
store() {
	local source=$1 program=$run/string_store
	compile -I"$examples" "$source" -o "$program" \
		-D'pmemobj_create(path, layout, size, mode)=pmemobj_open(path, layout)' -lpmemobj
	rm -f "$run/pool"
	"$run/make_pool" "$run/pool" intro_1 24
	store=(--no-evictions --copy "$run/pool" --baseline "$run/text {}" --check "$run/text {}" -- "$program" "$run/pool")
}

libpmemobj() {
	local of_debian=tests/preload/debian line='the cut .* main \(writer\.c:[0-9]+\)'

	prepare objects
	examples=$("$of_debian/examples.sh" "$build/examples-of-debian" libpmemobj-dev)/libpmemobj-dev/examples/string_store
	compile -I"$examples" "$of_debian/text.c" -o "$run/text" -lpmemobj
	compile "$of_debian/make_pool.c" -o "$run/make_pool" -lpmemobj
	sed -f "$of_debian/mend_writer.sed" "$examples/writer.c" >"$run/mended.c"
	store "$examples/writer.c"
	wrong "string_store of libpmemobj's examples stores \"hello\":" "$line" "${store[@]}" <<<hello
	grep -q 'fault    flush and drain in the wrong order: ' "$run/said" || status=1
	printf '\nIt is mended so:\n'
	diff -u --label writer.c --label mended.c "$examples/writer.c" "$run/mended.c" || true
	store "$run/mended.c"
	mended "Then:" "${store[@]}" <<<hello
}

btree() {
	local tree=$run/tree
	local of_tree=(--exact --samples 10 --check "$tree {} check" -- "$tree" "$run/data" put 33)

	prepare exact
	PMEM2_RECORDER_DIR=$build/recorders/exact
	compile -DFAULT=1 tests/exact/tree.c -o "$tree" -pthread
	wrong "The value of an entry, which says that it is there, is stored before its key (FAULT=1):" \
		'fault    stores to one line in the wrong order: .*tree\.c:[0-9]+' "${of_tree[@]}"
	compile tests/exact/tree.c -o "$tree" -pthread
	rm -f "$run/data"
	mended "With the key first:" "${of_tree[@]}"
}

msync() {
	local pages=$run/pages
	local of_pages=(--check "$pages {} check" -- "$pages" "$run/data" put 3)

	prepare
	compile -DFAULT=3 tests/preload/pages.c -o "$pages"
	wrong "The count of records is made durable before the record (FAULT=3):" \
		'fault    flush and drain in the wrong order: ' "${of_pages[@]}"
	grep -Eq 'the cut .* put \(pages\.c:[0-9]+\)' "$run/said" || status=1
	compile -DFAULT=0 tests/preload/pages.c -o "$pages"
	rm -f "$run/data"
	mended "With the record first:" "${of_pages[@]}"
}

case $name in
log) log "$@" ;;
libpmemobj) libpmemobj ;;
btree) btree ;;
msync) msync ;;
esac
exit $status
