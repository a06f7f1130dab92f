#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# exports.sh SOURCE LIBRARY STATIC-LIBRARY MODULE...: what the files of this build export and need.
functions=$(realpath -e "$1/tests/abi/functions.h") library=$(realpath -e "$2") archive=$(realpath -e "$3") &&
	symbols=$(realpath -e "$1/packaging/debian/libpmem2-1.symbols") || exit
shift 3
modules=()
for module; do
	modules+=("$(realpath -e "$module")") || exit
done
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

exported() { # FILE: name@node or name@@node, one a line
	readelf -W --dyn-syms "$1" |
		awk '$7 != "UND" && $7 != "ABS" && $4 != "SECTION" && NF > 7 && NR > 3 { print $8 }' | sort
}

names() { # KIND
	sed -n "s/^$1(\(.*\))$/\1/p" "$functions"
}

wanted() {
	names PMDK | sed 's/.*/&@LIBPMEM2_1.0\n&@@LIBPMEM2_2.0/'
	names DIFFERS | sed 's/.*/&@LIBPMEM2_1.0\n&@LIBPMEM2_2.0\n&@@LIBPMEM2_EXT_1.0/'
	names OURS | sed 's/.*/&@@LIBPMEM2_EXT_1.0/'
}

all_functions() {
	diff <(wanted | sort) <(exported "$library")
}

# the list that Debian's packages get their dependencies from
listed() {
	diff <(sed -n 's/^ \(pmem2_[^ ]*\) .*/\1/p' "$symbols" | sort) <(exported "$library" | sed 's/@@/@/' | sort) &&
		grep -qx '\* Build-Depends-Package: libpmem2-dev' "$symbols"
}

nodes() {
	readelf -W -V "$library" |
		sed -n '/^Version definition/,/^Version needs/s/.*Flags: none.*Name: \(.*\)/\1/p' |
		diff - <(printf '%s\n' LIBPMEM2_1.0 LIBPMEM2_2.0 LIBPMEM2_EXT_1.0)
}

exports() { # MODULE SYMBOL...
	exported "$1" | diff - <(printf '%s\n' "${@:2}")
}

dynamic() { # FILE TAG
	readelf -W -d "$1" | sed -n "s/.*($2).*\[\(.*\)\]/\1/p"
}

needs_libc_only() {
	! dynamic "$1" NEEDED | grep -Ev '^(libc\.so\.|ld-linux)'
}

hardened() {
	readelf -W -l "$1" | grep -q GNU_RELRO &&
		readelf -W -l "$1" | grep -Eq 'GNU_STACK .* RW +0x' &&
		readelf -W -d "$1" | grep -q 'FLAGS.*BIND_NOW' &&
		! readelf -W -d "$1" | grep TEXTREL
}

# What the library has of the static block is missing to others that a process loads; fault.c must
# have its word there, for a signal handler.
little_static_tls() {
	local size
	size=$(readelf -W -l "$library" | awk '$1 == "TLS" { print $6 }')
	[ $((size)) -le 64 ] || { echo "$size bytes"; return 1; }
}

# what a program links statically must not take names that are not ours
own_names_only() {
	! nm -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' | grep -v '^pmem2_'
}

point "libpmem2.so.1 exports the public functions in their nodes, nothing else" all_functions
point "the Debian package lists them" listed
point "it has PMDK's two nodes and one of ours" nodes
point "its soname is PMDK's" test "$(dynamic "$library" SONAME)" = libpmem2.so.1
point "it needs libc alone" needs_libc_only "$library"
point "it stays loaded" grep -q NODELETE <(readelf -W -d "$library")
point "it is hardened" hardened "$library"
point "it takes little of the static thread-local storage" little_static_tls
point "the static library defines no foreign name" own_names_only
for module in "${modules[@]}"; do
	name=$(basename "$module" .so)
	case $name in
	ndctl) symbols=(pmem2_ndctl_v1) ;;
	powerfail) symbols=(pmem2_backend_v1 pmem2_pf_follow_v1) ;; # and what the recorder preload wants
	*) symbols=(pmem2_backend_v1) ;;
	esac
	point "$name exports ${symbols[*]} alone" exports "$module" "${symbols[@]}"
	case $name in
	ndctl | powerfail) ;; # libndctl; the unwinder, for the stacks that it reports
	*) point "$name needs libc alone" needs_libc_only "$module" ;;
	esac
	point "$name is hardened" hardened "$module"
done
plan
