#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What is built: full RELRO, no executable stack, no writable code, no text relocations.
# usage: hardened.sh TAP FILE...
files=()
for file in "${@:2}"; do files+=("$(realpath "$file")"); done
# shellcheck source=tests/tap.sh
. "$1"

# has PATTERN FILE READELF-OPTION
has() { readelf -W "$3" "$2" | grep -E "$1"; }

relro() { has 'GNU_RELRO' "$1" -l && has 'BIND_NOW|FLAGS.*NOW' "$1" -d; }
stack() { has 'GNU_STACK .* RW +0x' "$1" -l; }
code() { ! has 'LOAD .* RWE ' "$1" -l; }
text() { ! has 'TEXTREL' "$1" -d; }

for file in "${files[@]}"; do
	name=$(basename "$file")
	point "$name: full RELRO" relro "$file"
	point "$name: the stack is not executable" stack "$file"
	point "$name: nothing is writable and executable" code "$file"
	point "$name: no text relocations" text "$file"
done
protected() { readelf -W --dyn-syms "$1" | grep -w __stack_chk_fail; }
point "the library's stacks are protected" protected "${files[0]}"
plan
