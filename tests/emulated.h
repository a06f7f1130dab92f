/* SPDX-License-Identifier: BSD-3-Clause */
/* emulated.h -- whether a test runs on qemu-user, which is no kernel. */
#ifndef TESTS_EMULATED_H
#define TESTS_EMULATED_H

#include <stdbool.h>
#include <stdlib.h>

/* What it does not emulate cannot be tested on it. */
static inline bool is_emulated(void)
{
	return getenv("PMEM2_TEST_EMULATED") != NULL;
}

#endif
