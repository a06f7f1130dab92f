#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# sentences.sh BUILD LIBRARY: no error message of LIBRARY is one of PMDK's library, which Debian ships and
# which is fetched into BUILD/peer. Case, punctuation and the kind of a conversion do not count.
build=$1 library=$(realpath "$2")
here=$(dirname "$0")
if ! why=$("$here/../fetch-debian.sh" "$build/peer" "$(dpkg --print-architecture)" libpmem2); then
	echo "1..0 # SKIP $why"
	exit
fi
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"

# sentences FILE: strings of three words and more, in lower case, "N" for what is filled in
sentences() {
	strings -n 12 "$1" | grep ' .* ' | sed -E 's/%[-#0-9.*]*(ll|l|z|j)?[a-z]/N/g; s/[^A-Za-z0-9]+/ /g; s/^ | $//g' |
		tr '[:upper:]' '[:lower:]' | sort -u
}

sentences "$(find "$build/peer/root" -name libpmem2.so.1.\* -type f)" >theirs
sentences "$library" >ours
comm -12 theirs ours >both
point "PMDK's library has sentences" test "$(wc -l <theirs)" -gt 50
point "the library has sentences" test "$(wc -l <ours)" -gt 50
point "none is in both: $(paste -sd';' both)" test ! -s both
plan
