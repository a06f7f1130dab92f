/* SPDX-License-Identifier: BSD-3-Clause */
/* must.h -- ends a program that is a test, and no test of Check's, where what must hold does not. */
#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include <stdio.h>
#include <stdlib.h>

#include <libpmem2.h>

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, \
				pmem2_errormsg()); \
			abort(); \
		} \
	} while (0)

#endif
