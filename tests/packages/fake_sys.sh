#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Makes, in the directory $1, a /sys in which the block device with number $2 lies on an nd region
# without DIMMs, at node 7.
set -eu
cd "$1"

# put FILE TEXT
put() {
	mkdir -p "$(dirname "$1")"
	echo "$2" >"$1"
}

bus=devices/platform/fake/ndbus0
region=$bus/region0
mkdir -p class/nd bus/nd/devices dev/block dev/char $bus/nd/ndctl0 $region/namespace0.0/block/pmem0

# the bus, as libndctl looks for it
ln -s ../../$bus/nd/ndctl0 class/nd/ndctl0
ln -s ../../../ndbus0 $bus/nd/ndctl0/device
put $bus/nd/ndctl0/dev 250:0
ln -s /sys/$bus/nd/ndctl0 dev/char/250:0
put $bus/provider fake
put $bus/commands ''
put $bus/wait_probe 1

# the region
ln -s /sys/bus/nd $region/subsystem
for attribute in size=16777216 mappings=0 nstype=5 set_cookie=0 read_only=0 resource=0x100000000 \
	numa_node=7 target_node=7 modalias=nd:t2 align=0x1000000 persistence_domain=memory_controller; do
	put $region/${attribute%%=*} "${attribute#*=}"
done
ln -s /sys/$region bus/nd/devices/region0
ln -s /sys/$bus bus/nd/devices/ndbus0
ln -s /sys/$region/namespace0.0/block/pmem0 "dev/block/$2"
