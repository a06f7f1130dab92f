/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * decode_arm.c -- what an instruction of AArch64 does, by the bits of its encoding
 * (Arm ARM C4, "A64 Instruction Set Encoding").
 */
#include <string.h>

#include "insn.h"
#include "powerfail/trace_format.h"

static unsigned bits(uint32_t word, int first, int count)
{
	return word >> first & ((1u << count) - 1);
}

/* DC CVAC and the like, and DC ZVA; whether it is one. */
static bool is_cache_operation(struct exact_insn *insn, uint32_t w)
{
	static const uint8_t by_crm[16] = {
		[10] = PF_FLUSH_DC_CVAC,
		[12] = PF_FLUSH_DC_CVAP,
		[13] = PF_FLUSH_DC_CVADP,
		[14] = PF_FLUSH_DC_CIVAC,
	};
	unsigned crm = bits(w, 8, 4), op2 = bits(w, 5, 3);

	/* SYS #3, C7, CRm, #op2, Xt */
	if ((w & 0xfffff000) != 0xd50b7000)
		return false;
	insn->operand.base = (int8_t)bits(w, 0, 5);
	if (crm == 4) { /* ZVA, GZVA: a block of zeros, of up to 2 KiB */
		insn->kind = EXACT_STORE;
		insn->hidden = true;
		insn->size = 2048;
		return true;
	}
	if (op2 != 1 || by_crm[crm] == 0)
		return false; /* CVAU goes no further than the caches */
	insn->kind = EXACT_FLUSH;
	insn->detail = by_crm[crm];
	return true;
}

/*
 * DSB for stores, or for loads and stores. One for loads alone waits for no flush, nor
 * does any DMB: it orders, and returns (Arm ARM B2, "Data Synchronization Barrier").
 */
static bool is_barrier(struct exact_insn *insn, uint32_t w)
{
	bool dsb = (w & 0xfffff0ff) == 0xd503309f && (bits(w, 8, 4) & 2) != 0;
	bool dsb_nxs = (w & 0xfffff3ff) == 0xd503323f;

	if (!dsb && !dsb_nxs)
		return false;
	insn->kind = EXACT_DRAIN;
	insn->detail = PF_DRAIN_DSB;
	return true;
}

static void find_calls(struct exact_insn *insn, uint32_t w)
{
	bool authenticated = (w & 0xfefff800) == 0xd63f0800;

	insn->call = w >> 26 == 0x25 || (w & 0xfffffc1f) == 0xd63f0000 || authenticated;
	insn->ret = (w & 0xfffffc1f) == 0xd65f0000 || (w & 0xfffffbff) == 0xd65f0bff;
}

/* One register, at an address of any form. */
static void read_single(struct exact_insn *insn, uint32_t w)
{
	bool vector = bits(w, 26, 1) != 0;
	unsigned opc = bits(w, 22, 2), option = bits(w, 13, 3);
	bool atomic = (w & 0x3b200c00) == 0x38200000;

	if (!vector && atomic) {
		insn->flags = PF_STORE_LOCKED;
	} else if (vector ? (opc & 1) != 0 : opc != 0) {
		insn->kind = EXACT_OTHER; /* a load */
	} else if ((w & 0x3b200c00) == 0x38200800) {
		insn->operand.index = (int8_t)bits(w, 16, 5);
		insn->operand.scale = bits(w, 12, 1) != 0 ? (uint8_t)(1u << (w >> 30)) : 1;
		insn->operand.partial = vector || (option & 3) != 3; /* of 32 bits */
	}
	if (!vector)
		insn->size = (uint16_t)(1u << (w >> 30));
}

/* Exclusive, acquire, release, compare and swap. */
static void read_exclusive(struct exact_insn *insn, uint32_t w)
{
	bool o2 = bits(w, 23, 1) != 0, load = bits(w, 22, 1) != 0, o1 = bits(w, 21, 1) != 0;
	bool pair_swap = o1 && !o2 && w >> 31 == 0, swap = (o1 && o2) || pair_swap;

	if (load && !swap)
		insn->kind = EXACT_OTHER;
	if (swap || !o2)
		insn->flags = PF_STORE_LOCKED;
	if (!pair_swap && !(o1 && !o2))
		insn->size = (uint16_t)(1u << (w >> 30));
}

static void read_access(struct exact_insn *insn, uint32_t w)
{
	insn->kind = EXACT_STORE;
	insn->operand.base = (int8_t)bits(w, 5, 5);
	if ((w & 0x3f000000) == 0x08000000)
		read_exclusive(insn, w);
	else if ((w & 0x3a000000) == 0x28000000 || (w & 0xbe000000) == 0x0c000000)
		insn->kind =
			bits(w, 22, 1) != 0 ? EXACT_OTHER : EXACT_STORE; /* pairs, structures */
	else if ((w & 0x3b000000) == 0x18000000)
		insn->kind = EXACT_OTHER; /* a load from beside the code */
	else if ((w & 0x3a000000) == 0x38000000)
		read_single(insn, w);
}

void pmem2_exact_decode_arm(struct exact_insn *insn)
{
	uint32_t w;

	memcpy(&w, insn->bytes, sizeof(w));
	find_calls(insn, w);
	if (is_cache_operation(insn, w) || is_barrier(insn, w))
		return;
	if ((w & 0x0a000000) == 0x08000000)
		read_access(insn, w);
	else if ((w & 0x1e000000) == 0x04000000)
		insn->kind = EXACT_STORE; /* SVE and SME: QEMU tells whether it stores */
}
