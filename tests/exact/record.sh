#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What the plug-in for QEMU records: all stores, of all kinds, in the order in which they happen.
# usage: record.sh TAP PLUGIN TRACED WEAK-CPU SOURCES
plugin=$(realpath "$2") traced=$(realpath "$3") weak_cpu=$(realpath "$4") sources=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
stores=${PMEM2_TEST_CASES:-90000}
[ "$stores" -le 90000 ] || stores=90000

# build COMPILER...: the programs, for one architecture
build() {
	local program
	for program in kinds race odd astride; do
		"$@" -O1 -g -D_GNU_SOURCE -pthread -o $program "$sources/$(source_of $program)" || return
	done
}
source_of() { if [ "$1" = kinds ]; then echo "kinds_$isa.c"; else echo "$1.c"; fi; }

# record PROGRAM ARGUMENT...: a trace of it
record() {
	rm -f trace trace.*
	PMEM2_EXACT_TRACE=$PWD/trace PMEM2_EXACT_PROGRAM=$PWD/$1 \
		"${qemu[@]}" -singlestep -plugin "$plugin" "./$1" "${@:2}" >said 2>&1 || { cat said; return 1; }
}
is_complete() { "$traced" trace "${1:-file}"; }
sees_all() { says ' 0 that nobody saw' is_complete; }
recorded() {
	rm -f file
	record "$@"
}

# what this QEMU does not run: nothing else may be missing
kinds_ran() { ! grep -vE "$unknown" said; }

exact_race() {
	for _ in 1 2 3; do
		recorded race file 4 "$stores" || return
		"$traced" --race trace 4 "$stores" || return
		sees_all || return
	done
}

flushes_of_child() { "$traced" --list trace.[0-9]* | grep -c ' flush '; }

test_all() {
	local way
	point "$isa: kinds" recorded kinds file
	point "$isa: kinds that this QEMU has" kinds_ran
	point "$isa: kinds are complete" sees_all
	point "$isa: race, three times" exact_race
	point "$isa: astride" recorded astride file
	point "$isa: astride is complete" sees_all
	for way in vfork signals handler blocked small-stack generated moved; do
		point "$isa: $way" recorded odd file $way
		point "$isa: $way is complete" sees_all
	done
	point "$isa: fork" recorded odd file fork
	# the child's stores are no stores of the parent: it finds them later
	point "$isa: what a child stored is found" says ' 2 that nobody saw' is_complete
	point "$isa: the child has a trace" says '^2$' flushes_of_child
}

isa=x86 qemu=(qemu-x86_64 -cpu max)
unknown='^(done: [0-9]+|illegal: (clzero|.*xsavec64.*)|fails: process_vm_readv: .*)$'
point "x86: programs" build cc
test_all
point "x86: a static program" cc -O1 -D_GNU_SOURCE -static -pthread -o odd "$sources/odd.c"
point "x86: is recorded" recorded odd file blocked
point "x86: completely" sees_all

if command -v aarch64-linux-gnu-gcc >/dev/null; then
	isa=arm qemu=(qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu "max,sve=off,sme=off")
	unknown='^(done: [0-9]+|fails: process_vm_readv: .*)$'
	point "arm: programs" build aarch64-linux-gnu-gcc
	test_all
else
	skip "arm" "there is no aarch64-linux-gnu-gcc"
fi

# ---- what is refused ----

refused() { rm -f file trace; PMEM2_EXACT_TRACE=$PWD/trace PMEM2_EXACT_PROGRAM=odd "${qemu[@]}" "$@"; }
point "without -singlestep" says 'has to be started with -singlestep' refused -plugin "$plugin" ./odd file blocked
point "settings are needed" says 'have to be set' env -u PMEM2_EXACT_TRACE "${qemu[@]}" -singlestep -plugin "$plugin" ./odd
qemu=(env LD_PRELOAD="$weak_cpu" qemu-x86_64)
point "a self-test that fails" says 'of 11 events 2 are right' refused -singlestep -plugin "$plugin" ./odd file blocked
plan
