/* SPDX-License-Identifier: BSD-3-Clause */
/* events.c -- stores, flushes and fences, as they happen. */
#include "events.h"

#include <string.h>

#include "compare.h"
#include "qemu.h"
#include "record.h"
#include "registers.h"
#include "stacks.h"
#include "stray.h"

int pmem2_exact_locks_drain;

enum {
	REACH = 1 << 16, /* bytes that an instruction may reach beyond its address, at most */
};

/* ---- stores ---- */

/*
 * Whether QEMU stops all other threads for it: those that wait for the lock would never stop. The thread is
 * alone then, and needs no lock.
 */
static bool is_exclusive(const struct exact_insn *insn, uint64_t address)
{
	return (insn->flags & PF_STORE_LOCKED) != 0 && insn->size > 0 && address % insn->size != 0;
}

static void record_gathered(struct exact_thread *t)
{
	struct exact_insn *insn = t->storing;

	t->storing = NULL;
	pmem2_exact_record_store(t, pmem2_exact_file(t->file), t->offset, t->bytes, t->length,
		insn->flags, pmem2_exact_stack(t, insn));
	if ((insn->flags & PF_STORE_NON_TEMPORAL) != 0)
		t->waits = true;
}

/* Where it may have stored unseen: what differs was stored by it. */
static void record_hidden(struct exact_thread *t)
{
	uint64_t at = t->hidden_at;
	const struct exact_map *map = pmem2_exact_map_of(at);

	if (map != NULL)
		pmem2_exact_compare(t, map, at, t->hidden_size, t->hidden_flags, t->hidden_stack);
	t->hidden_size = 0;
	if ((t->hidden_flags & PF_STORE_NON_TEMPORAL) != 0)
		t->waits = true;
}

void pmem2_exact_settle(struct exact_thread *t)
{
	if (t->hidden_size > 0)
		record_hidden(t);
	if (t->storing != NULL)
		record_gathered(t);
	pmem2_exact_unlock(t);
}

void pmem2_exact_settle_all(void)
{
	struct exact_thread *t;

	for (unsigned cpu = 0; cpu < EXACT_MOST_THREADS; cpu++)
		if ((t = pmem2_exact_thread(cpu)) != NULL)
			pmem2_exact_settle(t);
}

/* One more part of the store of one instruction, if it is one. */
static bool gather(struct exact_thread *t, const struct exact_insn *insn, unsigned file,
	size_t offset, const void *bytes, size_t size)
{
	if (t->storing != insn || t->file != file || t->offset + t->length != offset ||
		t->length + size > t->expected)
		return false;
	memcpy(t->bytes + t->length, bytes, size);
	t->length += size;
	return true;
}

static void begin_store(struct exact_thread *t, struct exact_insn *insn, unsigned file,
	size_t offset, const void *bytes, size_t size)
{
	if (t->storing != NULL)
		record_gathered(t);
	t->storing = insn;
	t->file = file;
	t->offset = offset;
	t->length = size;
	t->expected = insn->size <= sizeof(t->bytes) ? insn->size : 0;
	memcpy(t->bytes, bytes, size);
}

/* The value is read from memory: that of a compare and swap that failed is not told rightly by all versions. */
void pmem2_exact_on_store(unsigned cpu, uint32_t access, uint64_t address, void *arg)
{
	struct exact_insn *insn = arg;
	size_t size = (size_t)1 << qemu_plugin_mem_size_shift(access);
	struct exact_thread *t;
	const struct exact_map *map;

	if (!pmem2_exact_is_near(address) || !qemu_plugin_mem_is_store(access))
		return;
	t = pmem2_exact_thread(cpu);
	if (!is_exclusive(insn, address))
		pmem2_exact_lock(t);
	map = pmem2_exact_map_of(address);
	if (map == NULL)
		return;
	size_t offset = map->offset + (address - map->address);
	const void *bytes = pmem2_exact_memory(address);

	if (t->hidden_size > 0)
		record_hidden(t);
	if (!gather(t, insn, map->file->id, offset, bytes, size))
		begin_store(t, insn, map->file->id, offset, bytes, size);
	if (t->length >= t->expected) {
		record_gathered(t);
		if (insn->size > 0 && !insn->hidden)
			pmem2_exact_unlock(t);
	}
}

/* ---- before an instruction that may store ---- */

static void note_hidden(struct exact_thread *t, struct exact_insn *insn, uint64_t address)
{
	size_t size = insn->size > 64 ? insn->size : 4096;

	if (insn->size == 2048) /* DC ZVA: the block that has the address */
		address &= ~UINT64_C(2047);
	t->hidden_at = address;
	t->hidden_size = size;
	t->hidden_flags = insn->flags;
	t->hidden_stack = pmem2_exact_stack(t, insn);
}

static void drain_by_lock(struct exact_thread *t, struct exact_insn *insn)
{
	t->waits = false;
	pmem2_exact_record_drain(t->id, PF_DRAIN_LOCKED, pmem2_exact_stack(t, insn));
}

EXACT_STEP(pmem2_exact_on_before, pmem2_exact_events_before);

__attribute__((used)) void pmem2_exact_events_before(unsigned cpu, void *arg, const void *state)
{
	struct exact_insn *insn = arg;
	struct exact_thread *t = pmem2_exact_thread(cpu);
	uint64_t address;

	pmem2_exact_settle(t);
	if (pmem2_exact_high == 0)
		return;
	address = pmem2_exact_address(&insn->operand, cpu, state);
	if (insn->operand.partial || address - pmem2_exact_low + REACH <
					     pmem2_exact_high - pmem2_exact_low + 2 * REACH) {
		if (!is_exclusive(insn, address))
			pmem2_exact_lock(t);
		if (insn->hidden && pmem2_exact_map_of(address) != NULL)
			note_hidden(t, insn, address);
	}
	if (t->waits && (insn->flags & PF_STORE_LOCKED) != 0 && pmem2_exact_locks_drain) {
		pmem2_exact_lock(t);
		drain_by_lock(t, insn);
	}
}

void pmem2_exact_on_block(unsigned cpu, void *arg)
{
	struct exact_thread *t = pmem2_exact_thread(cpu);

	(void)arg;
	if (t->holds || t->hidden_size > 0)
		pmem2_exact_settle(t);
}

/* ---- flushes and fences ---- */

/* The stack comes first: with it the module that the flush is in is known. */
static void flush_elsewhere(struct exact_thread *t, struct exact_insn *insn, uint64_t address,
	uint64_t stack_pointer)
{
	uint32_t stack;

	if (pmem2_exact_high == 0)
		return;
	pmem2_exact_lock(t);
	stack = pmem2_exact_stack(t, insn);
	if (pmem2_exact_is_stray(t, address, stack_pointer))
		pmem2_exact_record_stray(t->id, address, stack);
	pmem2_exact_unlock(t);
}

EXACT_STEP(pmem2_exact_on_flush, pmem2_exact_events_flush);

__attribute__((used)) void pmem2_exact_events_flush(unsigned cpu, void *arg, const void *state)
{
	struct exact_insn *insn = arg;
	struct exact_thread *t = pmem2_exact_thread(cpu);
	uint64_t named = pmem2_exact_address(&insn->operand, cpu, state);
	uint64_t address = named & ~(uint64_t)(PF_LINE - 1);
	const struct exact_map *map = NULL;

	pmem2_exact_settle(t);
	if (pmem2_exact_is_near(address)) {
		pmem2_exact_lock(t);
		map = pmem2_exact_map_of(address);
	}
	if (map == NULL) {
		flush_elsewhere(t, insn, named, pmem2_exact_stack_pointer(cpu, state));
	} else {
		size_t offset = map->offset + (address - map->address);

		pmem2_exact_file_touch(map->file, offset, PF_LINE);
		pmem2_exact_compare(t, map, address, PF_LINE, PF_STORE_UNSEEN, 0);
		pmem2_exact_record_flush(t->id, map->file, offset, PF_LINE,
			(enum pf_flush_kind)insn->detail, pmem2_exact_stack(t, insn));
		t->waits = t->waits || insn->detail != PF_FLUSH_CLFLUSH;
	}
	pmem2_exact_unlock(t);
}

void pmem2_exact_on_drain(unsigned cpu, void *arg)
{
	struct exact_insn *insn = arg;
	struct exact_thread *t = pmem2_exact_thread(cpu);

	pmem2_exact_settle(t);
	if (pmem2_exact_high == 0)
		return;
	pmem2_exact_lock(t);
	t->waits = false;
	pmem2_exact_compare_some(t);
	pmem2_exact_record_drain(t->id, (enum pf_drain_kind)insn->detail,
		pmem2_exact_stack(t, insn));
	pmem2_exact_unlock(t);
}

/* ---- calls ---- */

EXACT_STEP(pmem2_exact_on_call, pmem2_exact_events_call);

__attribute__((used)) void pmem2_exact_events_call(unsigned cpu, void *arg, const void *state)
{
	pmem2_exact_called(pmem2_exact_thread(cpu), arg, pmem2_exact_stack_pointer(cpu, state));
}

EXACT_STEP(pmem2_exact_on_return, pmem2_exact_events_ret);

__attribute__((used)) void pmem2_exact_events_ret(unsigned cpu, void *arg, const void *state)
{
	(void)arg;
	pmem2_exact_returned(pmem2_exact_thread(cpu), pmem2_exact_stack_pointer(cpu, state));
}
