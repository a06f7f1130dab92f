#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# setuid.sh SOURCE PLUGINS CC...: a program of elevated rights takes no orders from the environment.
# The library is installed under a prefix of its own, where everybody can read it: ld.so takes no
# orders either; and where nobody but root can write, at any level: the library loads nothing else then.
source=$1 plugins=$2

# a file system of ours alone, which nobody else sees
if [ "$(id -u)" = 0 ] && [ ! "${PMEM2_TEST_MOUNTED-}" ]; then
	top=/mnt
	case $source:$plugins in /mnt/* | *:/mnt/*) top=/media ;; esac
	export TMPDIR=/var/lib PMEM2_TEST_MOUNTED=1
	# shellcheck disable=SC2016 # expanded by the shell inside
	! unshare -m true 2>/dev/null || exec env TMPDIR=$top \
		unshare -m sh -c 'mount -t tmpfs -o mode=755 none "$TMPDIR" && exec "$0" "$@"' "$0" "$@"
fi
shift 2
compiler=("$@")
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

impossible=
[ "$(id -u)" = 0 ] || impossible="making a setuid program of somebody else needs root"
grep -q 'NoNewPrivs:.*1' /proc/self/status && impossible="this process and its children get no new rights"
findmnt -n -o OPTIONS -T "$place" | grep -qw nosuid && impossible="$place is mounted nosuid"
if [ "$impossible" ]; then
	echo "1..0 # SKIP $impossible"
	exit
fi

chmod 755 "$place" "$place/work"
umask 022
prefix=$place/prefix

install_it() {
	meson setup ../build "$source" --prefix="$prefix" --libdir=lib -Dtests=disabled -Dtools=false \
		-Dexamples=false -Dbench=false -Dman=disabled -Dndctl=disabled &&
		ninja -C ../build -j2 && meson install -C ../build --no-rebuild --quiet
}

compile() {
	"${compiler[@]}" "$source/tests/api/setuid.c" -o plain -I"$prefix/include" -L"$prefix/lib" \
		-lpmem2 -Wl,-rpath,"$prefix/lib" &&
		cp plain secure && chown nobody secure && chmod 4755 secure
}

clean=(env -u PMEM2_BACKEND -u PMEM2_BACKEND_DIR -u PMEM2_FORCE_GRANULARITY)

# prints PROGRAM EXPECTED [VARIABLE=VALUE...]
prints() {
	local program=$1 expected=$2
	shift 2
	"${clean[@]}" "$@" "./$program" | diff - <(printf '%s\n' "$expected")
}

point "install under $prefix" install_it
point "compile" compile
by_default=$("${clean[@]}" ./plain | tail -n +2)
lines=$(sed -n 's/^lines //p' <<<"$by_default")
refused='lines -100009'
page='file generic_msync'

point "by default there is a CPU backend, from the prefix" grep -q '^[a-z_0-9]*-' <<<"$lines"
point "AT_SECURE is 0 without the bit" prints plain "secure 0"$'\n'"$by_default"
point "and 1 with it" prints secure "secure 1"$'\n'"$by_default"

# VARIABLES... with what the plain program does; the secure one does as if they were not there
while IFS='|' read -r variables expected; do
	read -ra set <<<"$variables"
	point "${variables/$plugins/...} is honoured without the bit" \
		prints plain "secure 0"$'\n'"$(printf '%b' "$expected")" "${set[@]}"
	point "and ignored with it" prints secure "secure 1"$'\n'"$by_default" "${set[@]}"
done <<END
PMEM2_BACKEND=generic_msync|$refused\n$page
PMEM2_BACKEND=nosuch|lines -100200\nfile -100200
PMEM2_BACKEND_DIR=/nowhere|$refused\n$page
PMEM2_FORCE_GRANULARITY=CACHE_LINE|lines $lines\nfile $lines
PMEM2_BACKEND=watcher PMEM2_BACKEND_DIR=$plugins|lines watcher-plain\nfile watcher-plain
END

# the variables of PMDK depend on the CPU
isa=${lines##*-}
if [ "$isa" != sse2 ] && [ "$isa" != neon ]; then
	plain=$("${clean[@]}" PMEM_AVX=0 PMEM_AVX512F=0 ./plain)
	point "PMEM_AVX512F=0 is honoured without the bit" grep -q "^lines .*-sse2" <<<"$plain"
	point "and ignored with it" prints secure "secure 1"$'\n'"$by_default" PMEM_AVX=0 PMEM_AVX512F=0
fi

# ---- what others could change is not loaded ----

modules=$prefix/lib/pmem2
without="secure 1"$'\n'"$refused"$'\n'"$page"

# refuses WHAT CHANGE UNDO: with the bit, and only with it
refuses() {
	eval "$2"
	point "$1 is no place to load from" prints secure "$without"
	point "without the bit, it is" prints plain "secure 0"$'\n'"$by_default"
	eval "$3"
}

refuses "a directory that its group may write" "chmod g+w $modules" "chmod g-w $modules"
refuses "a directory below one that everybody may write" "chmod o+w $prefix" "chmod o-w $prefix"
refuses "a directory of somebody else" "chown daemon $modules" "chown root $modules"
refuses "a file that everybody may write" "chmod o+w $modules/*.so" "chmod o-w $modules/*.so"
refuses "a file of somebody else" "chown daemon $modules/*.so" "chown root $modules/*.so"
refuses "a symbolic link" "mv $modules $modules-2; ln -s pmem2-2 $modules" \
	"rm $modules; mv $modules-2 $modules"

# the effective user's are as good as root's, the real user's are not
as_daemon() { setpriv --reuid=daemon --clear-groups "${clean[@]}" ./secure | diff - <(printf '%s\n' "$1"); }
chown nobody "$modules" "$modules"/*.so
point "the effective user's are loaded" as_daemon "secure 1"$'\n'"$by_default"
chown daemon "$modules"
point "the real user's are not" as_daemon "$without"
plan
