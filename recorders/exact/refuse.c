/* SPDX-License-Identifier: BSD-3-Clause */
/* refuse.c -- the end of a recording that would not be true. */
#include "refuse.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "record.h"

void pmem2_exact_refuse(const char *format, ...)
{
	static int refusing;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "pmem2 exact: %s\n", text);
	if (__atomic_exchange_n(&refusing, 1, __ATOMIC_SEQ_CST) == 0)
		pmem2_exact_record_broken();
	_exit(EXACT_REFUSED);
}
