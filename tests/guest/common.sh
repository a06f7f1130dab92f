# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # who sources it uses these
# Sourced by the scripts here: where things are, how to skip, how to make a thing once.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${PMEM2_BUILD:?the Meson build directory}"
# downloads and what is made of them; outlives a build directory if it is put elsewhere
: "${PMEM2_GUEST_CACHE:=$PMEM2_BUILD/tests/guest/cache}"
work=$PMEM2_BUILD/tests/guest
mkdir -p "$PMEM2_GUEST_CACHE"

say() {
	echo "$(basename "$0"): $*" >&2
}

# This machine cannot run the test. Where it must (CI), PMEM2_GUEST_REQUIRED makes that a failure.
skip() {
	say "skipped: $*"
	[ -z "${PMEM2_GUEST_REQUIRED:-}" ] || exit 1
	exit 77
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || skip "no $tool here (scripts/install-deps.sh guest)"
	done
}

# once DIRECTORY FUNCTION RECIPE...: has FUNCTION fill DIRECTORY, unless that was done before by the same
# recipes (scripts); several tests may ask at the same time. One that was not finished is made again.
once() {
	directory=$1 function=$2
	shift 2
	recipes=$(cat "$@" | cksum)
	mkdir -p "$(dirname "$directory")"
	exec 9>"$directory.lock"
	flock 9
	if [ "$(cat "$directory/.done" 2>/dev/null)" != "$recipes" ]; then
		rm -rf "$directory"
		mkdir -p "$directory"
		"$function" "$directory"
		echo "$recipes" >"$directory/.done"
	fi
	exec 9>&-
}
