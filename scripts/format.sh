#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Formats the tracked C files by .clang-format; --check changes nothing and fails if it would.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1-} in
'') how=(-i) ;;
--check) how=(--dry-run -Werror) ;;
*) echo "usage: format.sh [--check]" >&2; [ "$1" = --help ]; exit ;;
esac

git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format "${how[@]}"
