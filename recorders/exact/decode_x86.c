/* SPDX-License-Identifier: BSD-3-Clause */
/* decode_x86.c -- what an instruction of x86-64 does; Zydis takes it apart. */
#include <Zydis/Zydis.h>

#include "insn.h"
#include "powerfail/trace_format.h"

static int register_number(ZydisRegister r)
{
	r = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r);
	return r >= ZYDIS_REGISTER_RAX && r <= ZYDIS_REGISTER_R15 ? (int)(r - ZYDIS_REGISTER_RAX)
	                                                          : -1;
}

static void read_operand(struct exact_insn *insn, const ZydisDecodedOperand *op)
{
	struct exact_operand *o = &insn->operand;

	o->base = (int8_t)register_number(op->mem.base);
	o->index = (int8_t)register_number(op->mem.index);
	o->scale = op->mem.scale;
	o->displacement = op->mem.disp.value;
	o->partial = op->mem.segment == ZYDIS_REGISTER_FS || op->mem.segment == ZYDIS_REGISTER_GS;
	if (op->mem.base == ZYDIS_REGISTER_RIP)
		o->displacement += (int64_t)(insn->address + insn->length);
	insn->size = (uint16_t)(op->size / 8);
}

/* The operand that is written, else one that is only named, as that of a flush is. */
static bool find_memory(struct exact_insn *insn, const ZydisDecodedInstruction *d,
	const ZydisDecodedOperand *op)
{
	int found = -1;
	bool written = false;

	for (int i = 0; i < d->operand_count && !written; i++) {
		if (op[i].type != ZYDIS_OPERAND_TYPE_MEMORY)
			continue;
		written = (op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
		if (written || found < 0)
			found = i;
	}
	if (found >= 0)
		read_operand(insn, &op[found]);
	return written;
}

static bool is_non_temporal(ZydisMnemonic m)
{
	switch (m) {
	case ZYDIS_MNEMONIC_MOVNTI:
	case ZYDIS_MNEMONIC_MOVNTQ:
	case ZYDIS_MNEMONIC_MOVNTDQ:
	case ZYDIS_MNEMONIC_MOVNTPS:
	case ZYDIS_MNEMONIC_MOVNTPD:
	case ZYDIS_MNEMONIC_MOVNTSS:
	case ZYDIS_MNEMONIC_MOVNTSD:
	case ZYDIS_MNEMONIC_VMOVNTDQ:
	case ZYDIS_MNEMONIC_VMOVNTPS:
	case ZYDIS_MNEMONIC_VMOVNTPD:
	case ZYDIS_MNEMONIC_MASKMOVQ:
	case ZYDIS_MNEMONIC_MASKMOVDQU:
	case ZYDIS_MNEMONIC_VMASKMOVDQU:
	case ZYDIS_MNEMONIC_MOVDIRI:
	case ZYDIS_MNEMONIC_MOVDIR64B:
	case ZYDIS_MNEMONIC_CLZERO: /* weakly ordered as those are (AMD64 APM 3, CLZERO) */
		return true;
	default:
		return false;
	}
}

/* Stores of a state: QEMU 10 tells of none of them. */
static bool is_hidden(const ZydisDecodedInstruction *d)
{
	switch (d->mnemonic) {
	case ZYDIS_MNEMONIC_FXSAVE:
	case ZYDIS_MNEMONIC_FXSAVE64:
	case ZYDIS_MNEMONIC_FNSTENV:
	case ZYDIS_MNEMONIC_FNSAVE:
	case ZYDIS_MNEMONIC_FBSTP:
	case ZYDIS_MNEMONIC_CLZERO:
	case ZYDIS_MNEMONIC_FSTP: /* the form of 80 bits */
		return true;
	default:
		return d->meta.category == ZYDIS_CATEGORY_XSAVE ||
		       d->meta.category == ZYDIS_CATEGORY_XSAVEOPT;
	}
}

/* Whether it is a flush or a fence. */
static bool is_ordering(struct exact_insn *insn, ZydisMnemonic m)
{
	static const struct {
		ZydisMnemonic mnemonic;
		uint8_t kind, detail;
	} table[] = {
		{ZYDIS_MNEMONIC_CLWB, EXACT_FLUSH, PF_FLUSH_CLWB},
		{ZYDIS_MNEMONIC_CLFLUSHOPT, EXACT_FLUSH, PF_FLUSH_CLFLUSHOPT},
		{ZYDIS_MNEMONIC_CLFLUSH, EXACT_FLUSH, PF_FLUSH_CLFLUSH},
		{ZYDIS_MNEMONIC_SFENCE, EXACT_DRAIN, PF_DRAIN_SFENCE},
		{ZYDIS_MNEMONIC_MFENCE, EXACT_DRAIN, PF_DRAIN_MFENCE},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].mnemonic == m) {
			insn->kind = table[i].kind;
			insn->detail = table[i].detail;
			return true;
		}
	return false;
}

void pmem2_exact_decode_x86(struct exact_insn *insn)
{
	static ZydisDecoder decoder;
	static bool ready;
	ZydisDecodedInstruction d;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
	bool written;

	if (!ready)
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	ready = true;
	insn->kind = EXACT_STORE; /* for all that is not known: QEMU tells whether it stores */
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, insn->bytes, insn->length, &d, op)))
		return;

	written = find_memory(insn, &d, op);
	insn->call = d.mnemonic == ZYDIS_MNEMONIC_CALL;
	insn->ret = d.mnemonic == ZYDIS_MNEMONIC_RET;
	/* BTS and the like reach as far as the number of the bit does */
	insn->operand.partial |= d.meta.category == ZYDIS_CATEGORY_BITBYTE &&
	                         op[1].type == ZYDIS_OPERAND_TYPE_REGISTER;
	insn->hidden = is_hidden(&d);
	if (is_ordering(insn, d.mnemonic))
		return;
	if (!written && !insn->hidden)
		insn->kind = EXACT_OTHER;
	if (is_non_temporal(d.mnemonic))
		insn->flags = PF_STORE_NON_TEMPORAL;
	/* XCHG with memory is locked without the prefix (Intel SDM 2, XCHG) */
	else if (written &&
		 ((d.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0 || d.mnemonic == ZYDIS_MNEMONIC_XCHG))
		insn->flags = PF_STORE_LOCKED;
	if (d.mnemonic == ZYDIS_MNEMONIC_CLZERO)
		insn->size = 64;
}
