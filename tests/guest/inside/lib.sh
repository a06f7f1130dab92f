# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2034 # the jobs use what is set here
# Sourced by the jobs: the project's tests on a storage, the probe, what is expected of it.
build=$(cat /build)
export PMEM2_BACKEND_DIR=/pmem2
# software emulation is slow: fewer random cases
export PMEM2_TEST_CASES=500
failures=0

# the tests of the public interface whose programs work on files
on_storage="api/badblocks api/deep_flush api/flush api/granularity api/map api/map_existing api/source
	api/source_io api/threads api/vm_reservation"
# computing only, and slow in software emulation
not_here="-core/range -core/elf_file -api/scale"

fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# One line of /tests.sh. Only what went wrong is printed.
t() {
	suite=$1 test=$2
	shift 2
	case " $wanted " in *" -$suite/$test "*) return 0 ;; esac
	case " $wanted " in *" $suite "* | *" $suite/$test "*) ;; *) return 0 ;; esac
	started=$(cut -d. -f1 /proc/uptime)
	timeout 1200 "$@" >/tmp/log 2>&1 </dev/null
	rc=$?
	took=$(($(cut -d. -f1 /proc/uptime) - started))
	[ $took -lt 5 ] || echo "  $suite $test took $took s"
	case $rc in
	0) passed=$((passed + 1)) ;;
	77) echo "  $suite $test skipped: $(tail -n 1 /tmp/log)" ;;
	*)
		fail "$suite $test on $label (exit code $rc)"
		tail -n 40 /tmp/log
		;;
	esac
}

# tests LABEL DIRECTORY KIND WANTED...: suites, or single tests (SUITE/NAME; none if -SUITE/NAME), whose files are
# made there. KIND is dax, eadr (dax, and BYTE), nvdimm (not mounted for DAX) or other: cases that speak of
# other files are left out, dax.txt, eadr.txt and nvdimm.txt name them.
tests() {
	label=$1 storage=$2
	case $3 in
	dax) except=$(cat /dax.txt /nvdimm.txt) ;;
	eadr) except=$(cat /dax.txt /eadr.txt /nvdimm.txt) ;;
	nvdimm) except=$(cat /nvdimm.txt) ;;
	*) except= ;;
	esac
	# shellcheck disable=SC2086,SC2116 # one line of them
	PMEM2_TEST_EXCEPT=$(echo $except)
	export PMEM2_TEST_EXCEPT
	shift 3
	wanted=$(echo "$*" | tr -s "\n\t " " ") passed=0
	began=$(cut -d. -f1 /proc/uptime)
	export TMPDIR="$storage" PMEM2_TEST_DIR="$storage"
	cd "$storage" || return
	# shellcheck source=/dev/null # made for the image
	. /tests.sh
	cd / || return
	unset TMPDIR PMEM2_TEST_DIR
	echo "tests on $label: $passed passed in $(($(cut -d. -f1 /proc/uptime) - began)) s"
	[ "$passed" -gt 0 ] || fail "no test ran on $label"
}

# expect PATTERN LABEL [VARIABLE=VALUE]... PROBE-ARGUMENT...: what the probe prints, a line of the table,
# fits the pattern
expect() {
	pattern=$1 label=$2 settings=
	shift 2
	while [ "${1%%=*}" != "$1" ]; do
		settings="$settings $1"
		shift
	done
	# shellcheck disable=SC2086 # a list
	answer=$(env $settings "$build/tests/guest/probe" "$@" 2>&1)
	printf 'table: %-40s %s\n' "$label$settings" "$answer"
	# shellcheck disable=SC2254 # it is a pattern
	case $answer in
	$pattern) ;;
	*) fail "$label: expected $pattern" ;;
	esac
}

# check LABEL COMMAND...: it succeeds
check() {
	label=$1
	shift
	if "$@" >/tmp/log 2>&1; then
		echo "ok: $label"
	else
		fail "$label (exit code $?)"
		tail -n 40 /tmp/log
	fi
}

# shellcheck disable=SC2015 # either failure is told
storage() { # DEVICE DIRECTORY OPTIONS MKFS...
	device=$1 directory=$2 options=$3
	shift 3
	mkdir -p "$directory"
	"$@" "$device" >/tmp/log 2>&1 &&
		mount -o "$options" "$device" "$directory" >>/tmp/log 2>&1 || {
		fail "no file system in $directory"
		cat /tmp/log
	}
}
