#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# A 32-bit target is refused by a sentence. usage: refuse32.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"

# The compiler of a cross build has to compile only, which it can without a 32-bit libc, but for the
# header that Meson has it include.
mkdir include
touch include/stdio.h
cat >cross <<-END
	[binaries]
	c = ['gcc', '-m32', '-I$PWD/include']
	ar = 'ar'
	strip = 'strip'
	[properties]
	needs_exe_wrapper = true
	[host_machine]
	system = 'linux'
	cpu_family = 'x86'
	cpu = 'i686'
	endian = 'little'
END
point "32 bits are refused" says 'ERROR: .*libpmem2 needs a 64-bit target' \
	status 1 meson setup build "$source" --cross-file cross
point "since they are 32" says 'size of "void \*" : 4$' grep 'size of' build/meson-logs/meson-log.txt
plan
