#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The example log as a command. usage: log.sh TAP LOG
log=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"

printf 'one\n\nthree without an end' >text
printf 'ack 1\nack 2\nack 3\n' >acks

append() { "$log" "$@" append; }
same() { "$log" "$1" dump | cmp - "$2"; }
# poke FILE OFFSET BYTES
poke() { echo -n "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

point "help" says "^usage: log" status 0 "$log" --help
point "no arguments" says "FILE and one command" status 2 "$log"
point "unknown command" says "no command eat" status 2 "$log" f eat
point "bad size" says "4K to 8192G bytes, not 1X" status 2 "$log" --size 1X f append
point "nothing was made" test ! -e f

point "append acknowledges" cmp acks <(append f <text 2>said)
point "it says how" grep -E '^log: f: granularity (BYTE|CACHE_LINE|PAGE), variant [a-z0-9_-]+$' said
point "1 MiB by default" test "$(stat -c %s f)" = 1048576
point "dump" same f text
point "verify" says "^records: 3, the first is number 1" status 0 "$log" f verify
point "clean tail" says "tail: +clean" "$log" f verify
printf 'ack 1\nack 3\nack 4' >acked
point "what was acknowledged is there" status 0 "$log" --acked acked f verify
echo >>acked
point "or not" says "record 4 was acknowledged and is not there" status 1 "$log" --acked acked f verify
point "no acknowledgements" says "cannot open no-such" status 2 "$log" --acked no-such f verify
point "info" says "^variant: +[a-z0-9_-]+$" status 0 "$log" f info
point "append more" says "^ack 4$" append f <<<four
point "all of it" same f <(cat text <(echo four))
point "binary lines" says "^ack 1$" append b < <(printf 'a\0b\377\n')
point "come back" same b <(printf 'a\0b\377\n')
point "clear" says "the next record is 5" "$log" f clear
point "is empty" same f /dev/null
point "numbers go on" says "^ack 5$" append f <<<five
point "and nothing old is seen" same f <(echo five)

small() { append --size 4K s < <(yes "a line of some length" | head -n 200) >sacks; }
point "a full log says so" says "full: record .* needs .* are left; clear the log" status 2 small
point "what was acknowledged is there" \
	test "$(wc -l <sacks)" = "$("$log" s verify | sed -n 's/^records: \([0-9]*\),.*/\1/p')"

append d <text >/dev/null 2>&1
cp d damaged
poke damaged 81 X
point "damage is seen" says "record 1 at offset 64 is corrupt" status 1 "$log" damaged verify
point "damage is kept" says "is corrupt" status 1 append damaged <text
cp d damaged
poke damaged 104 X
point "what is before it is dumped" same damaged <(echo one)
point "dump says so" status 1 "$log" damaged dump
cp d damaged
truncate -s 8192 damaged
point "truncation" says "1048576 bytes, the file 8192: it was truncated" status 1 "$log" damaged verify
cp d damaged
poke damaged 16 X
point "header" says "the header is corrupt" status 1 "$log" damaged verify

head -c 8192 /dev/zero | tr '\0' x >other
cp other before
point "no log" says "no log: it begins with" status 1 append other <text
point "is left alone" cmp other before
printf short >short
point "too short" says "no log: 5 bytes" status 1 append short <text
head -c 8192 /dev/zero >other
poke other 5000 x
point "zeros and something" says "is not blank" status 1 append other <text
: >empty
point "an empty file is a log to be" says "not formatted yet" status 0 "$log" empty verify
point "which has no info" says "it is empty" status 2 "$log" empty info
point "no file" says "cannot open it: No such file" status 2 "$log" missing verify
point "a directory" says "directory" status 2 "$log" . verify

mkfifo pipe
append locked <pipe >/dev/null 2>&1 &
exec 9>pipe
until [ -s locked ]; do sleep 0.05; done
point "one writer" says "another process has it open" status 2 append locked <text
point "no reader beside it" says "another process has it open" status 2 "$log" locked verify
exec 9>&-
wait
point "free again" status 0 "$log" locked verify
plan
