/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stub.c -- a library to link to, not to run: PMDK's functions, in one of its version nodes.
 */
#include <stdlib.h>

#define PMDK(name) \
	__attribute__((visibility("default"))) void name(void); \
	void name(void) \
	{ \
		abort(); \
	}
#define DIFFERS(name) PMDK(name)
#define OURS(name)
#include "functions.h"
