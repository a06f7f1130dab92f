/* SPDX-License-Identifier: BSD-3-Clause */
/* insn.c -- the instructions that were translated, by address. */
#include "insn.h"

#include <stdlib.h>
#include <string.h>

static struct exact_insn **slots; /* a hash table */
static size_t room, count;

static size_t home(uint64_t address)
{
	return address * UINT64_C(0x9e3779b97f4a7c15) >> 24 & (room - 1);
}

/* Where the instruction is, or would be. */
static struct exact_insn **find(uint64_t address, const void *bytes, size_t length)
{
	size_t i = home(address);

	for (; slots[i] != NULL; i = (i + 1) & (room - 1))
		if (slots[i]->address == address && slots[i]->length == length &&
			memcmp(slots[i]->bytes, bytes, length) == 0)
			break;
	return &slots[i];
}

static bool grow(void)
{
	struct exact_insn **old = slots;
	size_t old_room = room;

	room = room > 0 ? 2 * room : 1 << 14;
	slots = calloc(room, sizeof(struct exact_insn *));
	if (slots == NULL) {
		slots = old;
		room = old_room;
		return false;
	}
	for (size_t i = 0; i < old_room; i++)
		if (old[i] != NULL)
			*find(old[i]->address, old[i]->bytes, old[i]->length) = old[i];
	free(old);
	return true;
}

struct exact_insn *pmem2_exact_insn(uint64_t address, const void *bytes, size_t length, bool arm)
{
	struct exact_insn **slot;
	struct exact_insn *insn;

	if (length > sizeof(insn->bytes))
		length = sizeof(insn->bytes);
	if (2 * count >= room && !grow())
		return NULL;
	slot = find(address, bytes, length);
	if (*slot != NULL)
		return *slot;

	insn = calloc(1, sizeof(*insn));
	if (insn == NULL)
		return NULL;
	insn->address = address;
	insn->length = (uint8_t)length;
	insn->operand.base = insn->operand.index = -1;
	memcpy(insn->bytes, bytes, length);
	if (arm)
		pmem2_exact_decode_arm(insn);
	else
		pmem2_exact_decode_x86(insn);
	*slot = insn;
	count++;
	return insn;
}
