#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on a program of libpmemobj, right and wrong. usage: bank.sh TAP PMEM2 PROGRAMS SOURCES
pmem2=$(realpath "$2") sources=$(realpath "$4")
# shellcheck source=tests/tap.sh
. "$1"
if ! echo '#include <libpmemobj.h>' | cc -E - >/dev/null 2>&1; then
	echo "there is no libpmemobj-dev"
	exit 77
fi
unset LD_LIBRARY_PATH # which Meson sets, to where the stub of libpmem is
mkdir tmp
export TMPDIR=$PWD/tmp

build() {
	local fault
	for fault in 0 1 2 3 4 5 6 7; do
		cc -O1 -g -D_GNU_SOURCE -DFAULT=$fault "$sources/bank.c" -o bank-$fault -lpmemobj || return
	done
	./bank-0 new make
}

# of FAULT OPTION...: libpmemobj keeps in the pool what it needs while it is open alone, and does not flush that
of() {
	local fault=$1
	shift
	cp new pool
	"$pmem2" crashtest --samples 10 --ignore missing-flush --check "./bank-$fault {} check" "$@" -- \
		"./bank-$fault" pool move 3
}
found() { says "$1" status 1 of "${@:2}" --no-evictions; }

point "programs" build
point "a right bank is clean" says ': 0 failed$' status 0 of 0 --budget 20
point "an account without TX_ADD" found 'missing flush: pool' 1
point "at the line of the program" found '< move_by_transaction \(bank\.c:[0-9]+\)' 1
point "TX_ADD after the store" found 'money is lost or made' 2
point "two persists" found 'money is lost or made' 3
point "at their line" found 'flush of .*< move_by_persists \(bank\.c:[0-9]+\)' 3
point "a line of the journal without a flush" found 'missing flush: pool' 4
point "filled after it was allocated" found 'the note is not whole' 5
point "one drain for a line and the count" found 'missing drain: pool' 6
point "it is at a line of the program" found 'flush of .*< write_line \(bank\.c:[0-9]+\)' 6

# what the check does not look at fails no image: it is among what was not flushed, with what libpmemobj leaves there
count='pool\+0x[0-9a-f]+, 1 bytes: 03, durable are 00'
report() { cp new pool && "$pmem2" crashtest --ignore missing-flush -- "./bank-$1" pool move 3; }
point "a count that nobody looks at" says "$count" status 0 report 7
point "and no such thing where there is none" status 1 says "$count" report 0

# what it leaves there by itself is learnt from a run that only opens, allocates and closes
learn() {
	cp new pool
	"$pmem2" crashtest --samples 10 --copy pool --baseline "./bank-0 {} note" "${@:2}" -- "./bank-$1" pool move 3
}
point "nothing else is lost, if that is learnt" says 'pool, [0-9]+ bytes in [0-9]+ ranges \(--baseline\)' status 0 learn 0
point "and images pass" says ': 0 failed$' status 0 learn 0 --no-evictions --budget 10 --check './bank-0 {} check'
point "a count that nobody looks at is still lost" says "$count" status 1 learn 7
point "that alone" says '^missing flush: 1$' learn 7
point "an account without TX_ADD, likewise" says 'pool\+0x[0-9a-f]+, 1 bytes: f2, durable are e8' status 1 learn 1
point "and it fails" says 'missing flush: pool' status 1 learn 1 --no-evictions --check './bank-1 {} check'
plan
