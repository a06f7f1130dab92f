/* SPDX-License-Identifier: BSD-3-Clause */
/* insn.h -- what an instruction of the program does to memory, as far as it concerns a power cut. */
#ifndef EXACT_INSN_H
#define EXACT_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exact_kind {
	EXACT_OTHER, /* nothing that is recorded */
	EXACT_STORE,
	EXACT_FLUSH,
	EXACT_DRAIN,
};

enum { EXACT_SP_X86 = 4, EXACT_SP_ARM = 31 }; /* the numbers of the stack pointers */

/* An address: the sum of a register, a scaled one, and a number. A register of -1 is none. */
struct exact_operand {
	int8_t base, index;
	uint8_t scale;
	bool partial; /* and of what is not known here: a segment, an offset in bits */
	int64_t displacement;
};

struct exact_insn {
	uint64_t address;
	uint8_t kind;   /* enum exact_kind */
	uint8_t detail; /* EXACT_FLUSH: enum pf_flush_kind; EXACT_DRAIN: enum pf_drain_kind */
	uint8_t flags;  /* EXACT_STORE: PF_STORE_ */
	uint8_t length; /* bytes of the instruction */
	uint16_t size;  /* bytes that it stores, in one or more accesses; 0: not known */
	bool call, ret;
	bool hidden; /* some versions of QEMU do not tell of its store: it is looked for */
	struct exact_operand operand;
	uint8_t bytes[16];

	/* the call stack with which it was last recorded, and its number */
	uint64_t stack_hash;
	uint32_t stack;
};

/* Decodes insn->bytes, insn->length of them, at insn->address. */
void pmem2_exact_decode_x86(struct exact_insn *insn);
void pmem2_exact_decode_arm(struct exact_insn *insn);

/*
 * The one of that address and those bytes: the same as before if it was translated before. It is kept for good.
 * NULL: no memory. Not thread-safe: QEMU translates for one thread at a time.
 */
struct exact_insn *pmem2_exact_insn(uint64_t address, const void *bytes, size_t length, bool arm);

#endif
