#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# alone.sh INCLUDE COMPILER: each public header compiles alone, in each language, without a warning.
include=$1 compiler=$2
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

compile() { # HEADER LANGUAGE STANDARD
	printf '#include <%s>\n#include <%s>\nextern int unused;\n' "$1" "$1" |
		"$compiler" -x "$2" -std="$3" -Wall -Wextra -Werror -pedantic -Wundef \
			-I"$include" -fsyntax-only -
}

can() { # LANGUAGE STANDARD
	echo '#include <stddef.h>' | "$compiler" -x "$1" -std="$2" -fsyntax-only - 2>/dev/null
}

for header in libpmem2.h libpmem2/base.h libpmem2/extra.h libpmem2/legacy.h libpmem2/backend.h; do
	for language in c:c99 c:c11 c:c17 c++:c++17; do
		name="$header as ${language#*:} by $compiler"
		if can "${language%:*}" "${language#*:}"; then
			point "$name" compile $header "${language%:*}" "${language#*:}"
		else
			skip "$name" "$compiler is not installed, or has no ${language#*:}"
		fi
	done
done

# names of PMDK's that are not declared on Linux, or went with PMDK 2.0
foreign() {
	echo '#include <libpmem2.h>' | "$compiler" -I"$include" -E - |
		grep -E 'pmem2_(source_from_handle|source_get_handle|config_set_handle|config_set_vdm|[a-z]*_async)'
}
if can c c11; then
	point "functions of Windows and of miniasync are not declared" status 1 foreign
else
	skip "functions of Windows and of miniasync are not declared" "$compiler is not installed"
fi
plan
