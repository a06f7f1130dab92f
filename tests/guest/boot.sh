#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# boot.sh NAME ARCH CPU IMAGE JOB QEMU-ARGUMENT... -- boots a guest, in software emulation so that the
# CPU is the same everywhere, and ends as the guest's job did. What it printed stays in NAME.console, its
# process is in NAME.pid meanwhile. What TESTING.md says of this guest must be what it printed.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
name=$1 arch=$2 cpu=$3 image=$4 job=$5
shift 5
seconds=7200 # emulated, on a busy machine

case $arch in
amd64)
	set -- qemu-system-x86_64 "$@"
	tty=ttyS0
	;;
arm64)
	set -- qemu-system-aarch64 -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd "$@"
	tty=ttyAMA0
	;;
esac
console=$work/$name.console

rm -f "$console" "$work/$name.pid"
timeout "$seconds" "$@" -accel tcg -cpu "$cpu" -nodefaults -display none -no-reboot \
	-serial "file:$console" -pidfile "$work/$name.pid" \
	-kernel "$PMEM2_GUEST_CACHE/$arch/kernel/vmlinuz" -initrd "$image" \
	-append "console=$tty quiet oops=panic panic=-1 job=$job" </dev/null || true
sed -i 's/\r$//' "$console"
cat "$console"
grep -qx 'guest: rc 0' "$console" || {
	say "$name failed, or did not end within $seconds seconds; see $console"
	exit 1
}

# rows: | guest | storage | granularity, variant |
sed -n "s/^| $name | \(.*\) | \(.*\) |\$/\1 \2/p" "$here/../../TESTING.md" | tr -d '`' | while read -r row; do
	tr -s ' ' <"$console" | grep -q "^table: $row\( .*\)\{0,1\}\$" || {
		say "TESTING.md says what $name did not print: $row"
		exit 1
	}
done
