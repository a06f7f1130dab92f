#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# alone.sh INCLUDE COMPILER: each public header compiles alone, in each language, without a warning.
include=$1 compiler=$2 here=$(cd "$(dirname "$0")" && pwd)
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

for header in libpmem2.h libpmem2/base.h libpmem2/explain.h libpmem2/extra.h libpmem2/legacy.h libpmem2/backend.h; do
	for language in c:c99 c:c11 c:c17 c++:c++17; do
		name="$header as ${language#*:} by $compiler"
		if can "${language%:*}" "${language#*:}"; then
			point "$name" compile $header "${language%:*}" "${language#*:}"
		else
			skip "$name" "$compiler is not installed, or has no ${language#*:}"
		fi
	done
done

# C++ names structures without "struct": no function may hide one
names() { # ARGUMENT...
	"$compiler" -x c++ -std=c++17 -Wall -Wextra -Werror -I"$include" -fsyntax-only "$@" "$here/names.cpp"
}

# what is declared: one name a line
functions() { # LANGUAGE ARGUMENT...
	printf '#include <libpmem2.h>\n#include <libpmem2/backend.h>\n' |
		"$compiler" -x "$1" -I"$include" "${@:2}" -E - | tr -d '\n' |
		grep -oE '\bpmem2_[a-z0-9_]+ ?\(' | tr -d ' (' | sort -u
}
structures() {
	printf '#include <libpmem2.h>\n#include <libpmem2/backend.h>\n' |
		"$compiler" -x c++ -I"$include" -E - | tr '\n' ' ' |
		grep -oE '\b(struct|enum) pmem2_[a-z0-9_]+' | sed 's/.* //' | sort -u
}
no_function_hides_a_structure() {
	[ "$(structures | wc -l)" -gt 8 ] && [ "$(functions c++ | wc -l)" -gt 40 ] || return
	! comm -12 <(structures) <(functions c++) | grep .
}
# the functions of NODE in functions.h that libpmem2.h declares in that language, with those macros
declared() { # NODE LANGUAGE ARGUMENT...
	comm -12 <(sed -n "s/^$1(\(.*\))$/\1/p" "$here/../abi/functions.h" | sort) <(functions "${@:2}")
}
older=(pmem2_config_get_alignment pmem2_config_get_file_size pmem2_config_set_fd pmem2_map pmem2_unmap)

if can c++ c++17; then
	point "structures have bare names in C++" names
	point "and with the functions of 2019, but for one" names -DLEGACY
	point "no function hides a structure in C++" no_function_hides_a_structure
	point "C has the functions of 2019, and C++ has not" \
		diff <(printf '%s\n' "${older[@]}") <(comm -3 <(declared OURS c) <(declared OURS c++))
	point "PMEM2_NO_LEGACY leaves them out" diff <(declared OURS c++) <(declared OURS c -DPMEM2_NO_LEGACY)
else
	for name in names older hidden "functions of 2019" PMEM2_NO_LEGACY; do
		skip "$name in C++" "$compiler is not installed, or has no c++17"
	done
fi
if can c c11; then
	# which PMDK's header declares, and PMDK's library does not have
	point "PMEM2_NO_EXTENSIONS leaves out all that PMDK's header does not have" \
		diff <(echo pmem2_err_to_errno) <(declared OURS c -DPMEM2_NO_EXTENSIONS)
	point "and nothing else" diff <(declared 'PMDK\|DIFFERS' c) \
		<(declared 'PMDK\|DIFFERS' c -DPMEM2_NO_EXTENSIONS)
else
	for name in PMEM2_NO_EXTENSIONS else; do
		skip "$name in C" "$compiler is not installed"
	done
fi

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
