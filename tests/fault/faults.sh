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
# "N faults injected": not fewer than TESTING.md says
least=$(sed -n 's/^| faults injected | at least \([0-9,]*\) |.*/\1/p' "$(dirname "$2")/../TESTING.md" | tr -d ,)
faults=$(echo "$said" | sed -n 's/^\([0-9]*\) faults injected$/\1/p')
[ "${faults:-0}" -ge "$least" ] || { echo "TESTING.md says that $least faults are injected, not ${faults:-any}"; status=1; }
exit $status
