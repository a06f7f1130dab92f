/* SPDX-License-Identifier: BSD-3-Clause */
/* refuse.h -- the end of a recording that would not be true. */
#ifndef EXACT_REFUSE_H
#define EXACT_REFUSE_H

/* Says a sentence on stderr, ends the trace as broken, and the program with status EXACT_REFUSED. */
enum { EXACT_REFUSED = 125 };

_Noreturn void pmem2_exact_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
