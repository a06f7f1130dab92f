/* SPDX-License-Identifier: BSD-3-Clause */
/* sanitizer.h -- reports of sanitizers in what a program prints. */
#ifndef CRASHTEST_SANITIZER_H
#define CRASHTEST_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

enum { SANITIZER_MARK = 64 }; /* bytes that the longest mark of a report has, at most */

/*
 * Whether a report begins in the text: of AddressSanitizer, LeakSanitizer, MemorySanitizer, ThreadSanitizer or
 * UndefinedBehaviorSanitizer. If so, its line, as far as it is there, is copied to line.
 */
bool sanitizer_find(const char *text, size_t size, char *line, size_t room);

#endif
