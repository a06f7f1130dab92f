#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The pmem2 command. usage: pmem2.sh TAP PMEM2 VERSION BACKEND-DIRECTORY BACKEND...
pmem2=$(realpath "$2") version=$3 directory=$4
completion=$(realpath "$(dirname "$1")")/../tools/completion
backends=("${@:5}")
# shellcheck source=tests/tap.sh
. "$1"

unset PMEM2_BACKEND PMEM2_FORCE_GRANULARITY PMEM_NO_CLWB
export PMEM2_BACKEND_DIR=$directory
cpu_has() { grep -qwm1 "$1" /proc/cpuinfo; }

point "--help" says "^usage: pmem2 info" status 0 "$pmem2" --help
point "info --help" says "^usage: pmem2 info" status 0 "$pmem2" info --help
point "--version" says "^pmem2 $version$" status 0 "$pmem2" --version
point "no command" says "^usage: pmem2 info" status 2 "$pmem2"
point "unknown command" says "there is no command eat" status 2 "$pmem2" eat
point "too many arguments" status 2 "$pmem2" info a b
point "backends takes none" status 2 "$pmem2" backends a

# those that the build's table has; after them come plug-ins that are chosen only when they are named
listed() { cmp <("$pmem2" backends | sed '/chosen only when/d; s/ .*//') <(printf '%s\n' "$@"); }
point "backends lists this build's, in order" listed "${backends[@]}"
point "each has a variant and an origin, or a reason" says "^${#backends[@]}$" sh -c \
	"'$pmem2' backends | grep -v 'chosen only when' | grep -cE '^[a-z_]+ +((refused: .+)|([a-z0-9_-]+ +(built in|/.*\.so)))$'"
point "info has the same list" cmp <("$pmem2" backends) \
	<("$pmem2" info | sed -n '/^backends:/,/^choice:/s/^  //p')
point "info names the CPU's features" says "^features: +[a-z]" "$pmem2" info
point "info names the environment" says "^environment: PMEM2_BACKEND_DIR=$directory$" "$pmem2" info

if cpu_has clwb; then
	point "a CPU without clwb" says "^clwb +refused: this CPU lacks clwb$" \
		env PMEM_NO_CLWB=1 "$pmem2" backends
else
	skip "a CPU without clwb" "this CPU has no clwb to hide"
fi
point "a backend that is not there" \
	says 'PMEM2_BACKEND names "nothere": .*nothere.so.*; there are .*generic_msync' \
	env PMEM2_BACKEND=nothere "$pmem2" backends
point "is a failure" status 1 env PMEM2_BACKEND=nothere "$pmem2" info
point "one that is not named" says ", not named by PMEM2_BACKEND$" \
	env PMEM2_BACKEND=generic_msync "$pmem2" backends
point "nothing is chosen then" test -z "$(PMEM2_BACKEND=nothere "$pmem2" info 2>&1 | grep '^choice:')"
point "an empty PMEM2_BACKEND is none" status 0 env PMEM2_BACKEND= "$pmem2" info
point "and marked" says '^environment: PMEM2_BACKEND=  \(ignored: it is empty\)$' env PMEM2_BACKEND= "$pmem2" info
point "an empty PMEM2_BACKEND_DIR is none" status 0 env PMEM2_BACKEND_DIR= "$pmem2" backends
mkdir plugins
echo "this is no ELF file" >plugins/broken.so
point "one that is no library" says "^broken +refused: .*broken.so" \
	env PMEM2_BACKEND_DIR="$PWD/plugins" PMEM2_BACKEND=broken "$pmem2" backends

rm plugins/*
if [ -e "$directory/powerfail.so" ]; then
	cp "$directory/powerfail.so" plugins/third.so
	point "a plug-in that no table has" says "^third +.*/third.so, chosen only when PMEM2_BACKEND names it$" \
		env PMEM2_BACKEND_DIR="$PWD/plugins" "$pmem2" backends
else
	skip "a plug-in that no table has" "there is none to copy"
fi
cp "$(type -P true)" plugins/other.so
point "what is no backend is not listed" test -z \
	"$(PMEM2_BACKEND_DIR=$PWD/plugins "$pmem2" backends 2>&1 | grep '^other')"

for row in PMEM2_FORCE_GRANULARITY=LINE PMEM2_NT_EVICTS=yes PMEM_NO_CLWB=0 PMEM_AVX=1 PMEM_MOVNT_THRESHOLD=1k \
	PMEM_NO_GENERIC_MEMCPY=1; do
	point "$row is ignored" says "^environment: $row  \(ignored: " env "$row" "$pmem2" info
done
for row in PMEM2_FORCE_GRANULARITY=cache_line PMEM2_NT_EVICTS=0 PMEM_NO_CLWB=1 PMEM_MOVNT_THRESHOLD=0x100; do
	point "$row is not" says "^environment: $row$" env "$row" "$pmem2" info
done

head -c 5000 /dev/zero >file
is_json() { "$@" | python3 -m json.tool >/dev/null; }
point "info in JSON" is_json "$pmem2" info --json
why() { # REASON WORDS COMMAND...: the reason is there in either form
	local reason=$1 words=$2
	shift 2
	"$@" info file | grep -qE "^[* ] $reason +.*$words" &&
		"$@" info --json file | grep -qE "\"name\": \"$reason\".*$words"
}
point "info FILE prints the reasons" why FILE_SYSTEM "the file system is" "$pmem2"
point "with a variable" why FORCED "PAGE" env PMEM2_FORCE_GRANULARITY=PAGE "$pmem2"
: >empty_file
point "what decided is marked" says '^\* FORCED ' env PMEM2_FORCE_GRANULARITY=PAGE "$pmem2" info file
if [ -e "$directory/clflush.so" ]; then
	point "a missing backend" why BACKEND_MISSING "libpmem2-backend-" \
		env PMEM2_FORCE_GRANULARITY=PAGE PMEM2_BACKEND_DIR="$PWD" "$pmem2"
else
	skip "a missing backend" "clflush is not a plug-in of this build"
fi
point "the reasons of a refusal" says "REQUEST_REFUSED" status 1 "$pmem2" info empty_file
point "info FILE in JSON" is_json env PMEM2_FORCE_GRANULARITY=PAGE "$pmem2" info --json file
point "backends in JSON" is_json "$pmem2" backends --json
point "with an environment" is_json env PMEM_AVX='"' PMEM_NO_CLWB=1 "$pmem2" info --json
for command in info backends crashtest; do
	point "$command -h" says "^usage: pmem2 $( [ $command = crashtest ] && echo crashtest || echo info)" status 0 "$pmem2" $command -h
	point "$command --nonsense" says "^pmem2: .*nonsense" status 2 "$pmem2" $command --nonsense
done
point "-h" says "^usage: pmem2 info" status 0 "$pmem2" -h
cp file ./--json
point "info -- FILE" says "^file: +--json$" env PMEM2_FORCE_GRANULARITY=PAGE "$pmem2" info -- --json
point "backends --" status 0 "$pmem2" backends --
export PMEM2_FORCE_GRANULARITY=PAGE
for line in "file: +file" "type: +regular file" "size: +5000" "alignment: +$(getconf PAGESIZE)" \
	"granularity: PAGE" "variant: +generic_msync" "decided by: +PMEM2_FORCE_GRANULARITY"; do
	point "info FILE: $line" says "^$line" status 0 "$pmem2" info file
done
if cpu_has clflush && [ -e "$directory/clflush.so" ]; then
	point "another granularity, another backend" says "^variant: +clflush-[a-z0-9]+$" \
		env PMEM2_FORCE_GRANULARITY=CACHE_LINE PMEM2_BACKEND=clflush "$pmem2" info file
else
	skip "another granularity, another backend" "clflush is not on this CPU, or built in"
fi
unset PMEM2_FORCE_GRANULARITY
point "what decides without it" says "^decided by: +(MAP_SYNC|the nd region|no CPU backend)" "$pmem2" info file

: >empty
point "an empty file" says "^pmem2: empty: the source has 0 bytes" status 1 "$pmem2" info empty
point "no file" says "^pmem2: missing: No such file" status 1 "$pmem2" info missing
point "a directory" says "^pmem2: \.: .*directory" status 1 "$pmem2" info .
point "another device" says "^pmem2: /dev/zero: .*no Device DAX" status 1 "$pmem2" info /dev/zero
mkfifo fifo
point "a FIFO" says "^pmem2: fifo: " status 1 timeout 1200 "$pmem2" info fifo

# ---- completion ----

# completes WORD WORD...: what bash offers for the last of them
completes() {
	bash -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _pmem2 && printf "%s\\n" "${COMPREPLY[@]}"' - \
		"$completion/pmem2.bash" "$@"
}
point "subcommands are completed" says '^crashtest$' completes pmem2 cr
point "files of info" says '^plugins$' completes pmem2 info plug
point "its options" says '^--json$' completes pmem2 info --j
point "options of crashtest" says '^--evictions$' completes pmem2 crashtest --ev
point "values" says '^CACHE_LINE$' completes pmem2 crashtest --granularity C
point "what follows the program are files" says '^plugins$' completes pmem2 crashtest -- ls plug
options() { sed -n 's/^  *\(-h, \)\{0,1\}--\([a-z-]*\).*/--\2/p' <("$pmem2" crashtest --help) | sort -u; }
point "every option is" test -z "$(comm -23 <(options) <(completes pmem2 crashtest -- | sort -u))"
point "in zsh too" test -z "$(for o in $(options); do grep -qe "$o" "$completion/_pmem2" || echo "$o"; done)"
plan
