#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Shows that what the example log acknowledged survives SIGKILL, with each backend this CPU can use.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: demo.sh [--built BUILD] [DIRECTORY]
Builds, then appends a licence's text to a log in DIRECTORY (default: run, in the build directory), kills
the writer in the middle, and checks the log: every acknowledged record is there, the rest can be
appended. Repeats that for each backend that this CPU can use, and kills each until it left an
unfinished record.
  --built BUILD   use what is built there; else build-demo is made, and what is missing installed
Exit status: 0; 1 if anything is not as promised."
licence=/usr/share/common-licenses/GPL-3
max_kills=3000
build=

fail() {
	echo "demo.sh: $*" >&2
	exit 1
}

case ${1-} in
--help) echo "$usage"; exit ;;
--built) build=$(realpath "${2:?a directory is missing}"); shift 2 ;;
-*) echo "$usage" >&2; exit 2 ;;
esac

[ -r $licence ] || fail "there is no $licence to append; Debian's package base-files has it"
if [ -z "$build" ]; then
	build=$PWD/build-demo
	scripts/install-deps.sh build
	[ -e "$build/build.ninja" ] || meson setup "$build" -Dtests=disabled -Dman=disabled
	ninja -C "$build"
fi

mkdir -p "${1:-$build/run}"
run=$(mktemp -d -p "${1:-$build/run}" demo.XXXXXX)
trap 'rm -rf "$run"' EXIT
text=$run/text file=$run/log acks=$run/acks said=$run/said seen=$run/seen
log() { "$build/examples/log" "$@"; }
export PMEM2_BACKEND_DIR=$build/backends

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# An empty log: made once for each backend, cleared from then on.
begin() {
	local how=clear
	[ -e "$file" ] || how=append
	log --size 4M "$file" $how </dev/null >/dev/null 2>"$said" || fail "$how failed: $(cat "$said")"
}

append() {
	log "$file" append >"$acks" 2>"$said" || fail "append failed: $(cat "$said")"
}

# Sets the time that appending the text to an empty log takes, and its number of lines.
measure() {
	local start

	begin
	start=$(now_ms)
	append <"$text"
	took=$(($(now_ms) - start + 1))
	lines=$(wc -l <"$text")
}

# Makes the text: long enough that a writer can be killed inside it, short enough for a demo.
make_text() {
	local copies

	rm -f "$file"
	head -n 50 $licence >"$text"
	measure
	if ((took > 150)); then
		head -n $((50 * 2000 / took)) $licence >"$text"
		measure
		echo "(slow storage: $lines lines are enough)"
		return
	fi
	for ((copies = 1; copies <= 64; copies *= 4)); do
		for ((i = 0; i < copies; i++)); do cat $licence; done >"$text"
		measure
		((took < 60)) || break
	done
}

# Starts a writer and kills it somewhere between a fifth and the end of the time it needs.
kill_one() {
	local pid delay

	delay=$((took / 5 + RANDOM % (took * 4 / 5 + 1)))
	begin
	: >"$acks"
	"$build/examples/log" "$file" append <"$text" >"$acks" 2>"$said" &
	pid=$!
	sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
	{ kill -KILL $pid && wait $pid; } 2>/dev/null || true
	acked=$(wc -l <"$acks")
}

check_killed() {
	log "$file" verify >"$run/verified" || fail "the log is corrupt after $acked acknowledgements"
	log "$file" dump >"$seen"
	records=$(wc -l <"$seen")
	[ "$records" -ge "$acked" ] || fail "$acked records were acknowledged, $records are there"
	head -n "$records" "$text" | cmp -s - "$seen" || fail "the records are not the text's lines"
}

# demonstrate NAME GRANULARITY: the variant must be NAME's, for a fallback would prove nothing.
demonstrate() {
	local kills=0 granularity variant

	make_text
	until [ $kills -gt 0 ] && grep -q unfinished "$run/verified"; do
		kill_one
		check_killed
		if ((acked == lines)); then
			took=$((took * 3 / 4 + 1)) # the writer was faster than when it was measured
		else
			kills=$((kills + 1))
			((acked > 0)) || took=$((took * 4 / 3 + 1)) # it was slower
		fi
		[ $kills -lt $max_kills ] || fail "$max_kills kills of $1 left no unfinished record"
	done

	granularity=$(log "$file" info | sed -n 's/^granularity: *//p')
	variant=$(log "$file" info | sed -n 's/^variant: *//p')
	[ "$granularity" = "$2" ] || fail "granularity $2 was asked for, it is $granularity"
	[[ $variant == "$1" || $variant == "$1"-* ]] || fail "$1 was asked for, $variant was used"
	grep -q "granularity $2, variant $variant" "$said" || fail "the writer used: $(cat "$said")"

	append < <(tail -n +$((records + 1)) "$text")
	log "$file" dump | cmp -s - "$text" || fail "the log is not the text, after the rest was appended"
	printf 'granularity %-10s  variant %s\n' "$granularity" "$variant"
	printf '  killed %d time(s), checked each time; at the last, %d of %d records were acknowledged, %d are there,\n' \
		$kills "$acked" "$lines" "$records"
	printf '  an unfinished one was ignored, the rest appended: the log is the text.\n'
}

has() { grep -qwm1 "$1" /proc/cpuinfo; }

echo
(
	export PMEM2_FORCE_GRANULARITY=CACHE_LINE
	for backend in clwb clflushopt clflush arm_dccvap; do
		flag=$backend
		[ $backend != arm_dccvap ] || flag=dcpop
		if has $flag; then
			PMEM2_BACKEND=$backend demonstrate $backend CACHE_LINE
		else
			echo "($backend: not on this CPU)"
		fi
	done
)
PMEM2_BACKEND=generic_msync demonstrate generic_msync PAGE
echo "
A killed process leaves its stores in the page cache, flushed or not: this shows recovery, not flushing."
