#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What crashtest says of deferred flushes. usage: deferred.sh TAP PMEM2 DEFERRED LEDGER LEDGER-WITHOUT-DRAIN
pmem2=$(realpath "$2") deferred=$(realpath "$3") ledger=$(realpath "$4") forgetful=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
export TMPDIR=$PWD

of() { rm -f data && "$pmem2" crashtest --granularity PAGE -- "$deferred" "$PWD/data" "$1"; }
point "a drain" status 0 of drain
point "no drain" status 1 of forget
point "it is called by its name" says '^flush without drain: 5$' of forget
point "with the place of the flush" says 'flushed by main \(deferred\.c:' of forget
point "the end of the map writes it" status 0 of delete
point "but not what was never flushed" says '^missing flush: 1$' of store

money() { rm -f money && "$pmem2" crashtest --granularity "$2" --timeout 1200 --check "$ledger {} check" -- "$1" "$PWD/money" 2; }
point "the ledger is clean" status 0 money "$ledger" PAGE
point "and where a flush is of lines" status 0 money "$ledger" CACHE_LINE
point "without its drain it is not" says 'missing drain|wrong order' money "$forgetful" PAGE
plan
