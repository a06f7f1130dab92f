#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# With elevated rights no trace and no report are written where the environment says. usage: secure.sh TAP PROGRAM
program=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"

impossible=
[ "$(id -u)" = 0 ] || impossible="making a setuid program of somebody else needs root"
grep -q 'NoNewPrivs:.*1' /proc/self/status && impossible="this process and its children get no new rights"
findmnt -n -o OPTIONS -T "$place" | grep -qw nosuid && impossible="$place is mounted nosuid"
if [ "$impossible" ]; then
	echo "1..0 # SKIP $impossible"
	exit
fi

umask 0
chmod 755 "$place"
chmod 777 .
cp "$program" plain
cp "$program" secure
chown nobody secure
chmod 4755 secure
export PMEM2_POWERFAIL_TRACE=$PWD/trace PMEM2_POWERFAIL_REPORT=$PWD/report

point "with the rights of the user" says '^plain$' ./plain file
point "a trace and a report" test -s trace -a -s report
rm -f file trace report
point "with the rights of another" says '^secure$' ./secure file
point "it wrote its file" grep -q flushed file
point "and nothing else" test -z "$(find . -name 'trace*' -o -name 'report*')"
plan
