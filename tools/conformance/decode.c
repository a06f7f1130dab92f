/* SPDX-License-Identifier: BSD-3-Clause */
/* decode.c -- prefixes, ModRM and SIB (Intel SDM vol. 2, chapter 2), and a table of the stores and flushes. */
#include "decode.h"

enum encoding { LEGACY, VEX, EVEX };

enum prefix { NONE, P66, PF3, PF2 }; /* as VEX.pp numbers them */

/* Sizes of what is stored that depend on more than the opcode. */
enum { OPERAND = 100, VECTOR, WORD_OR_QUAD };

struct parts {
	enum encoding encoding;
	enum prefix prefix;
	bool lock, elsewhere; /* elsewhere: relative to FS or GS */
	bool w, r, x, b;
	unsigned length; /* of vectors: 16 << length bytes */
	bool masked;     /* EVEX, by a register other than k0 */
	unsigned map;    /* 0: one byte, 1: 0F, 2: 0F 38, 3: 0F 3A */
	uint8_t opcode;
	uint8_t modrm;
};

enum { ANY = 7 }; /* prefix, in the table */

static const struct row {
	unsigned map : 2;
	unsigned prefix : 3;
	uint8_t opcode;
	enum kind kind;
	unsigned bytes;
} table[] = {
	{0, ANY, 0x88, STORE, 1},
	{0, ANY, 0x89, STORE, OPERAND},
	{0, ANY, 0xc6, STORE, 1},
	{0, ANY, 0xc7, STORE, OPERAND},
	{0, ANY, 0xa4, STRING_STORE, 1},
	{0, ANY, 0xa5, STRING_STORE, OPERAND},
	{0, ANY, 0xaa, STRING_STORE, 1},
	{0, ANY, 0xab, STRING_STORE, OPERAND},
	{0, ANY, 0xcc, TRAP, 0},
	{1, ANY, 0x05, SYSCALL, 0},
	/* MOVUPS, MOVUPD, MOVSS, MOVSD; halves */
	{1, NONE, 0x11, STORE, VECTOR},
	{1, P66, 0x11, STORE, VECTOR},
	{1, PF3, 0x11, STORE, 4},
	{1, PF2, 0x11, STORE, 8},
	{1, ANY, 0x13, STORE, 8},
	{1, ANY, 0x17, STORE, 8},
	{1, ANY, 0x29, STORE, VECTOR},
	/* MOVQ of MMX; MOVDQA, MOVDQU; EVEX: VMOVDQU8, 16; MOVD, MOVQ */
	{1, NONE, 0x7f, STORE, 8},
	{1, ANY, 0x7f, STORE, VECTOR},
	{1, P66, 0x7e, STORE, WORD_OR_QUAD},
	{1, P66, 0xd6, STORE, 8},
	{1, NONE, 0xe7, STREAM, 8},
	{1, P66, 0xe7, STREAM, VECTOR},
	{1, ANY, 0x2b, STREAM, VECTOR},
	{1, NONE, 0xc3, STREAM, WORD_OR_QUAD},
	{1, P66, 0xf7, MASKED_STREAM, 16},
	{2, P66, 0xf8, STREAM, 64},            /* MOVDIR64B */
	{2, NONE, 0xf9, STREAM, WORD_OR_QUAD}, /* MOVDIRI */
	/* extractions */
	{3, P66, 0x14, STORE, 1},
	{3, P66, 0x15, STORE, 2},
	{3, P66, 0x16, STORE, WORD_OR_QUAD},
	{3, P66, 0x17, STORE, 4},
	{3, P66, 0x19, STORE, 16},
	{3, P66, 0x39, STORE, 16},
	{3, P66, 0x1b, STORE, 32},
	{3, P66, 0x3b, STORE, 32},
	/* loads: MOV, MOVSXD, LEA, TEST, CMP; vectors; MOVZX, MOVSX; PREFETCH, NOP; broadcasts */
	{0, ANY, 0x8a, HARMLESS, 1},
	{0, ANY, 0x8b, HARMLESS, OPERAND},
	{0, ANY, 0x63, HARMLESS, 4},
	{0, ANY, 0x8d, HARMLESS, 0},
	{0, ANY, 0x84, HARMLESS, 1},
	{0, ANY, 0x85, HARMLESS, OPERAND},
	{0, ANY, 0x38, HARMLESS, 1},
	{0, ANY, 0x39, HARMLESS, OPERAND},
	{1, NONE, 0x10, HARMLESS, VECTOR},
	{1, P66, 0x10, HARMLESS, VECTOR},
	{1, PF3, 0x10, HARMLESS, 4},
	{1, PF2, 0x10, HARMLESS, 8},
	{1, ANY, 0x12, HARMLESS, 8},
	{1, ANY, 0x16, HARMLESS, 8},
	{1, ANY, 0x28, HARMLESS, VECTOR},
	{1, NONE, 0x6f, HARMLESS, 8},
	{1, ANY, 0x6f, HARMLESS, VECTOR},
	{1, P66, 0x6e, HARMLESS, WORD_OR_QUAD},
	{1, PF3, 0x7e, HARMLESS, 8},
	{1, ANY, 0xb6, HARMLESS, 1},
	{1, ANY, 0xb7, HARMLESS, 2},
	{1, ANY, 0xbe, HARMLESS, 1},
	{1, ANY, 0xbf, HARMLESS, 2},
	{1, ANY, 0x0d, HARMLESS, 0},
	{1, ANY, 0x18, HARMLESS, 0},
	{1, ANY, 0x1f, HARMLESS, 0},
	{2, P66, 0x2a, HARMLESS, VECTOR},
	{2, P66, 0x58, HARMLESS, 4},
	{2, P66, 0x59, HARMLESS, 8},
	{2, P66, 0x5a, HARMLESS, 16},
	{2, P66, 0x5b, HARMLESS, 32},
	{2, P66, 0x78, HARMLESS, 1},
	{2, P66, 0x79, HARMLESS, 2},
	{3, P66, 0x18, HARMLESS, 16},
	{3, P66, 0x38, HARMLESS, 16},
	{3, P66, 0x1a, HARMLESS, 32},
	{3, P66, 0x3a, HARMLESS, 32},
};

static const uint8_t *legacy_prefixes(const uint8_t *p, struct parts *parts)
{
	for (;; p++)
		switch (*p) {
		case 0x66:
			if (parts->prefix == NONE) /* a REP prefix wins */
				parts->prefix = P66;
			break;
		case 0xf3:
			parts->prefix = PF3;
			break;
		case 0xf2:
			parts->prefix = PF2;
			break;
		case 0xf0:
			parts->lock = true;
			break;
		case 0x64:
		case 0x65:
			parts->elsewhere = true;
			break;
		case 0x26:
		case 0x2e:
		case 0x36:
		case 0x3e:
			break;
		default:
			return p;
		}
}

/* VEX and EVEX keep R, X and B inverted. */
static const uint8_t *vex(const uint8_t *p, struct parts *parts)
{
	uint8_t last = p[1];

	parts->encoding = VEX;
	parts->map = 1;
	parts->r = !(p[1] & 0x80);
	if (*p == 0xc4) {
		parts->x = !(p[1] & 0x40);
		parts->b = !(p[1] & 0x20);
		parts->map = p[1] & 3;
		last = p[2];
		parts->w = last & 0x80;
	}
	parts->length = last >> 2 & 1;
	parts->prefix = last & 3;
	return p + (*p == 0xc4 ? 3 : 2);
}

static const uint8_t *evex(const uint8_t *p, struct parts *parts)
{
	parts->encoding = EVEX;
	parts->r = !(p[1] & 0x80);
	parts->x = !(p[1] & 0x40);
	parts->b = !(p[1] & 0x20);
	parts->map = p[1] & 3;
	parts->w = p[2] & 0x80;
	parts->prefix = p[2] & 3;
	parts->length = p[3] >> 5 & 3;
	parts->masked = p[3] & 7;
	return p + 4;
}

static const uint8_t *rex_and_map(const uint8_t *p, struct parts *parts)
{
	if ((*p & 0xf0) == 0x40) {
		parts->w = *p & 8;
		parts->r = *p & 4;
		parts->x = *p & 2;
		parts->b = *p & 1;
		p++;
	}
	if (*p != 0x0f)
		return p;
	parts->map = p[1] == 0x38 ? 2 : p[1] == 0x3a ? 3 : 1;
	return p + (parts->map == 1 ? 1 : 2);
}

/* Of the one-byte opcodes (SDM vol. 2, appendix A), and of those behind 0F. */
static bool has_modrm(const struct parts *parts)
{
	uint8_t op = parts->opcode;

	if (parts->map >= 2)
		return true;
	if (parts->map == 1)
		return !(op >= 0x05 && op <= 0x0b) && !(op >= 0x30 && op <= 0x37) && op != 0x77 &&
		       !(op >= 0x80 && op <= 0x8f) && !(op >= 0xa0 && op <= 0xa2) &&
		       !(op >= 0xa8 && op <= 0xaa) && !(op >= 0xc8 && op <= 0xcf);
	if (op < 0x40)
		return (op & 7) < 4;
	return op == 0x63 || op == 0x69 || op == 0x6b || (op >= 0x80 && op <= 0x8f) || op == 0xc0 ||
	       op == 0xc1 || op == 0xc6 || op == 0xc7 || (op >= 0xd0 && op <= 0xd3) ||
	       (op >= 0xd8 && op <= 0xdf) || op == 0xf6 || op == 0xf7 || op >= 0xfe;
}

static unsigned bytes_of(const struct parts *parts, unsigned rule)
{
	switch (rule) {
	case OPERAND:
		return parts->w ? 8 : parts->prefix == P66 ? 2 : 4;
	case VECTOR:
		return 16U << parts->length;
	case WORD_OR_QUAD:
		return parts->w ? 8 : 4;
	default:
		return rule;
	}
}

/* 0F AE is a family. */
static enum kind flush_or_fence(const struct parts *parts)
{
	unsigned reg = parts->modrm >> 3 & 7;

	if (parts->modrm >= 0xc0)
		return parts->prefix == NONE && reg >= 6 ? FENCE : OTHER;
	if (reg == 7 && parts->prefix != PF3)
		return parts->prefix == P66 ? CLFLUSHOPT : CLFLUSH;
	return reg == 6 && parts->prefix == P66 ? CLWB : OTHER;
}

/* CMP and TEST with a constant, and arithmetic whose result is a register */
static bool only_loads(const struct parts *parts)
{
	unsigned reg = parts->modrm >> 3 & 7;
	uint8_t op = parts->opcode;

	if (parts->map != 0)
		return false;
	return (op < 0x40 && ((op & 7) == 2 || (op & 7) == 3)) ||
	       ((op == 0x80 || op == 0x81 || op == 0x83) && reg == 7) ||
	       ((op == 0xf6 || op == 0xf7) && reg == 0);
}

static void look_up(const struct parts *parts, struct instruction *found)
{
	found->kind = OTHER;
	found->bytes = 16U << parts->length;
	if (parts->map == 1 && parts->opcode == 0xae && parts->encoding == LEGACY) {
		found->kind = flush_or_fence(parts);
		return;
	}
	if (only_loads(parts))
		found->kind = HARMLESS;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *row = &table[i];

		if (row->map != parts->map || row->opcode != parts->opcode ||
			(row->prefix != ANY && row->prefix != parts->prefix))
			continue;
		found->kind = row->kind;
		found->bytes = bytes_of(parts, row->bytes);
		break;
	}
	if (parts->masked || parts->lock)
		found->kind = OTHER;
}

static int32_t word_at(const uint8_t *p)
{
	return (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			 (uint32_t)p[3] << 24);
}

static void operand(const uint8_t *p, const struct parts *parts, struct instruction *found)
{
	unsigned mod = parts->modrm >> 6, rm = parts->modrm & 7;
	bool relative = mod == 0 && rm == 5; /* to RIP */

	found->base = (int)rm | (parts->b ? 8 : 0);
	if (rm == 4) {
		uint8_t sib = *p++;
		int index = (sib >> 3 & 7) | (parts->x ? 8 : 0);

		found->index = index == 4 ? NO_REGISTER : index;
		found->scale = 1U << (sib >> 6);
		found->base = (sib & 7) | (parts->b ? 8 : 0);
		if (mod == 0 && (sib & 7) == 5) {
			found->base = NO_REGISTER;
			found->displacement = word_at(p);
		}
	}
	if (mod == 1) /* EVEX counts in units of what is accessed */
		found->displacement =
			(int8_t)*p * (parts->encoding == EVEX ? (int)found->bytes : 1);
	else if (mod == 2)
		found->displacement = word_at(p);
	found->has_memory = !relative && !parts->elsewhere;
}

struct instruction decode(const uint8_t *p)
{
	struct instruction found = {.base = NO_REGISTER, .index = NO_REGISTER, .scale = 1};
	struct parts parts = {0};

	p = legacy_prefixes(p, &parts);
	if (*p == 0xc4 || *p == 0xc5)
		p = vex(p, &parts);
	else if (*p == 0x62)
		p = evex(p, &parts);
	else
		p = rex_and_map(p, &parts);
	parts.opcode = *p++;

	bool with_modrm = has_modrm(&parts);
	if (with_modrm)
		parts.modrm = *p++;
	look_up(&parts, &found);
	if (with_modrm && parts.modrm < 0xc0)
		operand(p, &parts, &found);

	if (found.kind == MASKED_STREAM) {
		found.mask = (parts.modrm & 7) | (parts.b ? 8 : 0);
	} else if (found.kind == STREAM && parts.map == 2 && parts.opcode == 0xf8) {
		/* MOVDIR64B loads from its memory operand, and stores to where a register points */
		found.base = (parts.modrm >> 3 & 7) | (parts.r ? 8 : 0);
		found.index = NO_REGISTER;
		found.scale = 1;
		found.displacement = 0;
	}
	return found;
}
