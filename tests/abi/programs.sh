#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# programs.sh SOURCE BUILD CC...: programs compiled for PMDK's library, Debian's examples among them,
# cannot tell ours from it. Debian's packages are fetched into BUILD/peer.
here=$1/tests/abi include=$1/include build=$2 peer=$2/peer/root/usr
shift 2
compiler=("$@")
if ! why=$("$here/../fetch-debian.sh" "$build/peer" "$(dpkg --print-architecture)" \
	libpmem2 libndctl6 libdaxctl1 libkmod2 libpmem2-dev); then
	echo "1..0 # SKIP $why"
	exit
fi
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
ours=$build/core
theirs=$(dirname "$(find "$peer/lib" -name libpmem2.so.1)")
examples=$peer/share/doc/libpmem2-dev/examples
export PMEM2_BACKEND_DIR=$build/backends

# the log example wants this header of PMDK's tree, which Debian does not ship
cat >ex_common.h <<'END'
#include <sys/stat.h>
#include <unistd.h>
#define CREATE_MODE_RW (S_IRUSR | S_IWUSR)
static inline int file_exists(const char *path) { return access(path, F_OK); }
END

# build PROGRAM SOURCE INCLUDE LIBRARY-DIRECTORY
build() {
	"${compiler[@]}" -D_GNU_SOURCE -I"$3" -I. "$2" -o "$1" -pthread \
		-L"$4" -Wl,--no-as-needed -lpmem2 -Wl,--allow-shlib-undefined
}

# ---- what each example is made to do; all that it prints and leaves ----

on() { # LIBRARY-DIRECTORY COMMAND...
	local directory=$1
	shift
	# the sentence after a function's name is each library's own
	LD_LIBRARY_PATH=$directory "$@" >said 2>&1 && status=0 || status=$?
	sed 's/^\(pmem2_[a-z_0-9]*\): .*/\1: why/' said
	[ "$status" = 0 ] || echo "status $status"
}

blank() { # SIZE FILE...
	local size=$1
	shift
	rm -f "$@"
	truncate -s "$size" "$@"
}

story() { # EXAMPLE PROGRAM LIBRARY-DIRECTORY
	local run=(on "$3" "./$2")
	case $1 in
	basic)
		blank 4096 f
		"${run[@]}" f
		"${run[@]}" /nowhere
		blank 0 f
		"${run[@]}" f
		;;
	advanced)
		seq 20000 >f
		"${run[@]}" f 5000 300
		"${run[@]}" f 100000 20000
		"${run[@]}" f 0 0
		;;
	log)
		blank 1M f
		"${run[@]}" f append one append two dump
		"${run[@]}" f appendv 2 three four dump
		"${run[@]}" f rewind append five dump
		;;
	map_multiple_files)
		blank 2M f g h
		"${run[@]}" f g h
		blank 5000 g
		"${run[@]}" f g
		;;
	redo)
		blank 8M f
		"${run[@]}" add f 1 10 2 20 3 30
		"${run[@]}" print f
		"${run[@]}" check f
		"${run[@]}" dump f
		;;
	ringbuf)
		blank 4M f
		"${run[@]}" f 64 1000 | sed 's/[0-9.]* \(seconds\|mega\)/N \1/'
		;;
	unsafe_shutdown)
		blank 8M f
		# an ordinary file has no shutdown count; the sentence is each library's own
		"${run[@]}" write f words | sed 's/\(usc\): .*/\1: no/'
		"${run[@]}" read f | sed 's/\(usc\): .*/\1: no/'
		;;
	esac
	sha256sum f
}

same_story() { # EXAMPLE PROGRAM
	story "$1" "${1}_theirs" "$theirs" >told.theirs
	story "$1" "$2" "$ours" >told.ours
	[ "$(wc -l <told.theirs)" -gt 1 ] && diff told.theirs told.ours
}

for example in basic advanced log map_multiple_files redo ringbuf unsafe_shutdown; do
	source=$examples/$example/$example.c
	point "$example, compiled and linked as on Debian" \
		build ${example}_theirs "$source" "$peer/include" "$theirs"
	point "$example, compiled with our header, linked to ours" \
		build ${example}_ours "$source" "$include" "$ours"
	point "$example of Debian does the same on our library" same_story $example ${example}_theirs
	point "$example of ours does the same" same_story $example ${example}_ours
done

# ---- where PMDK's manual and code differ ----

manual=$'overlap -100007\nappend-only -13\nbeyond the reservation -100022\ndeep flush of a private map -100001'
pmdks=$'overlap -100034\nappend-only -100032\nbeyond the reservation -100030\ndeep flush of a private map 0'

# a link-time library: PMDK's functions, in the node that the map names, or without any
stub() { # DIRECTORY [MAP]
	mkdir -p "$1"
	"${compiler[@]}" -shared -fPIC "$here/stub.c" -o "$1/libpmem2.so.1" \
		-Wl,-soname,libpmem2.so.1 ${2:+-Wl,--version-script="$2"} && ln -s libpmem2.so.1 "$1/libpmem2.so"
}

answers() { # PROGRAM LIBRARY-DIRECTORY EXPECTED
	local file=$build/tests/abi/answers-$$
	LD_LIBRARY_PATH=$2 "./$1" "$file" >answered
	grep -q append-only answered || set -- "$1" "$2" "$(grep -v append-only <<<"$3")"
	diff - answered <<<"$3"
}

point "answers, linked to ours" build a_ours "$here/answers.c" "$include" "$ours"
point "answers, linked to Debian's" build a_theirs "$here/answers.c" "$peer/include" "$theirs"
stub v2 "$here/v2/stub.map"
point "answers, linked to node LIBPMEM2_2.0" build a_v2 "$here/answers.c" "$include" v2
stub none
point "answers, linked to no node" build a_none "$here/answers.c" "$include" none
point "a program of ours gets the manual's" answers a_ours "$ours" "$manual"
point "one linked to Debian's gets there what is expected here" answers a_theirs "$theirs" "$pmdks"
point "and the same on ours" answers a_theirs "$ours" "$pmdks"
point "so does one that asks for node LIBPMEM2_2.0" answers a_v2 "$ours" "$pmdks"
point "so does one that asks for no node" answers a_none "$ours" "$pmdks"
plan
