#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# versioned.sh PAGE VERSION SCDOC: the page as roff, with the version in its footer
set -eu
[ "$(sed -n '1s/^[^ ]* "libpmem2" .*/has it/p' "$1")" ] || { echo "$1: the first line has no footer" >&2; exit 1; }
sed "1s/\"libpmem2\"/\"libpmem2 $2\"/" "$1" | "$3"
