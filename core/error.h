/* SPDX-License-Identifier: BSD-3-Clause */
/* error.h -- a code, and a sentence for this thread. */
#ifndef PMEM2_ERROR_H
#define PMEM2_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <libpmem2.h>

/* Sets the sentence and returns code: `return pmem2_err(PMEM2_E_..., "...")`. Keeps errno. */
int pmem2_err(int code, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/* The same for a failed system call: "format: strerror(errno)"; returns -errno, read first of all. */
int pmem2_err_sys(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* The same for a call that got no memory, -ENOMEM: a malloc(3) of the program's own may leave errno alone. */
int pmem2_err_memory(const char *call);

/* Prefixes the sentence as it stands, for a caller that knows more than who reported. */
void pmem2_err_prefix(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/*
 * Whether the errno says that the process or the machine was short of something, or could not read: the
 * next try may succeed, and nothing is to be concluded.
 */
bool pmem2_err_is_passing(int error);

/* The first such errno whose words are in a text that has come without an errno; 0: none is. */
int pmem2_err_passing_in(const char *text);

/* Appends to a sentence in the making, as much as there is room for. */
void pmem2_err_append(char *sentence, size_t size, const char *format, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/* pmem2_perror with its arguments at hand. */
void pmem2_vperror(const char *format, va_list args) __attribute__((__format__(__printf__, 1, 0)));

#ifdef __clang_analyzer__ /* cannot see that codes are negative */
static inline int pmem2_err_negative(int code)
{
	if (code >= 0)
		__builtin_unreachable();
	return code;
}
#define pmem2_err(...)         pmem2_err_negative(pmem2_err(__VA_ARGS__))
#define pmem2_err_sys(...)     pmem2_err_negative(pmem2_err_sys(__VA_ARGS__))
#define pmem2_err_memory(call) pmem2_err_negative(pmem2_err_memory(call))
#endif

#endif
