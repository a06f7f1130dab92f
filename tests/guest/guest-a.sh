#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# guest-a.sh mem-ctrl | cpu -- QEMU's NVDIMMs, with the memory controller or the caches, too, in the
# power-fail domain.
# shellcheck source=SCRIPTDIR/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=SCRIPTDIR/a-devices.sh
. "$here/a-devices.sh"
persistence=$1
name=guest-a-$persistence

make_a_image "$work/$name.img"
new_a_devices "$work/$name"
boot_a "$name" "$persistence" "a persistence=$persistence"
