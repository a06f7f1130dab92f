#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# examples.sh DIR PACKAGE...
# Prints the directory in which PACKAGE/examples is, of Debian's packages. dpkg can be told to leave documents out: then they
# are downloaded to DIR, and nothing is installed. Exits with 77 and the reason if they cannot be had.
set -eu

dir=$1
shift
if [ -e "/usr/share/doc/$1/examples" ]; then
	echo /usr/share/doc
	exit
fi
"$(dirname "$0")/../../fetch-debian.sh" "$dir" "$(dpkg --print-architecture)" "$@" || exit
echo "$(realpath "$dir")/root/usr/share/doc"
