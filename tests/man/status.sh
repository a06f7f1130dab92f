#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# status.sh COMMIT AGAIN HANDLED BATCH WHY VERSION: the programs of the pages do what they say.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
truncate -s 100K "$dir/file"

[ "$("$1" "$dir/file" 42)" = "42 is durable" ]
[ "$(od -An -t d8 -N 8 "$dir/file" | tr -d ' ')" = 42 ]
[ "$("$2" "$dir/file" "a line")" = durable ]
[ "$(head -c 6 "$dir/file")" = "a line" ]
[ "$("$3" "$dir/file")" = durable ]
[ "$(head -c 100 "$dir/file" | tr -d '\0' | wc -c)" = 0 ]
[ "$("$4" "$dir/file")" = durable ]
[ "$(tr -d '\0' <"$dir/file" | wc -c)" = 4 ]
"$5" "$dir/file" | grep '^\* '
"$6" | grep '^compiled with [0-9.]*, running with [0-9.]*$'
