# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# inject.sh NAMESPACE BUS SECTOR COUNT [SECTOR COUNT]... -- makes sectors (of 512 bytes) of a namespace bad, and
# has the kernel find them.
set -e
namespace=$1 bus=$2
shift 2
ndctl wait-scrub "$bus"
while [ $# -gt 0 ]; do
	ndctl inject-error -N --block="$1" --count="$2" "$namespace"
	shift 2
done
ndctl start-scrub "$bus"
ndctl wait-scrub "$bus"
