/* SPDX-License-Identifier: BSD-3-Clause */
/* stacks.c -- from where an operation was called. */
#include "powerfail/stacks.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "powerfail/frames.h"

enum { SLOTS = 1 << 18 };

static const size_t reserve = (size_t)1 << 30; /* bytes of address space for stacks */

int pmem2_pf_stacks_init(struct pf_stacks *stacks)
{
	int ret = pmem2_pf_arena_init(&stacks->arena, reserve);

	if (ret != 0)
		return ret;
	stacks->slots = mmap(NULL, SLOTS * sizeof(uint32_t), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stacks->slots == MAP_FAILED ||
		pmem2_pf_arena_take(&stacks->arena, sizeof(struct pf_stack)) == NULL) {
		pmem2_pf_arena_finish(&stacks->arena);
		return -ENOMEM;
	}
	return 0;
}

/* ---- numbers ---- */

static uint32_t hash_of(const struct pf_frames *frames)
{
	uint64_t h = frames->count;

	for (size_t i = 0; i < frames->count; i++)
		h = (h ^ frames->frame[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 29);
	return (uint32_t)(h >> 32);
}

static bool is_stack(const struct pf_stack *s, uint32_t hash, const struct pf_frames *frames)
{
	return s->hash == hash && s->count == frames->count &&
	       memcmp(s->frame, frames->frame, frames->count * sizeof(uintptr_t)) == 0;
}

static uint32_t add_stack(struct pf_stacks *stacks, uint32_t hash, const struct pf_frames *frames)
{
	struct pf_stack *s = NULL;

	if (stacks->taken < SLOTS / 2)
		s = pmem2_pf_arena_take(&stacks->arena,
			sizeof(*s) + frames->count * sizeof(uintptr_t));
	if (s == NULL)
		return 0;

	s->hash = hash;
	s->count = (uint32_t)frames->count;
	memcpy(s->frame, frames->frame, frames->count * sizeof(uintptr_t));
	stacks->taken++;
	return (uint32_t)(((char *)s - stacks->arena.base) / 16);
}

uint32_t pmem2_pf_stack_number(struct pf_stacks *stacks, const struct pf_frames *frames,
	bool *fresh)
{
	uint32_t hash = hash_of(frames);
	uint32_t slot = hash % SLOTS;

	*fresh = false;
	while (stacks->slots[slot] != 0) {
		uint32_t number = stacks->slots[slot];

		if (is_stack(pmem2_pf_stack(stacks, number), hash, frames))
			return number;
		slot = (slot + 1) % SLOTS;
	}

	stacks->slots[slot] = add_stack(stacks, hash, frames);
	*fresh = stacks->slots[slot] != 0;
	return stacks->slots[slot];
}

uint32_t pmem2_pf_stack_next(const struct pf_stacks *stacks, uint32_t number)
{
	size_t size = sizeof(struct pf_stack);

	if (number != 0)
		size += pmem2_pf_stack(stacks, number)->count * sizeof(uintptr_t);
	number += (uint32_t)((size + 15) / 16);
	return (size_t)number * 16 < stacks->arena.used ? number : 0;
}

/* ---- modules ---- */

struct visiting {
	void (*visit)(const struct pf_module *module, void *arg);
	void *arg;
};

static int visit_module(struct dl_phdr_info *info, size_t size, void *arg)
{
	const struct visiting *v = arg;
	struct pf_module m = {.begin = UINTPTR_MAX, .bias = info->dlpi_addr};
	char path[PATH_MAX];

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t begin = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD)
			continue;
		m.begin = begin < m.begin ? begin : m.begin;
		m.end = begin + p->p_memsz > m.end ? begin + p->p_memsz : m.end;
	}

	m.path = info->dlpi_name;
	if (info->dlpi_name[0] == '\0') { /* the program itself */
		ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

		path[n > 0 ? n : 0] = '\0';
		m.path = path;
	}
	if (m.begin < m.end)
		v->visit(&m, v->arg);
	return 0;
}

void pmem2_pf_modules(void (*visit)(const struct pf_module *module, void *arg), void *arg)
{
	struct visiting v = {visit, arg};

	dl_iterate_phdr(visit_module, &v);
}
