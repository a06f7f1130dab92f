#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# with-library.sh DIR PROGRAM...: runs the program on the libpmem2.so.1 of DIR instead of the one it
# is linked to. (Meson puts the latter's directory in front of LD_LIBRARY_PATH.)
LD_LIBRARY_PATH=$1
shift
export LD_LIBRARY_PATH
exec "$@"
