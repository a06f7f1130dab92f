#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# How pmem2 crashtest behaves when something is not as it should be, and with several files and processes.
# usage: manners.sh TAP PMEM2 MAPPER PEER
# PEER: where another implementation is, if it was fetched.
pmem2=$(realpath "$2") mapper=$(realpath "$3")
peer=$(find "$4" -name libpmem2.so.1 2>/dev/null | head -n 1)
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp images
export TMPDIR=$PWD/tmp

# of OPTION... -- WORD...: the mapper with these words
of() {
	local options=()
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	rm -rf data index sub
	"$pmem2" crashtest --timeout 1200 --directory images "${options[@]}" -- "$mapper" data "$@"
}
nothing_left() { [ -z "$(ls -A tmp)$(ls -A images)" ] || { ls -A tmp images; return 1; }; }
json() { python3 -c "import json, sys; d = json.load(sys.stdin); sys.exit(0 if ($1) else 1)"; }

# ---- how the program ended ----

point "a program that crashes" says 'the program died of signal 11' status 1 of -- persist crash
point "is a finding" status 1 of -- persist crash
point "in JSON" says '"program": \{"ended": "signal", "code": 11\}' of --json -- persist crash
point "one that fails" says 'the program ended with status 3' status 1 of -- persist exit 3
point "is one, too" status 1 of -- persist exit 3
point "ignored" status 0 of --ignore program -- persist exit 3
point "one that has a time limit" says 'did not end in 15 s' status 1 of --program-timeout 15 -- persist hang
point "and is well" status 0 of --program-timeout 1200 -- persist
rm -rf tmp/*

# signalled SIGNAL OPTION... -- WORD...: what it says when the signal comes after somebody made the file ready
signalled() {
	local signal=$1 options=() pid
	shift
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	rm -f data ready
	# nohup(1) may be around the test, and crashtest leaves ignored what is ignored
	env --default-signal=HUP "$pmem2" crashtest --timeout 1200 --directory images "${options[@]}" -- \
		"$mapper" data "$@" >said 2>&1 &
	pid=$!
	until [ -e ready ]; do
		kill -0 $pid || break
		sleep 0.1
	done
	kill "-$signal" $pid
	wait $pid
	set -- $?
	cat said
	return "$1"
}
for signal in INT TERM HUP; do
	point "$signal while the program runs" says '^powerfail: mapper, process .*: 1 flushes' \
		status 2 signalled $signal -- persist touch ready hang
	point "$signal while images are checked" says 'left out: .*: interrupted' \
		status 2 signalled $signal --check 'touch ready; sleep 1' -- persist persist persist persist persist
	point "nothing is left after $signal" nothing_left
	rm -rf tmp/* images/*
done

# ---- several processes ----

of --json --evictions --check true -- store fork open index store >found 2>said
point "children are in the same document" json 'len(d["children"]) == 1 and "report" in d["children"][0]' <found
rm -rf tmp/*
if command -v gnuplot >/dev/null; then
	rm -f ./*.svg
	point "a child with nothing to draw is no failure" status 0 of --svg picture.svg -- persist fork open index
	point "one picture" test "$(echo ./*.svg)" = ./picture.svg
	of --svg picture.svg -- persist fork open index persist >said 2>&1
	point "two pictures" test "$(find . -maxdepth 1 -name 'picture*.svg' | wc -l)" = 2
	rm -f ./*.svg
	point "nothing to draw at all" says 'nothing to draw' status 2 of --svg picture.svg --
else
	skip "pictures" "there is no gnuplot"
fi

# ---- several files ----

mkdir -p sub
point "siblings stay siblings" status 0 of --check \
	'test ! -e {2} || test {2} = $(dirname {1})/index' -- persist open index persist
below() {
	rm -rf data sub && mkdir sub
	"$pmem2" crashtest --timeout 1200 --directory images --check 'test ! -e {2} || test {2} = $(dirname {1})/sub/index' -- \
		"$mapper" data persist open sub/index persist
}
point "and what is below stays below" status 0 below
point "a path, also before there is a file" status 0 of --check \
	'case {2} in */index) ;; *) false ;; esac' -- persist open index persist
point "and of a file that there never is" status 0 of --check 'case {3} in */file-3) ! test -e {3} ;; *) false ;; esac' -- persist
of --trace trace --check 'test ! -e {2}' -- persist open index persist persist >found 2>said
name=$(sed -n 's/.*--image \([^ ]*\) .*/\1/p' found | tail -n 1)
point "images again are a directory" status 0 "$pmem2" crashtest --trace trace --image "$name" --output again
point "with the names" test "$(echo again/*)" = "again/data again/index"
rm -rf again trace* tmp/*

# ---- checkers ----

point "one that prints for ever" says 'printed more than 16 MiB' status 1 of --check yes -- persist
rm -rf tmp/*
: >count
of --json --jobs 1 --timeout 1 --check 'echo >>count; sleep 1000' -- persist persist persist persist >found 2>said
places=$(grep -o '"places": [0-9]*' found | awk '{ n += $2 } END { print n + 0 }')
point "one that hangs is found" grep -q '"outcome": "hung"' found
# at each place once, and no more than four times for the diagnosis
point "and not asked for ever" test "$(wc -l <count)" -le $((places * 5))
rm -rf tmp/*
point "again is quoted" says "again    pmem2 crashtest --trace '[^']*it'.''s a trace' --image" \
	of --trace "$PWD/it's a trace" --check false -- persist
rm -rf tmp/* "it's a trace"
full() {
	unshare -rm sh -c 'mount -t tmpfs -o size=512k none images && "$@"; status=$?; ls -A images; exit $status' - \
		"$pmem2" crashtest --timeout 1200 --directory images --check true -- "$mapper" data fill
}
if unshare -rm sh -c 'mount -t tmpfs none images' 2>/dev/null; then
	rm -f data
	point "no room for images" says 'no room for images; name a larger place by --directory' status 2 full
	point "nothing is left there" test "$(full 2>&1 | grep -c pmem2-crashtest)" = 1
else
	skip "no room for images" "this user cannot mount"
fi

# ---- names and messages ----

point "a function without a symbol" says 'libhidden\.so\+0x' of --check false -- hidden
point "is not named as its neighbour" test -z "$(of --check false -- hidden 2>&1 | grep hidden_neighbour)"
rm -rf tmp/*
point "messages begin alike" test -z "$("$pmem2" crashtest --nonsense -- true 2>&1 | grep -v '^pmem2: ')"
point "the library that a program has" says 'is not linked to libpmem2.so: .*one of /' "$pmem2" crashtest -- true
echo 'true' >script && chmod +x script
point "a script" says 'no dynamically linked program' "$pmem2" crashtest -- ./script
if [ -n "$peer" ]; then
	point "another implementation" says 'another implementation; LD_LIBRARY_PATH=/' status 2 \
		env LD_LIBRARY_PATH="$(dirname "$peer")" "$pmem2" crashtest -- "$mapper" data
else
	skip "another implementation" "there is none to link to"
fi
point "right, and nothing is mapped" says 'libpmem2.so.1, which is right' "$pmem2" crashtest -- "$mapper" /dev/null
plan
