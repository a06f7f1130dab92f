#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# image.sh OUT ARCH BUILD MODULE... -- packs an initramfs: tools, the kernel modules named (in the
# order to load them; a path, or a name in the kernel's tree), the project's tests and what is in
# inside/. The programs of BUILD keep their absolute paths, so that what Meson says of a test
# holds in the guest.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
need cpio readelf python3 meson ninja
out=$1 arch=$2 build=$3
shift 3
root=$PMEM2_GUEST_CACHE/$arch/root
tree=$out.tree
case $arch in
amd64) triplet=x86_64-linux-gnu strip=strip ;;
arm64) triplet=aarch64-linux-gnu strip=aarch64-linux-gnu-strip ;;
esac

# one file, at its own path; programs without what only a debugger reads
keep() {
	[ ! -e "$tree$1" ] || return 0
	mkdir -p "$tree${1%/*}"
	cp "$1" "$tree$1"
	$strip --strip-debug "$tree$1" 2>/dev/null || true
}

tool() {
	for found in "$root/usr/bin/$1" "$root/usr/sbin/$1" "$root/bin/$1" "$root/sbin/$1"; do
		if [ -e "$found" ]; then
			cp "$found" "$tree/bin/"
			return
		fi
	done
	say "no $1 in the packages"
	exit 1
}

library() {
	for found in "$root/lib/$triplet/$1" "$root/usr/lib/$triplet/$1" "/usr/lib/$triplet/$1"; do
		if [ -e "$found" ]; then
			cp "$found" "$tree/lib/$triplet/"
			return
		fi
	done
	[ -n "$(find "$tree" -name "$1")" ] || {
		say "no library $1 in the packages, nor in $build"
		exit 1
	}
}

# every library that a program or library in the tree asks for
libraries() {
	mkdir -p "$tree/lib/$triplet"
	while :; do
		needed=$(find "$tree" -type f \( -perm -u+x -o -name '*.so*' \) -exec readelf -d {} + \
			2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
		new=0
		for name in $needed; do
			[ ! -e "$tree/lib/$triplet/$name" ] || continue
			[ -z "$(find "$tree$build" -name "$name" 2>/dev/null)" ] || continue
			library "$name"
			new=1
		done
		[ $new = 1 ] || break
	done
}

modules() {
	mkdir -p "$tree/modules"
	number=10
	for module; do
		case $module in
		/*) file=$module ;;
		*) file=$(find "$PMEM2_GUEST_CACHE/$arch/kernel" -name "$module.ko*") ;;
		esac
		[ -n "$file" ] || continue # this kernel has it built in
		number=$((number + 1))
		case $file in
		*.xz) xz -dc "$file" >"$tree/modules/$number-$(basename "$file" .xz)" ;;
		*) cp "$file" "$tree/modules/$number-$(basename "$file")" ;;
		esac
	done
}

# plug-ins in one directory, as installed
plugins() {
	mkdir -p "$tree/pmem2"
	for file in "$build"/backends/*.so "$build"/core/ndctl/*.so; do
		[ ! -f "$file" ] || cp "$file" "$tree/pmem2/"
	done
}

programs() {
	for file in $(sed -n 's/^# //p' "$tree/tests.sh") \
		$(find "$build/core" "$build/backends" "$build/tests" \
			\( -name '*.p' -o -path "$build/tests/guest/*" -o -path "$build/tests/packages/*" \) -prune \
			-o \( -name '*.so' -o -name '*.so.*' \) -print) \
		$(find "$build/tests/guest" "$build/examples" -maxdepth 1 -type f -perm -u+x) \
		$(find "$build/tools" -maxdepth 1 -name pmem2 -type f 2>/dev/null); do
		keep "$file"
	done
}

# a run of this suite alone has built no other suite's programs
(
	flock 9
	ninja -C "$build" >"$build/tests/guest/ninja.log" 2>&1 9>&- || cat "$build/tests/guest/ninja.log"
) 9>"$build/tests/guest/ninja.lock"

rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/proc" "$tree/sys" "$tree/dev" "$tree/tmp" "$tree/mnt"
for name in busybox ndctl mkfs.ext4 mkfs.xfs sfdisk dmsetup chattr; do
	tool $name
done
python3 "$here/testlist.py" "$build" core api backends >"$tree/tests.sh"
echo "$build" >"$tree/build"
programs
plugins
libraries
modules "$@"
cp "$here"/inside/* "$tree/"
chmod +x "$tree/init"
ln -sf "$triplet/$(basename "$(ls "$tree/lib/$triplet"/ld-linux*)")" "$tree/lib/"
(cd "$tree" && ln -s lib lib64 && ln -s . usr && find . | cpio --quiet -o -H newc) >"$out.part"
mv "$out.part" "$out"
rm -rf "$tree"
