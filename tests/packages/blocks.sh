#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# README.md has no block that readme.sh would pass over. usage: blocks.sh TAP SOURCE-ROOT
# shellcheck disable=SC2016 # blocks have backticks
source=$2
# shellcheck source=tests/tap.sh
. "$1"

blocks() { rm -rf blocks; python3 -B "$source/tests/packages/blocks.py" "$1" blocks; }
point "README.md" blocks "$source/README.md"
point "has commands" test -n "$(ls blocks/*.sh)"
point "a program" test -n "$(ls blocks/*.c)"

# taken TEXT FILE...: these come of it
taken() {
	printf '%b' "$1" >text && shift && blocks text && diff <(ls blocks) <(printf '%s\n' "$@")
}
refused() { printf '%b' "$2" >text && says "$1" status 1 blocks text; }
point "in order" taken '```sh\na\n```\n\n```c\nb\n```\n' 01.sh 02.c
point "as printed" grep -qx b blocks/02.c
point "left out, with the reason" taken '<!-- not run: why -->\n```sh\na\n```\n' 01.skip
point "which is said" grep -qx 'line 2: why' blocks/01.skip
point "what was printed" taken '```sh\na\n```\n\n```text\nb 12 0x1f [...]\n```\n' 01.sh 02.text
point "whose numbers may be others" grep -qx 'b \[0-9a-fx\]+ \[0-9a-fx\]+ \.\*' blocks/02.text
point "by nothing" refused 'line 1: no block of commands' '```text\na\n```\n'
point "no reason" refused 'line 1: not understood' '<!-- not run: -->\n```sh\na\n```\n'
point "another language" refused 'language "perl"' '```perl\na\n```\n'
point "no language" refused 'language ""' '```\na\n```\n'
point "indented" refused 'line 3: an indented block' 'text\n\n    a\n'
point "no end" refused 'line 1: a block without an end' '```sh\na\n'
point "no block at all" status 1 blocks /dev/null
plan
