/* SPDX-License-Identifier: BSD-3-Clause */
/* decode.h -- what one x86-64 instruction does to memory, as far as the stepping test wants to know. */
#ifndef PMEM2_CONFORMANCE_DECODE_H
#define PMEM2_CONFORMANCE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INSTRUCTION_MAX = 15, /* bytes */
	NO_REGISTER = -1,
};

enum kind {
	OTHER,    /* has a memory operand or none, and is not known to leave it alone */
	HARMLESS, /* only loads from its memory operand, or does not touch it */
	STORE,
	STREAM,        /* a non-temporal or direct store */
	MASKED_STREAM, /* MASKMOVDQU: the bytes that `mask` selects, to [rdi] */
	STRING_STORE,  /* MOVS, STOS: one step, to [rdi] */
	CLFLUSH,
	CLFLUSHOPT,
	CLWB,
	FENCE, /* SFENCE, MFENCE */
	SYSCALL,
	TRAP, /* INT3 */
};

/*
 * Registers have the numbers of the encoding: 0 rax, 1 rcx, 2 rdx, 3 rbx, 4 rsp, 5 rbp, 6 rsi, 7 rdi,
 * 8 r8 and so on.
 */
struct instruction {
	enum kind kind;
	bool has_memory; /* an operand at base + index * scale + displacement */
	int base, index; /* or NO_REGISTER */
	unsigned scale;
	int64_t displacement;
	unsigned bytes; /* that are stored */
	unsigned mask;  /* the XMM register of MASKED_STREAM */
};

/*
 * Operands relative to RIP, FS or GS, which are no mapped file's, are left out. bytes: the
 * instruction and what follows, INSTRUCTION_MAX of them.
 */
struct instruction decode(const uint8_t *bytes);

#endif
