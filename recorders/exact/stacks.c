/* SPDX-License-Identifier: BSD-3-Clause */
/* stacks.c -- the call stacks of the program's threads. */
#include "stacks.h"

#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "refuse.h"

/* A stack that has a number. */
struct known {
	uint64_t hash;
	uint32_t count;
	uint64_t frame[PF_TRACE_FRAMES]; /* as in the trace: return addresses, innermost first */
};

static struct known *known; /* by number, from 1 */
static uint32_t *slots;     /* numbers, by hash */
static uint32_t count, room, slot_room;

static uint64_t mix(uint64_t hash, uint64_t address)
{
	hash = (hash ^ address) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* ---- calls and returns ---- */

static uint64_t outer_hash(const struct exact_thread *t)
{
	return t->depth > 0 ? t->frames[t->depth - 1].hash : 1;
}

void pmem2_exact_called(struct exact_thread *t, const struct exact_insn *call, uint64_t place)
{
	uint64_t ret = call->address + call->length;

	/* what was left by a jump lies lower */
	while (t->depth > 0 && t->frames[t->depth - 1].place < place)
		t->depth--;
	if (t->depth == EXACT_DEPTH) { /* the outer half is forgotten */
		t->depth /= 2;
		memmove(t->frames, t->frames + t->depth, t->depth * sizeof(t->frames[0]));
	}
	t->frames[t->depth] = (struct exact_frame){place, ret, mix(outer_hash(t), ret)};
	t->depth++;
}

/* At a return the stack pointer is as at the call, or lower by the return address. */
void pmem2_exact_returned(struct exact_thread *t, uint64_t place)
{
	while (t->depth > 0 && t->frames[t->depth - 1].place < place)
		t->depth--;
	if (t->depth > 0 && t->frames[t->depth - 1].place - place <= sizeof(uint64_t))
		t->depth--;
}

/* ---- numbers ---- */

static bool make_room(void)
{
	uint32_t more = room > 0 ? 2 * room : 1024;
	struct known *grown = realloc(known, (more + 1) * sizeof(*grown));
	uint32_t *table = calloc(2 * (size_t)more, sizeof(*table));

	if (grown != NULL)
		known = grown;
	if (grown == NULL || table == NULL)
		return false;
	free(slots);
	slots = table;
	room = more;
	slot_room = 2 * more;
	for (uint32_t i = 1; i <= count; i++) {
		uint32_t slot = (uint32_t)(known[i].hash % slot_room);

		while (slots[slot] != 0)
			slot = (slot + 1) % slot_room;
		slots[slot] = i;
	}
	return true;
}

static void fill(struct known *k, const struct exact_thread *t, const struct exact_insn *insn)
{
	k->count = 1;
	k->frame[0] = insn->address + 1; /* a return address is the one after its call */
	for (unsigned i = t->depth; i > 0 && k->count < PF_TRACE_FRAMES; i--)
		k->frame[k->count++] = t->frames[i - 1].ret;
}

static uint32_t number_of(const struct exact_thread *t, const struct exact_insn *insn,
	uint64_t hash)
{
	uint32_t slot;

	if (count == room && !make_room())
		pmem2_exact_refuse("no memory for call stacks");
	for (slot = (uint32_t)(hash % slot_room); slots[slot] != 0; slot = (slot + 1) % slot_room)
		if (known[slots[slot]].hash == hash)
			return slots[slot];
	slots[slot] = ++count;
	known[count].hash = hash;
	fill(&known[count], t, insn);
	pmem2_exact_modules(known[count].frame, known[count].count);
	pmem2_exact_record_stack(count, known[count].frame, known[count].count);
	return count;
}

uint32_t pmem2_exact_stack(struct exact_thread *t, struct exact_insn *insn)
{
	uint64_t hash = mix(outer_hash(t), insn->address);

	if (insn->stack == 0 || insn->stack_hash != hash) {
		insn->stack = number_of(t, insn, hash);
		insn->stack_hash = hash;
	}
	return insn->stack;
}

void pmem2_exact_stacks_again(void)
{
	pmem2_exact_modules_forget();
	for (uint32_t i = 1; i <= count; i++) {
		pmem2_exact_modules(known[i].frame, known[i].count);
		pmem2_exact_record_stack(i, known[i].frame, known[i].count);
	}
}
