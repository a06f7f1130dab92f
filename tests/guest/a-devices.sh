# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # common.sh sets $here and $work
# Sourced: guest A's image, and its memory, which files on the host hold: it outlives the guest.
need qemu-system-x86_64
dimm_size=322M # 320 MiB, mkfs.xfs wants more than 300, and the label area: else ndctl calls it misaligned
virtio_size=64M

make_a_image() {
	sh "$here/get-root.sh" amd64
	sh "$here/get-kernel.sh" amd64
	sh "$here/image.sh" "$1" amd64 "$PMEM2_BUILD" \
		libnvdimm nfit nd_btt nd_pmem device_dax dax_pmem \
		crc32c_generic jbd2 mbcache crc16 ext4 libcrc32c xfs loop \
		virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci \
		nd_virtio virtio_pmem
}

# new_a_devices PREFIX: empty memory
new_a_devices() {
	for number in 0 1 2; do
		rm -f "$1.nvdimm$number"
		truncate -s $dimm_size "$1.nvdimm$number"
	done
	rm -f "$1.virtio"
	truncate -s $virtio_size "$1.virtio"
}

# boot_a NAME PERSISTENCE JOB
boot_a() {
	name=$1 persistence=$2 job=$3
	set -- -M "q35,nvdimm=on,nvdimm-persistence=$persistence" -m 1G,slots=8,maxmem=8G
	for number in 0 1 2; do
		set -- "$@" \
			-object "memory-backend-file,id=m$number,share=on,mem-path=$work/$name.nvdimm$number,size=$dimm_size" \
			-device "nvdimm,id=n$number,memdev=m$number,label-size=2M"
	done
	sh "$here/boot.sh" "$name" amd64 max "$work/$name.img" "$job" "$@" \
		-object "memory-backend-file,id=v0,share=on,mem-path=$work/$name.virtio,size=$virtio_size" \
		-device virtio-pmem-pci,memdev=v0,id=vp0
}
