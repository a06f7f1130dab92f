/* SPDX-License-Identifier: BSD-3-Clause */
/* selftest.h -- whether this QEMU tells what it has to. */
#ifndef EXACT_SELFTEST_H
#define EXACT_SELFTEST_H

#include <stdbool.h>

/*
 * Runs a small program under the QEMU of this process, with this plug-in, and refuses unless its trace is what it
 * has to be. readable: QEMU reads registers for plug-ins.
 */
void pmem2_exact_selftest(bool arm, bool readable);

#endif
