#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# TESTING.md has the figures of the sources, and testing.py finds one that is wrong. usage: testing.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"

# nothing is written beside the sources
mkdir tree
for name in "$source"/* ; do
	case ${name##*/} in
	build* | scripts) ;;
	*) ln -s "$name" tree/ ;;
	esac
done
cp -R "$source/scripts" tree/
check() { python3 -B tree/scripts/testing.py --check; }
point "the figures hold" check
point "all are printed" says '^public functions under faults: [0-9]+$' python3 -B tree/scripts/testing.py
point "for a test" says '^[0-9]+$' python3 -B tree/scripts/testing.py --least 'faults injected'

# wrong SED-SCRIPT PATTERN: that, done to TESTING.md, is found
wrong() {
	rm -f tree/TESTING.md && sed "$1" "$source/TESTING.md" >tree/TESTING.md && says "$2" status 1 check
}
point "a figure that is too high" wrong 's/^\(| fuzzers .*\) 4 /\1 5 /' 'fuzzers: at least 5", there are 4'
point "one that is long out of date" wrong 's/^\(| fuzzers .*\) 4 /\1 2 /' 'fuzzers: at least 2", there are 4'
point "one that is missing" wrong '/^| guests |/d' 'has no figure "guests"'
point "one that nobody knows" wrong 's/^| guests |/| hosts |/' 'does not know the figure "hosts"'
point "a package that is not explained" wrong 's/^| valgrind |/| gdb |/; s/under valgrind//' 'what valgrind is for'
point "an odd argument" status 2 python3 -B tree/scripts/testing.py --odd
plan
