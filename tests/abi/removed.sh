#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# removed.sh BUILD LIBRARY: what abidiff finds missing beside Debian's library, which is fetched into
# BUILD/peer: the asynchronous functions and pmem2_config_set_vdm, nothing else. Debian's has no
# debug information, so names and versions are compared; tests/headers compares the types.
here=$(cd "$(dirname "$0")" && pwd) peer=$1/peer library=$(realpath -e "$2") || exit
if ! command -v abidiff >/dev/null; then
	echo "1..0 # SKIP there is no abidiff (Debian: abigail-tools)"
	exit
fi
if ! why=$("$here/../fetch-debian.sh" "$peer" "$(dpkg --print-architecture)" libpmem2); then
	echo "1..0 # SKIP $why"
	exit
fi
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
theirs=$(find "$peer/root/usr/lib" -name libpmem2.so.1)

compare() {
	abidiff --no-default-suppression "$theirs" "$library" >report
	[ $(($? & 3)) -eq 0 ] || { cat report; return 1; } # abidiff itself failed
}
# symbols that changed or went, and what abidiff says of the whole: SONAME, architecture
changes() {
	sed -n 's/^ *\(\[[CD]\]\) /\1 /p; /^SONAME\|^ELF/p' report | sort
}
missing() {
	diff - <(changes) <<-'END'
		[D] pmem2_config_set_vdm@@LIBPMEM2_1.0
		[D] pmem2_memcpy_async@@LIBPMEM2_1.0
		[D] pmem2_memmove_async@@LIBPMEM2_1.0
		[D] pmem2_memset_async@@LIBPMEM2_1.0
	END
}

point "abidiff compares ours with Debian's" compare
point "the asynchronous functions and pmem2_config_set_vdm alone are missing" missing
plan
