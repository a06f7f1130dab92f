#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# faults.sh PROGRAM VERSION-SCRIPT: runs the program, and looks whether it named every public function.
said=$("$1") || exit
echo "$said"
status=0
functions=$(sed -n 's/^\t\t\(pmem2_[a-z0-9_]*\);$/\1/p' "$2")
for function in $functions; do
	echo "$said" | grep -qw "$function" || { echo "no faults for $function"; status=1; }
done
exit $status
