#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The program in libpmem2(7), $1, writes its greeting into an existing file, and refuses what it cannot do.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

truncate -s 4096 "$dir/file"
"$1" "$dir/file"
test "$(head -c 20 "$dir/file")" = 'hello, durable world'

truncate -s 7 "$dir/small"
! "$1" "$dir/small" || exit 1
! "$1" "$dir/missing" 2>"$dir/message" || exit 1
grep 'greet: ' "$dir/message"
