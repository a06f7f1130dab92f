#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# peer.sh DIR PROGRAM...: runs the program on PMDK's libpmem2 as Debian ships it, which is fetched
# into DIR the first time.
set -eu

dir=$1
shift
"$(dirname "$0")/../fetch-debian.sh" "$dir" "$(dpkg --print-architecture)" \
	libpmem2 libndctl6 libdaxctl1 libkmod2
lib=$(dirname "$(find "$dir/root" -name libpmem2.so.1)")
LD_LIBRARY_PATH=$lib exec "$@"
