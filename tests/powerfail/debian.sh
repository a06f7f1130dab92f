#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# What crashtest says about programs that nobody here wrote: the examples of Debian's libpmem2-dev, unchanged.
# usage: debian.sh TAP BUILD PMEM2 RINGBUF-CHECK CC...
tests=$(realpath "$(dirname "$1")") build=$(realpath "$2") pmem2=$(realpath "$3") ringbuf_check=$(realpath "$4")
if ! why=$("$tests/fetch-debian.sh" "$build/peer" "$(dpkg --print-architecture)" libpmem2-dev); then
	echo "1..0 # SKIP $why"
	exit
fi
# shellcheck source=tests/tap.sh
. "$1"
shift 4
compiler=("$@")
examples=$build/peer/root/usr/share/doc/libpmem2-dev/examples
export TMPDIR=$PWD

# the log example wants this header of PMDK's tree, which Debian does not ship
echo '#include <unistd.h>' >ex_common.h

compile() { # PROGRAM SOURCE
	"${compiler[@]}" -g -w -D_GNU_SOURCE -I"$tests/../include" -I. "$2" -o "$1" -pthread \
		-L"$build/core" -lpmem2 -Wl,-rpath,"$build/core"
}

# test_it STATUS SIZE CHECKER OPTIONS PROGRAM ARGUMENT...
test_it() {
	local want=$1 size=$2 check=$3 options=$4 program=$5
	shift 5
	rm -f file
	truncate -s "$size" file
	# shellcheck disable=SC2086 # several words
	status "$want" "$pmem2" crashtest --timeout 1200 $options --check "$check" -- "./$program" "$@" >result 2>&1 ||
		{ cat result; return 1; }
}
shows() { grep -E "$1" result || { cat result; return 1; }; }

for example in log redo ringbuf advanced; do
	point "$example" compile $example "$examples/$example/$example.c"
done

# ---- log: what is in it is what was appended, and nothing else ----

long=three-$(printf '%0100d' 0)
cat >log_check <<END
#!/bin/sh
out=\$(./log "\$1" dump) || exit 1
case \$out in '' | one | onetwo | onetwo$long | onetwo${long}ABC) ;; *) echo "\$out"; exit 1 ;; esac
END
chmod +x log_check
for options in "" "--torn --evictions --all"; do
	point "log is clean $options" test_it 0 1M './log_check {}' "$options" \
		log file append one append two append "$long" appendv 3 A B C
	point "it had images" shows ', [1-9][0-9]* images.* 0 failed'
done

# ---- ringbuf: entries between the positions are whole ----

for size in 64 200 1000; do
	point "ringbuf of $size is clean" test_it 0 16K "$ringbuf_check {} $size" "--torn" ringbuf file $size 20
	point "it had images" shows ', [1-9][0-9]* images.* 0 failed'
done

# ---- redo: it persists the address of its log instead of the log ----

redo_finding() { test_it 1 1M './redo check {}' '--trace trace' redo add file 5 50 3 30 9 90 4 40; }
point "redo is not sound" redo_finding
point "a flush is missing" shows '^  fault +missing flush.*: file\+0x40, [0-9]+ bytes'
again=$(sed -n "/^  again/ { s/^  again    pmem2 //p; q }" result)
# shellcheck disable=SC2086 # several words
point "the image again" "$pmem2" $again
point "redo itself finds it broken" says 'consistency check failed' status 1 ./redo check image
sed 's/Persist(&redo, /Persist(redo, /' "$examples/redo/redo.c" >mended.c
point "redo with that mended" compile mended mended.c
point "is clean" test_it 0 1M './mended check {}' '--torn --evictions' mended add file 5 50 3 30 9 90 4 40

# ---- advanced only reads ----

point "advanced is clean" test_it 0 1M true '' advanced file 5000 300
point "it flushes nothing" shows '0 flushes of 0 lines, 0 drains'
plan
