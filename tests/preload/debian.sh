#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# pmem2 crashtest on the example programs of Debian's libpmemobj, libpmemlog and libpmemblk.
# usage: debian.sh TAP PMEM2 PROGRAMS SOURCES BUILD EXACT
pmem2=$(realpath "$2") sources=$(realpath "$4") build=$(realpath "$5") exact=$6
# shellcheck source=tests/tap.sh
. "$1"
for library in obj log blk; do
	echo "#include <libpmem$library.h>" | cc -E - >/dev/null 2>&1 && continue
	echo "there is no libpmem$library-dev"
	exit 77
done
if ! packages=$("$sources/debian/examples.sh" "$build/examples-of-debian" libpmem{obj,log,blk}-dev); then
	echo "$packages"
	exit 77
fi
objects=$packages/libpmemobj-dev/examples
unset LD_LIBRARY_PATH # which Meson sets, to where the stub of libpmem is
mkdir tmp
export TMPDIR=$PWD/tmp

# compile PROGRAM SOURCE...: others' sources have warnings of their own
compile() {
	cc -O1 -g -w -D_GNU_SOURCE -I"$sources/debian" "${@:2}" -o "$1" -lpmemobj -lpmemlog -lpmemblk -lpmem -lm -pthread
}

# compile_writer PROGRAM SOURCE: it makes its pool, but is to write to one that is there
compile_writer() {
	compile "$1" "$2" -I"$objects/string_store" \
		-D'pmemobj_create(path, layout, size, mode)=pmemobj_open(path, layout)'
}

mend_writer() {
	sed -f "$sources/debian/mend_writer.sed" "$objects/string_store/writer.c" >mended.c
	compile_writer writer-mended mended.c
}

# mapcli gives each key the value NULL, which the map ctree cannot hold: mapcli-ctree gives it the root.
compile_maps() {
	local within=(-I"$objects" -I"$objects/map" -I"$objects/hashmap" -I"$objects/tree_map" -I"$objects/list_map")

	sed 's/, OID_NULL)/, root.oid)/' "$objects/map/mapcli.c" >mapcli-ctree.c
	mkdir maps &&
		(cd maps && cc -O1 -g -w -D_GNU_SOURCE -I"$sources/debian" "${within[@]}" -c \
			"$objects"/{hashmap,tree_map,list_map}/*.c "$objects"/map/map{,_*}.c) &&
		compile mapcli "${within[@]}" "$objects/map/mapcli.c" maps/*.o &&
		compile mapcli-ctree "${within[@]}" mapcli-ctree.c maps/*.o
}

compile_all() {
	local name

	for name in make_pool one_of; do
		compile $name "$sources/debian/$name.c" || return
	done
	for name in btree lists pi queue/queue linkedlist/fifo; do
		compile "$(basename $name)" "$objects/$name.c" || return
	done
	for name in addlog printlog; do
		compile $name "$packages/libpmemlog-dev/examples/logfile/$name.c" || return
	done
	for name in load list checkout; do
		compile asset_$name "$packages/libpmemblk-dev/examples/assetdb/asset_$name.c" || return
	done
	compile_maps || return
	compile text "$sources/debian/text.c" -I"$objects/string_store" || return
	compile_writer writer "$objects/string_store/writer.c" && mend_writer
}

# cut OPTION...: power cuts, by what goes through libpmem. libpmemobj keeps in the pool what it needs while it is open
# alone, and does not flush that.
by=(--samples 10 --no-evictions)
cut() { "$pmem2" crashtest "${by[@]}" --ignore missing-flush "$@"; }

# within LOOK COMMAND...: power cuts within COMMAND, which changes `pool`. LOOK prints what {} holds: it has to be as
# before or as after. `new` is what `pool` is before.
# shellcheck disable=SC2086 # LOOK is a command
within() {
	local look=$1
	shift
	cp new pool && ./one_of - ${look//\{\}/pool} >states && "$@" >/dev/null &&
		./one_of - ${look//\{\}/pool} >>states && cp new pool &&
		cut --check "./one_of states $look" -- "$@"
}

clean() { says ': 0 failed$' status 0 "$@"; }

# ---- one operation is all or nothing ----

fill() { # COMMAND...: makes `pool` by it, and keeps it as `new`
	rm -f pool
	"$@" && mv pool new
}
btree() { ./btree pool i 5 five && ./btree pool i 3 three && ./btree pool i 8 eight; }
fifo() { ./fifo pool insert a && ./fifo pool insert b; }
queue() { ./make_pool pool queue && ./queue pool new 3 && ./queue pool enqueue one && ./queue pool enqueue two; }
lists() { ./lists pool 1 foo 10 && ./lists pool 1 foo 20; }

point "the programs" compile_all
point "btree" fill btree
point "btree: an entry is added" clean within './btree {} p' ./btree pool i 4 four
point "fifo" fill fifo
point "fifo: an element is added" clean within './fifo {} print' ./fifo pool insert c
point "fifo: the first one is removed" clean within './fifo {} print' ./fifo pool remove
point "queue" fill queue
point "queue: an entry is added" clean within './queue {} show' ./queue pool enqueue three
point "queue: the first one is removed" clean within './queue {} show' ./queue pool dequeue
point "lists" fill lists
point "lists: an element is added" clean within './lists {} 1 foo print' ./lists pool 1 foo 30

# ---- a pool set with a replica ----

cat >with_set <<'END'
#!/bin/sh
# with_set MASTER REPLICA: what the tree holds
printf 'PMEMPOOLSET\n8M %s\nREPLICA\n8M %s\n' "$(realpath "$1")" "$(realpath "$2")" >"$1.set"
exec ./btree "$1.set" p
END
chmod +x with_set
replicated() {
	printf 'PMEMPOOLSET\n8M %s\nREPLICA\n8M %s\n' "$PWD/master" "$PWD/replica" >both.set
	./make_pool both.set btree && ./btree both.set i 5 five && ./btree both.set i 3 three &&
		./one_of - ./with_set master replica >states && echo "3 three 4 four 5 five" >>states &&
		cut --check './one_of states ./with_set {1} {2}' -- ./btree both.set i 4 four
}
point "btree in two replicas" clean replicated

# ---- threads ----

cat >tasks <<'END'
#!/bin/sh
# tasks POOL: the tasks, whatever list they are in; a task that is done has a result
todo=$(./pi "$1" todo) && done=$(./pi "$1" done) || exit
printf '%s\n' "$done" | sed -n 's/= 0.0000000000/has no result/p'
printf '%s\n' "$todo" "$done" | sed -n 's/ = .*//p' | sort -k 1.2n
END
chmod +x tasks
# they are made one after another
pi() {
	local made=
	rm -f new
	./make_pool new pi && ./pi new finish && cp new pool && echo >states || return
	for task in '0 - 100' '100 - 200' '200 - 300' '300 - 400'; do
		made+="${made:+ }($task)"
		echo "$made" >>states
	done
	cut --check './one_of states ./tasks {}' -- ./pi pool calc 4 400
}
point "pi with four threads" clean pi

# ---- maps ----

# map TYPE OPERATION...: what mapcli reads; a state after each
map() {
	local type=$1 mapcli=./mapcli operation
	shift
	[ "$type" != ctree ] || mapcli+=-ctree
	rm -f new
	./make_pool new map && printf 'i %d\n' 10 4 8 3 12 6 | $mapcli "$type" new 1 >/dev/null && cp new pool &&
		./one_of -k - $mapcli "$type" pool >states || return
	for operation; do
		$mapcli "$type" pool <<<"$operation" >/dev/null && ./one_of -k - $mapcli "$type" pool >>states || return
	done
	printf '%s\n' "$@" >operations
	cp new pool && cut --check "./one_of -k states $mapcli $type {}" -- $mapcli "$type" pool 1 <operations
}

for type in ctree btree rbtree rtree skiplist hashmap_tx hashmap_rp; do
	point "the map $type" clean map $type 'i 7' 'r 4'
done
point "the map hashmap_atomic" clean map hashmap_atomic 'i 7' 'i 11'

# hashmap_atomic gets new buckets by storing an object id of 16 bytes, of which the first 8 are in another line than the
# last. When these alone are durable, the recovery follows an id of no pool, to NULL.
rebuilt() { map hashmap_atomic b >rebuilding; }
point "hashmap_atomic, with new buckets: a bug" status 1 rebuilt
point "its fault and its line" says 'astride two lines: .* hm_atomic_rebuild_finish \(hashmap_atomic\.c:[0-9]+\)' \
	cat rebuilding
point "what has no name has no line of another" status 1 says '\+0x[0-9a-f]+ \([a-z]' cat rebuilding
point "the recovery crashes" says 'it said .*mapcli: Segmentation fault' cat rebuilding

# ---- string_store ----

# It allocates nothing: all that libpmemobj does not flush is learnt where the pool is opened and closed.
store() {
	rm -f pool
	./make_pool pool intro_1 24 && "$pmem2" crashtest "${by[@]}" --copy pool --baseline './text {}' --check './text {}' -- \
		"./$1" pool <<<hello
}
stored() { store writer >storing; }
point "string_store: a bug, the length before the text" status 1 stored
point "no flush is missing" status 1 says 'missing flush' cat storing
point "what is wrong" says 'it said  length 5, text ""' cat storing
point "its fault" says 'flush and drain in the wrong order: .* 5 bytes, are stored only after ' cat storing
point "and at which line" says 'the cut  after .* < main \(writer\.c:[0-9]+\)' cat storing
point "mended it is clean" clean store writer-mended

# libpmemobj itself under QEMU, with Debian's libpmem, as if its files were on persistent memory
if [ "$exact" = true ]; then
	export PMEM2_RECORDER_DIR=$build/recorders/exact PMEM_IS_PMEM_FORCE=1
	by=(--samples 4 --exact)
	point "by --exact" status 1 stored
	point "it names the store" says 'stored only after .* stored by main \(writer\.c:[0-9]+\), which need them' cat storing
	point "mended it is clean by --exact" clean store writer-mended
	unset PMEM_IS_PMEM_FORCE
	PMEM2_RECORDER_DIR=$build/recorders/preload by=(--samples 10 --no-evictions)
fi

# ---- libpmemlog, libpmemblk ----

cat >steady <<'END'
#!/bin/sh
# steady COMMAND...: what it prints, but for times and process ids
said=$("$@") || exit
printf '%s\n' "$said" | sed -e '/Created:/d' -e '/Time:/d' -e '/from pid/d'
END
chmod +x steady
log() { truncate -s 4M pool && ./addlog pool "the first entry" "has two lines"; }
blocks() { truncate -s 17M pool && printf 'chair\ntable\nlamp\n' >assets && ./asset_load pool assets; }
point "libpmemlog" fill log
point "libpmemlog: an entry is added" clean within './steady ./printlog {}' ./addlog pool "one more"
point "libpmemblk" fill blocks
point "libpmemblk: a block is replaced" clean within './steady ./asset_list {}' ./asset_checkout pool 1 ann
plan
