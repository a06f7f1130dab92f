/* SPDX-License-Identifier: BSD-3-Clause */
/* call_table.h -- what the system calls of each architecture do, by number. */
#ifndef EXACT_CALL_TABLE_H
#define EXACT_CALL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum exact_call {
	EXACT_CALL_UNKNOWN,  /* may write where an argument points to */
	EXACT_CALL_HARMLESS, /* writes to no memory that an argument points to, and to no file */
	EXACT_CALL_BRK,
	EXACT_CALL_MMAP,
	EXACT_CALL_MUNMAP,
	EXACT_CALL_MREMAP,
	EXACT_CALL_MSYNC,
	EXACT_CALL_FSYNC,   /* of the first argument */
	EXACT_CALL_FILLS_1, /* as many bytes as it returns, at that argument: the first, ... */
	EXACT_CALL_FILLS_2,
	EXACT_CALL_FILLS_VECTOR, /* likewise, in the pieces that the second and third argument tell */
	EXACT_CALL_WRITES,       /* to a file, at the place where its descriptor is */
	EXACT_CALL_WRITES_AT,    /* at the place of the fourth argument */
	EXACT_CALL_CHANGES_1,    /* the file of that argument, somehow */
	EXACT_CALL_CHANGES_3,
};

enum exact_call pmem2_exact_call_kind(int64_t number, bool arm);

#endif
