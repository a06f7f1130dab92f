/* SPDX-License-Identifier: BSD-3-Clause */
/* call_table.c -- what system calls do, by number. */
#include "call_table.h"

#include <stddef.h>

enum { MOST = 512 };

static const struct {
	int16_t x86, arm; /* numbers; -1: there is none */
	uint8_t kind;
} table[] = {
	{12, 214, EXACT_CALL_BRK}, {9, 222, EXACT_CALL_MMAP}, {11, 215, EXACT_CALL_MUNMAP},
	{25, 216, EXACT_CALL_MREMAP}, {26, 227, EXACT_CALL_MSYNC}, {74, 82, EXACT_CALL_FSYNC},
	{75, 83, EXACT_CALL_FSYNC},          /* fdatasync */
	{0, 63, EXACT_CALL_FILLS_2},         /* read */
	{17, 67, EXACT_CALL_FILLS_2},        /* pread64 */
	{45, 207, EXACT_CALL_FILLS_2},       /* recvfrom */
	{318, 278, EXACT_CALL_FILLS_1},      /* getrandom */
	{19, 65, EXACT_CALL_FILLS_VECTOR},   /* readv */
	{295, 69, EXACT_CALL_FILLS_VECTOR},  /* preadv */
	{327, 286, EXACT_CALL_FILLS_VECTOR}, /* preadv2 */
	{310, 270, EXACT_CALL_FILLS_VECTOR}, /* process_vm_readv */
	{1, 64, EXACT_CALL_WRITES},          /* write */
	{20, 66, EXACT_CALL_WRITES},         /* writev */
	{18, 68, EXACT_CALL_WRITES_AT},      /* pwrite64 */
	{296, 70, EXACT_CALL_WRITES_AT},     /* pwritev */
	{328, 287, EXACT_CALL_CHANGES_1},    /* pwritev2 */
	{77, 46, EXACT_CALL_CHANGES_1},      /* ftruncate */
	{285, 47, EXACT_CALL_CHANGES_1},     /* fallocate */
	{40, 71, EXACT_CALL_CHANGES_1},      /* sendfile */
	{16, 29, EXACT_CALL_CHANGES_1},      /* ioctl: FICLONE */
	{275, 76, EXACT_CALL_CHANGES_3},     /* splice */
	{326, 285, EXACT_CALL_CHANGES_3},    /* copy_file_range */

	/* these take addresses, and are called often */
	{3, 57, EXACT_CALL_HARMLESS},   /* close */
	{10, 226, EXACT_CALL_HARMLESS}, /* mprotect */
	{28, 233, EXACT_CALL_HARMLESS}, /* madvise */
	{44, 206, EXACT_CALL_HARMLESS}, /* sendto */
	{46, 211, EXACT_CALL_HARMLESS}, /* sendmsg */
	{202, 98, EXACT_CALL_HARMLESS}, /* futex */
	{257, 56, EXACT_CALL_HARMLESS}, /* openat */
	{2, -1, EXACT_CALL_HARMLESS},   /* open */
	{24, 124, EXACT_CALL_HARMLESS}, /* sched_yield */
};

enum exact_call pmem2_exact_call_kind(int64_t number, bool arm)
{
	static uint8_t by_number[MOST];
	static bool ready;

	for (size_t i = 0; !ready && i < sizeof(table) / sizeof(table[0]); i++) {
		int n = arm ? table[i].arm : table[i].x86;

		if (n >= 0)
			by_number[n] = table[i].kind;
	}
	ready = true;
	return number >= 0 && number < MOST ? (enum exact_call)by_number[number]
	                                    : EXACT_CALL_UNKNOWN;
}
