/* SPDX-License-Identifier: BSD-3-Clause */
/* wording.h -- places in files and in the source, as text. */
#ifndef CRASHTEST_WORDING_H
#define CRASHTEST_WORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pf_medium;
struct replay;

/* As snprintf(3): what does not fit is left out. */
void wording_put(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "data+0x40, 24 bytes" */
void wording_place(const struct pf_medium *medium, size_t at, size_t bytes, char *text,
	size_t size);

/* "put (btree.c:12)": the innermost function of the record of an event that has a call stack; whole: the functions of up to four frames. */
void wording_site(const struct replay *r, uint64_t event, bool whole, char *text, size_t size);

/* The sites of two events: whole if they are one otherwise. */
void wording_sites(const struct replay *r, const uint64_t event[2], char text[2][512]);

#endif
