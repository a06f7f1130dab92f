#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# peer.sh INCLUDE DIR CC...: our header says what PMDK's says. The latter comes with Debian's
# libpmem2-dev, which is fetched into DIR.
here=$(cd "$(dirname "$0")" && pwd)
include=$1 dir=$2
shift 2
compiler=("$@")
if ! why=$("$here/../fetch-debian.sh" "$dir" "$(dpkg --print-architecture)" libpmem2-dev); then
	echo "1..0 # SKIP $why"
	exit
fi
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
peer=$dir/root/usr/include

types() { # INCLUDE
	"${compiler[@]}" -std=gnu11 -Wall -Wextra -Werror -I"$1" -fsyntax-only "$here/types.c"
}

macros() { # INCLUDE
	echo '#include <libpmem2.h>' | "${compiler[@]}" -I"$1" -E -dM - |
		sed -n 's/^#define \(PMEM2_[A-Z0-9_]*\) .*/\1/p' | sort
}

# a program that prints all constants of PMDK's header, compiled with another
values() { # INCLUDE
	{
		printf '#include <libpmem2.h>\n#include <stdio.h>\nint main(void)\n{\n'
		macros "$peer" |
			sed 's/.*/\tprintf("%s %lld\\n", "&", (long long)&);/'
		printf '\treturn 0;\n}\n'
	} >values.c
	"${compiler[@]}" -I"$1" values.c -o values && ./values
}

same_values() {
	values "$peer" >theirs && values "$include" >ours || return
	[ "$(wc -l <theirs)" -gt 40 ] || { echo "PMDK's header was not read"; return 1; }
	# the one that differs, on purpose: libpmem2/base.h says why
	diff theirs ours | grep '^[<>]' |
		diff - <(printf '%s\n' '< PMEM2_E_MAP_EXISTS -100034' '> PMEM2_E_MAP_EXISTS -100007')
}

# every function, type and enumerator of PMDK's header is in types.c
all_compared() {
	local words='\b(pmem2|PMEM2)_[A-Za-z0-9_]+\b'
	echo '#include <libpmem2.h>' | "${compiler[@]}" -I"$peer" -E - | grep -oE "$words" | sort -u >names
	[ "$(wc -l <names)" -gt 60 ] || { echo "PMDK's header was not read"; return 1; }
	! comm -23 names <(grep -oE "$words" "$here/types.c" | sort -u) | grep .
}

ours_alone() {
	comm -13 <(macros "$peer") <(macros "$include") | grep -v '^PMEM2_VERSION' | diff - <(echo PMEM2_E_BACKEND)
}

point "PMDK's header has the types that are compared" types "$peer"
point "ours has the same" types "$include"
point "nothing of PMDK's header is left out" all_compared
point "constants of PMDK's header have the same values in ours" same_values
point "of our own there are PMEM2_E_BACKEND and the version alone" ours_alone
plan
