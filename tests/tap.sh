# SPDX-License-Identifier: BSD-3-Clause
# For tests in shell: `. tap.sh`, then points, then `plan`. Everything happens in a directory of its own.
# shellcheck shell=bash
set -u
points=0
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/work" && cd "$place/work" || exit 99

# status N COMMAND...: whether COMMAND ends with that status
status() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	[ $got -eq "$want" ] || { echo "exit status $got, not $want: $*"; return 1; }
}

# point NAME COMMAND...: passes if COMMAND does; what it prints is shown when it does not
point() {
	local name=$1 result=ok
	shift
	points=$((points + 1))
	"$@" >"$place/said" 2>&1 || result="not ok"
	echo "$result $points - $name"
	[ "$result" = ok ] || sed 's/^/# /' "$place/said"
}

skip() {
	points=$((points + 1))
	echo "ok $points - $1 # SKIP $2"
}

# says PATTERN COMMAND...: whether COMMAND prints that, however it ends; `status N COMMAND...` is one that must succeed
says() {
	local pattern=$1 out ended=0
	shift
	out=$("$@" 2>&1) || ended=$?
	[ "$1" != status ] || [ $ended -eq 0 ] || { echo "$out"; return 1; }
	grep -qE -- "$pattern" <<<"$out" || { printf 'no "%s" in:\n%s\n' "$pattern" "$out"; return 1; }
}

plan() {
	echo "1..$points"
}
