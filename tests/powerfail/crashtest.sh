#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The command pmem2 crashtest. usage: crashtest.sh TAP PMEM2 LOG DIRECTORY-OF-VARIANTS TWO-FILES
pmem2=$(realpath "$2") log=$(realpath "$3") broken=$(realpath "$4")/broken_commit_not_ordered two=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp images
export TMPDIR=$PWD/tmp
printf 'one\ntwo\n' >text
text=$(printf 'a line that is longer than a cache line has room for, by far, and more %s\n' one two three)

# of LOG OPTION...
of() {
	local program=$1
	shift
	rm -f data
	"$pmem2" crashtest --timeout 1200 "$@" --directory images -- "$program" data append <<<"$text"
}
nothing_left() { [ -z "$(ls -A tmp)$(ls -A images)" ] || { ls -A tmp images; return 1; }; }

# ---- what cannot be done ----

point "help" says '^usage: pmem2 crashtest' status 0 "$pmem2" crashtest --help
point "no program" says 'a PROGRAM or a --trace is needed' status 2 "$pmem2" crashtest
point "no such option" status 2 "$pmem2" crashtest --nonsense -- true
point "no such class" says '^pmem2: --ignore: not understood: nonsense' status 2 "$pmem2" crashtest --ignore nonsense -- true
point "no such program" says 'no-such: No such file' status 2 "$pmem2" crashtest -- ./no-such
point "a program that maps nothing" says 'mapped no file' status 2 "$pmem2" crashtest -- true
point "one that fails" says 'ended with status 1' status 2 "$pmem2" crashtest -- false
without_backend() { PMEM2_BACKEND_DIR=$PWD of "$log"; }
point "no backend" says 'mapped no file: .*powerfail\.so: No such file' status 2 without_backend
point "no trace" says 'no-such: No such file' status 2 "$pmem2" crashtest --trace no-such
point "another file" says 'it is no trace' status 2 "$pmem2" crashtest --trace "$log"
point "no such checker" says 'no-such .*: No such file' status 2 of "$log" --check './no-such {}'
point "nothing is left" nothing_left

# ---- checkers ----

point "a clean program" status 0 of "$log" --check "$log {} verify"
point "report alone" status 0 of "$log"
point "what is not tried without preload" says '^recorded by calls of libpmem2; sizes of files are not tried$' \
	status 0 of "$log" --no-preload
point "a checker that says no" says 'ended with status 1$' status 1 of "$log" --check false
rm -rf tmp/*
point "by a shell" says 'ended with status 3$' status 1 of "$log" --check "exit 3; : '{}'"
rm -rf tmp/*
point "one that dies" says 'died of signal 11' status 1 of "$log" --check "kill -SEGV \$\$"
rm -rf tmp/*
point "one that hangs" says 'did not end in 0\.2 s' status 1 of "$log" --timeout 0.2 --check 'sleep 100'
rm -rf tmp/*
point "it is over then" status 1 pgrep -f 'sleep 100' -s 0
point "one that writes spoils no other image" status 0 of "$log" --check \
	"$log {} verify >/dev/null && dd if=/dev/urandom of={} bs=4096 count=8 conv=notrunc status=none"
point "nor one that cuts off" status 0 of "$log" --check "$log {} verify >/dev/null && truncate -s 4096 {}"
point "nor one that removes" status 0 of "$log" --check "$log {} verify >/dev/null && rm {}"
point "nor one that makes holes" status 0 of "$log" --check "$log {} verify >/dev/null && fallocate -p -l 65536 {}"
point "the image has the file's name" status 0 of "$log" --check 'test $(basename {}) = data'
point "and its size" status 0 of "$log" --check 'test $(stat -c %s {}) = 1048576'
point "no core is dumped" test -z "$(find . -name 'core*')"
point "nothing is left" nothing_left

# ---- images again ----

of "$broken" --trace trace --check "$broken {} verify" >found 2>said
point "a broken program" test $? = 1
point "the trace is kept" test -s trace
point "its fault" grep -q 'fault    missing drain' found
again=$(sed -n 's/^  again    pmem2 //p' found)
make_again() {
	# shellcheck disable=SC2086 # several words
	"$pmem2" $again "$@"
}
point "the image again" says '^image: .*/data$' status 0 make_again
point "it is as broken" status 1 "$broken" image verify
point "the same trace, without the program" says '"fault": "missing-drain"' status 1 \
	"$pmem2" crashtest --timeout 1200 --json --directory images --trace trace --check "$broken {} verify"
point "all of it" says ' 0 failed$' "$pmem2" crashtest --timeout 1200 --all --jobs 1 --directory images --trace trace --check true
point "an image that is not there" says 'no image nonsense' status 2 \
	"$pmem2" crashtest --trace trace --image 20:nonsense --output image
point "an image of before there is a file" says 'no file is mapped yet' status 2 \
	"$pmem2" crashtest --trace trace --image 1:all --output image
elsewhere=$(mktemp -d -p /dev/shm)
point "an image on another file system" says "^$elsewhere/image: .*/data$" status 0 make_again --output "$elsewhere/image"
point "and nothing else there" test "$(ls -A "$elsewhere")" = image
rm -rf "$elsewhere"
picture() { "$pmem2" crashtest --trace trace --svg picture.svg && grep -q '</svg>' picture.svg; }
if command -v gnuplot >/dev/null; then
	point "a picture" picture
else
	skip "a picture" "there is no gnuplot"
fi

# ---- files ----

"$log" data append <<<before >said 2>&1
sum=$(cksum <data)
on_a_copy() { "$pmem2" crashtest --timeout 1200 --copy data --check "$log {} verify" -- "$log" data append <<<"$text"; }
point "on a copy" status 0 on_a_copy
point "the file itself is as before" test "$sum" = "$(cksum <data)"
point "two files" status 0 "$pmem2" crashtest --timeout 1200 --check "$two check {1} {2}" -- "$two" write a b
rm -f a b
point "two files, broken" says '"fault": "missing-drain"' status 1 \
	"$pmem2" crashtest --timeout 1200 --json --check "$two check {1} {2}" -- "$two" write-badly a "b's"
if command -v gnuplot >/dev/null; then
	rm -f a "b's"
	"$pmem2" crashtest --timeout 1200 --svg two.svg --check "$two check {1} {2}" -- "$two" write-badly a "b's" >said 2>&1
	point "the picture has the first" grep -q '/a<' two.svg
	point "and the second" grep -qE "/b(&apos;|&#39;|')s<" two.svg
else
	skip "a picture of two files" "there is no gnuplot"
fi
rm -rf tmp/*

# ---- how it talks ----

point "quiet in a pipe" test -z "$(of "$log" --check true 2>&1 >/dev/null | grep -v '^log: ')"
if command -v script >/dev/null; then
	rm -f data
	point "a bar on a terminal" says '##\] +[0-9]+ %  [0-9]+ points, [0-9]+ images, 0 failed' script -qec \
		"$pmem2 crashtest --timeout 1200 --check 'sleep 0.2' --directory images -- $log data append <text" /dev/null </dev/null
else
	skip "a bar on a terminal" "there is no script(1)"
fi
rm -rf tmp/*

interrupted() {
	local pid
	of "$log" --check "touch $PWD/checking; sleep 0.3" --all >said 2>&1 &
	until [ -e checking ]; do sleep 0.05; done
	pid=$(pgrep -P $! -x pmem2) && kill -INT "$pid"
	wait $!
}
point "interrupted" status 2 interrupted
point "it cleans up" nothing_left
plan
