# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # lib.sh sets what is not set here
# Guest A: every storage that QEMU's devices make, its granularity, and the tests on it.
# shellcheck source=SCRIPTDIR/lib.sh
. /lib.sh
persistence=$(sed -n 's/.*persistence=\([^ ]*\).*/\1/p' /proc/cmdline)
case $persistence in
mem-ctrl) granularity=CACHE_LINE byte='' dax=dax ;;
cpu) granularity=BYTE byte=-byte dax=eadr ;;
esac
best="$granularity clwb$byte-avx2"
# with the step that decided it, and where the mapping was to be
refused='refused GRANULARITY_NOT_SUPPORTED *'
no_sync="${refused}MAP_SYNC was refused: Operation not supported (the file is not mapped directly from persistent memory); file system: "
ext4="ext2, ext3 or ext4; nd region: region"

label_of() {
	case $1 in
	/dev/dax*) echo devdax ;;
	/mnt/virtio/*) echo "virtio-pmem, ext4 -o dax" ;;
	/mnt/tmpfs/*) echo tmpfs ;;
	*) echo "$1" | sed 's,/mnt/\(.*\)/.*,fsdax \1,' ;;
	esac
}

check "namespaces" sh -ec '
	ndctl create-namespace -f -e namespace0.0 -m fsdax
	ndctl create-namespace -f -e namespace1.0 -m devdax
	ndctl create-namespace -f -e namespace2.0 -m fsdax'
storage /dev/pmem0 /mnt/ext4 dax mkfs.ext4 -F -q -b 4096
storage /dev/pmem2 /mnt/xfs dax mkfs.xfs -f -q
storage /dev/pmem3 /mnt/virtio dax mkfs.ext4 -F -q -b 4096
mkdir -p /mnt/tmpfs /mnt/nodax
mount -t tmpfs tmpfs /mnt/tmpfs

# what each storage is, unasked and asked for more
expect "$best" "fsdax ext4" /mnt/ext4/probe
expect "$best" "fsdax xfs" /mnt/xfs/probe
expect "$best" "devdax" /dev/dax1.0
expect "PAGE generic_msync" "virtio-pmem, ext4 -o dax" /mnt/virtio/probe
expect "$no_sync${ext4}3, persistence_domain: not told. Require PAGE, *" "virtio-pmem, asked for CACHE_LINE" /mnt/virtio/probe CACHE_LINE
expect "PAGE generic_msync" "tmpfs" /mnt/tmpfs/probe
expect "${no_sync}tmpfs; nd region: none. Require PAGE, *" "tmpfs, asked for BYTE" /mnt/tmpfs/probe BYTE
for path in /mnt/ext4/probe /mnt/xfs/probe /dev/dax1.0; do
	case $persistence in
	mem-ctrl)
		expect "$refused; nd region: region?, persistence_domain: memory_controller. Require CACHE_LINE, *" \
			"$(label_of $path), asked for BYTE" $path BYTE
		;;
	cpu) expect "$best" "$(label_of $path), asked for BYTE" $path BYTE ;;
	esac
done

# from 2 GiB on a mapping is moved to a boundary of 1 GiB; it must not lose MAP_SYNC on the way
for directory in /mnt/ext4 /mnt/xfs; do
	expect "$best" "$(label_of $directory/large)" PROBE_SIZE=3221225472 $directory/large
	rm -f $directory/large
done

# another backend, fewer instructions
for path in /mnt/ext4/probe /dev/dax1.0; do
	label=$(label_of $path)
	for backend in clwb clflushopt clflush; do
		expect "$granularity $backend$byte-avx2" "$label" PMEM2_BACKEND=$backend $path
	done
	expect "$granularity clflushopt$byte-avx2" "$label" PMEM_NO_CLWB=1 $path
	expect "$granularity clwb$byte-sse2" "$label" PMEM_AVX=0 $path
done
expect "PAGE generic_msync" "fsdax ext4" PMEM2_BACKEND=generic_msync /mnt/ext4/probe
expect "$refused" "fsdax ext4, asked for CACHE_LINE" PMEM2_BACKEND=generic_msync /mnt/ext4/probe CACHE_LINE
expect "$refused" "devdax" PMEM2_BACKEND=generic_msync /dev/dax1.0
expect "PAGE generic_msync" "virtio-pmem, ext4 -o dax" PMEM2_BACKEND=clflush /mnt/virtio/probe

# forced
for path in /mnt/ext4/probe /mnt/virtio/probe /mnt/tmpfs/probe; do
	label=$(label_of $path)
	expect "BYTE clwb-byte-avx2" "$label" PMEM2_FORCE_GRANULARITY=BYTE $path
	expect "CACHE_LINE clwb-avx2" "$label" PMEM2_FORCE_GRANULARITY=CACHE_LINE $path
	expect "PAGE generic_msync" "$label" PMEM2_FORCE_GRANULARITY=PAGE $path
done

export DEVDAX=/dev/dax1.0 DEVDAX_ALIGN=2097152 DEVDAX_REGION=/sys/bus/nd/devices/region1
check "Device DAX, 2 MiB" "$build/tests/guest/devdax"

tests "fsdax ext4" /mnt/ext4 "$dax" core "$on_storage" "$not_here"
tests "fsdax xfs" /mnt/xfs "$dax" "$on_storage"

# the same memory without DAX
umount /mnt/ext4
mount /dev/pmem0 /mnt/nodax
expect "PAGE generic_msync" "ext4 without -o dax" /mnt/nodax/probe
expect "$no_sync${ext4}0, persistence_domain: *" "ext4 without -o dax, asked for CACHE_LINE" /mnt/nodax/probe CACHE_LINE

# nothing of these depends on the power-fail domain
if [ "$persistence" = mem-ctrl ]; then
	tests "virtio-pmem" /mnt/virtio nvdimm "$on_storage"
	tests "tmpfs" /mnt/tmpfs other api backends "$not_here"
	tests "ext4 without -o dax" /mnt/nodax nvdimm "$on_storage" backends/page
fi
[ "$failures" -eq 0 ]
