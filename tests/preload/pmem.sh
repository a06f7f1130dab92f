#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on programs of libpmem, which is not there. usage: pmem.sh TAP PMEM2 PROGRAMS
pmem2=$(realpath "$2") programs=$(realpath "$3")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp
store=$programs/pmem_store

# of MODE OPTION...
of() {
	local mode=$1
	shift
	rm -f data
	"$pmem2" crashtest --check "$store {} check" "$@" -- "$store" data "$mode" 4
}
clean() { says ': 0 failed$' status 0 of "$@"; }
found() { says "$1" status 1 of "${@:2}"; }

point "each record, then the count" clean right
point "likewise, harder" clean right --all --torn --evictions
point "a record that is not flushed" found 'missing flush: data\+0x[0-9a-f]+, ' unflushed
point "at its line" found 'after the flush of .*put \(store\.c:[0-9]+\) < (put_all \(store\.c:[0-9]+\) < )?main' unflushed
point "one drain for both" found 'missing drain: data\+0x[0-9a-f]+, ' undrained
point "the program's own mapping" clean mapped
point "one that it did not ask about" found 'missing flush: 1' unasked
point "which is taken for persistent memory" clean unasked --granularity CACHE_LINE
point "pmem_msync()" clean synced --granularity PAGE
point "a persist where msync(2) is needed" found 'missing flush: 1' unasked --granularity PAGE
point "pmem_memcpy_persist()" clean copied
point "pmem_deep_persist()" clean deep
point "and nothing of the recorder in its stack" says '0' grep -c preload <(of deep 2>&1)
point "copies without drain, and one" clean nodrain
point "stores in the caches are durable" clean right --granularity BYTE
point "a fence is enough there" clean nodrain --granularity BYTE
point "mremap(2)" clean moved
point "a child process" says '^crashtest: [0-9]+ points .*: 0 failed' status 0 of forked --no-evictions --ignore missing-flush

# with VARIABLE PATTERN MODE...: with a variable of libpmem
with() { env "$1" true && export "${1?}" && found "${@:2}"; }
point "PMEM_NO_FLUSH=1 flushes nothing" with PMEM_NO_FLUSH=1 'missing flush: [1-9]' right
export -n PMEM_NO_FLUSH
unset PMEM_NO_FLUSH
no_pmem() { PMEM_IS_PMEM_FORCE=0 says ': 0 failed$' status 0 of synced; }
point "PMEM_IS_PMEM_FORCE=0: it is none" no_pmem
lied_to() { PMEM_IS_PMEM_FORCE=1 says 'missing flush: 1' status 1 of mapped --granularity PAGE; }
point "PMEM_IS_PMEM_FORCE=1 makes no page durable" lied_to

mkdir files
point "arguments, errors, errno" status 0 "$pmem2" crashtest -- "$programs/pmem_calls" files
plan
