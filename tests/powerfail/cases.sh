#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Small programs with one fault each, right and wrong, by default options: the fault and its line are named.
# usage: cases.sh TAP PMEM2 DIRECTORY-OF-CASES SOURCES
pmem2=$(realpath "$2") programs=$(realpath "$3") sources=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD
before= # a case that has used the file already

# crashtest CASE OPTION...: with time enough on any machine
crashtest() {
	local program=$programs/case_$1
	shift
	rm -rf data pmem2-crashtest.*
	[ -z "$before" ] || "$programs/case_$before" "$PWD/data" run >said 2>&1 || return
	"$pmem2" crashtest --budget 3600 --timeout 1200 "$@" --check "$program {} verify" -- "$program" "$PWD/data" run >found 2>said
}

clean() {
	status 0 crashtest "$@" || { cat found said; return 1; }
	grep -q ': 0 failed$' found || { cat found; return 1; }
}

# line PROGRAM TEXT: where that is in its source
line() { echo "$1.c:$(grep -nF "$2" "$sources/$1.c" | head -1 | cut -d: -f1)"; }

# finds FAULT TEXT OPTION... : CASE comes first; both are in one line of what was found
finds() {
	status 1 crashtest "$1" "${@:4}" || { cat found said; return 1; }
	grep -qE "^  fault    $2: .*$3" found || { echo "no $2: .*$3 in:"; cat found; return 1; }
}

mends() { grep -qE "^  mend     .*$1.*; with that in the trace it passes$" found || { cat found; return 1; }; }
findings() { [ "$(grep -c '^  fault    ' found)" = "$1" ] || { cat found; return 1; }; }

point "a drain: right" clean drain_missing-0
for fault in 1 2; do
	point "no drain, $fault" finds drain_missing-$fault 'missing drain' \
		"between main \($(line drain_missing 'data */')\) and main \($(line drain_missing 'mark */')\)"
	point "its mend" mends "drain between .*$(line drain_missing 'data */').* and .*$(line drain_missing 'mark */')"
done
point "an undo log: right" clean log_after_data-0
point "after its data" finds log_after_data-1 'flush and drain in the wrong order' "$(line log_after_data 'log */')"
point "its mend" mends "$(line log_after_data 'log */')"
point "together: right" clean not_atomic-0
for fault in 1 2; do
	point "not atomic, $fault" finds not_atomic-$fault 'not atomic' \
		"$(line not_atomic 'first */').*$(line not_atomic 'second */')"
	point "one finding, and no mend" findings 1
done
# the first image that fails takes until another one has failed
cat >first_last.sh <<'END'
"$1" "$2" verify && exit
if mkdir first 2>/dev/null; then
	until [ -e second ]; do sleep 0.01; done
else
	: >second
fi
exit 1
END
first_last() {
	local program=$programs/case_not_atomic-1
	rm -f data
	status 1 "$pmem2" crashtest --jobs 2 --check "sh first_last.sh $program {}" -- "$program" "$PWD/data" run >slowly 2>said &&
		diff <(grep '^  fault' found) <(grep '^  fault' slowly)
}
crashtest not_atomic-1
point "whichever checker ends first" first_last
point "many points: right" clean many_points-0
point "the first harmless" finds many_points-1 'not atomic' "$(line many_points 'second */')"
point "one finding" findings 1
point "two faults: right" clean two_faults-0
point "the first of two" finds two_faults-1 'missing drain' "$(line two_faults 'a */').*$(line two_faults 'b */')"
point "the second of two" finds two_faults-1 'missing flush' "before the drain of commit \($(line two_faults 'commit */')\)"
point "two findings" findings 2
point "a batch: right" clean batch-0
point "one line of a batch" finds batch-1 'missing drain' "data\+0x25c0.*$(line batch 'all */')"
point "a list: right" clean list-0
point "a node that is not flushed" finds list-1 'missing flush' "before the drain of main \($(line list 'node */')\)"
point "its mend" mends "flush data.*before the drain of main \($(line list 'node */')\)"
point "a pointer in place of the node" finds list-2 'missing flush' "$(line list 'node */')"
point "is said" grep -q '^flush of memory that is in no mapping: 5$' found
point "with its line" grep -q "$(line list 'astray */')" found
point "after its flush" finds list-3 'stored after its flush' "$(line list ' early */').*$(line list 'node */')"
point "the head first" finds list-4 'flush and drain in the wrong order' 'are stored only after'
point "its mend" mends "before the flush of main \($(line list 'head first */')\)"
for before in '' undo-0; do
	point "an undo log, used again: right ${before:+later}" clean undo-0
	point "cleared before the words are durable" finds undo-1 'flush and drain in the wrong order' \
		"$(line undo 'clear */').*data\+0x4?0.* flushed only later, by change \\("
	point "its mend" mends "before the flush of clear_log \($(line undo 'clear */')\)"
	point "one finding" findings 1
	point "written after the words" finds undo-2 'flush and drain in the wrong order' 'data\+0x80, 1 byte, are stored only after data\+0x4?0'
	point "its mend" mends 'store and flush data\+0x80'
	point "one finding" findings 1
	point "its end is not flushed" finds undo-3 'missing flush' "data\+0x80, 1 byte, .*$(line undo 'done */')"
	point "its mend" mends "before the flush of change \($(line undo 'done */')\)"
	point "one finding" findings 1
	point "valid with an old record" finds undo-4 'flush and drain in the wrong order' 'data\+0xc0, .* are stored only after data\+0x80'
	point "its mend" mends "store and flush data\+0xc0, .*before the flush of log_words \($(line undo 'valid first */')\)"
	point "one finding" findings 1
done
before=
point "inlined helpers: right" clean inlined-0
point "what the helper was inlined into" finds inlined-1 'missing flush' \
	"before the drain of make_durable \($(line inlined 'helper */')\) < put_mark \($(line inlined 'mark */')\) and"
point "and another place of it" grep -qF "before the drain of make_durable ($(line inlined 'helper */')) < put_second ($(line inlined 'second: ')) and" found
point "two findings" findings 2
point "the whole stack" grep -qE "^ +1  make_durable \($(line inlined 'helper */')\) < put_second \($(line inlined 'second: ')\) < main \(.*; first: " found
point "what a child persists: right" clean family-0
point "before the child persists it" finds family-1 'missing flush' "data\+0x40, 1 byte, .*$(line family 'mark */')"
point "nothing is lost in the end" status 1 grep '^missing flush' found
point "what nobody persists" eval 'status 1 crashtest family-2 && grep -q "^missing flush: 1$" found && grep -qF "data+0x80, 1 bytes: 09" found'
what_is_later() { clean family-3 && status 1 grep '^missing flush' found && grep -q '^1 line that it had stored became durable after its end' found; }
point "what the parent persists after the child's end" what_is_later
point "what nobody persists, again" status 1 crashtest family-2
point "what the child persists is not lost" status 1 grep -F data+0x40 found
point "pages: right" clean in_place-0
point "a page changed in place" finds in_place-1 'not atomic' "$(line in_place ' page */').*$(line in_place ' page */')"
point "one finding" findings 1
point "the root before its page" finds in_place-2 'flush and drain in the wrong order' "$(line in_place 'root */')"
point "two copies: right" clean copies-0
point "the count before the copy" finds copies-1 'flush and drain in the wrong order' 'stored only after data\+0x100, 1 byte'
point "its mend" mends "and then the lines that go with it, before the flush of count"
point "one finding" findings 1
point "a ring: right" clean ring-0
point "the rest of a record" finds ring-1 'missing flush' "before the drain of main \($(line ring 'record */')\)"
point "one finding" findings 1
point "an undo log with two entries: right" clean two_entries-0
point "made after the accounts" finds two_entries-1 'flush and drain in the wrong order' 'are stored only after'
point "its mend" mends "and then the lines that go with it, before the flush of transfer"
point "valid before its entries" finds two_entries-2 'flush and drain in the wrong order' "$(line two_entries 'valid */')"
point "one finding" findings 1
before=old_content-0
point "what an earlier run left: right" clean old_content-0
point "zeros in its place make it fail in another way" finds old_content-1 'recovery' 'nothing is lost'
before=
point "tables: right" clean table-0
point "a table that is not flushed" finds table-1 'missing flush' "before the drain of main \($(line table 'switch */')\)"
point "its mend" mends "and the lines that go with it, and drain, before the flush of main \($(line table 'switch */')\)"
point "one finding" findings 1
point "buckets: right" clean buckets-0
point "the bit before its entry" finds buckets-1 'flush and drain in the wrong order' 'are stored only after'
point "its mend" mends "before the flush of set_bit \($(line buckets 'bit */')\)"
point "from two callers, one finding" findings 1
point "dropped before it is placed" finds buckets-2 'flush and drain in the wrong order' 'are stored only after'
point "one finding" findings 1
point "no entry is flushed" finds buckets-3 'missing flush' 'were stored before the drain of set_bit'
point "its mend" mends "flush data"
point "one finding" findings 1
point "visible is durable: right" clean visible-0 --granularity BYTE --ignore missing-flush
point "and wrong" status 1 crashtest visible-1 --granularity BYTE
point "a sector: right" clean sector-0 --granularity PAGE
point "two sectors" finds sector-1 'not atomic' "$(line sector 'both */')" --granularity PAGE
# operations FAULT STATUS: words that are set and swapped
operations() {
	local program=$programs/case_swap-$1
	printf 'set  1 10\nset  2 20\nswap 1 2\nset  3 30\nswap 3 0\nset  0 5\nswap 0 1\n' >operations.txt
	rm -f data
	truncate -s 4096 data
	status "$2" "$pmem2" crashtest --budget 3600 --timeout 1200 --ops operations.txt --state "$program {} dump" --copy "$PWD/data" \
		-- "$program" "$PWD/data" run >found 2>said || { cat found said; return 1; }
}
point "swaps: right" operations 0 0
point "without a log" operations 1 1
point "no order helps" grep -q '^  fault    not atomic: ' found
point "one finding" findings 1
point "and no mend" status 1 grep '^  mend' found
point "what was left out is said" eval 'status 1 crashtest many_points-1 && grep -qE "^left out: [0-9]+ of 3001 points, [0-9]+ of about [0-9]+ images: " found'
plan
