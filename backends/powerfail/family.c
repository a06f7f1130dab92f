/* SPDX-License-Identifier: BSD-3-Clause */
/* family.c -- what the other processes of a family made durable. */
#include "family.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "files.h"
#include "powerfail/model.h"
#include "records.h"

enum { ENTRIES = 1 << 20 }; /* lines that a family can tell of */

struct entry {
	uint32_t ready;
	uint32_t member; /* that drained */
	struct pf_identity file;
	uint64_t line;
	char content[PF_LINE];
};

/* An entry is written once. */
struct family {
	struct pf_family head;
	struct entry entry[ENTRIES];
};

static struct pf_engine *const engine = &pmem2_pf_engine;

static struct pf_family alone = {.members = 1};

struct pf_family *pmem2_pf_family = &alone;
uint64_t pmem2_pf_family_seen;

static struct entry *entries;
static uint32_t self = 1; /* number of this member */
static bool is_told;      /* that something of it is not in the trace */

/* Before a fork: the parent tells what it drains from then on, even if the child has done nothing yet. */
static void join(void)
{
	__atomic_add_fetch(&pmem2_pf_family->members, 1, __ATOMIC_RELAXED);
}

int pmem2_pf_family_init(void)
{
	struct family *family = mmap(NULL, sizeof(*family), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (family == MAP_FAILED)
		return -errno;
	family->head.members = 1;
	entries = family->entry;
	pmem2_pf_family = &family->head;
	return -pthread_atfork(join, NULL, NULL);
}

void pmem2_pf_family_forked(void)
{
	self = __atomic_add_fetch(&pmem2_pf_family->members, 1, __ATOMIC_RELAXED);
	is_told = false;
}

void pmem2_pf_family_tell(const struct pf_medium *medium, size_t line, const char *content)
{
	struct entry *e;
	uint64_t i = __atomic_fetch_add(&pmem2_pf_family->told, 1, __ATOMIC_RELAXED);

	if (i >= ENTRIES)
		return;
	e = &entries[i];
	e->member = self;
	e->file = medium->identity;
	e->line = line;
	memcpy(e->content, content, PF_LINE);
	__atomic_store_n(&e->ready, 1, __ATOMIC_RELEASE);
}

/* What this process has flushed itself and not drained may be newer: its own drain decides. */
static bool is_pending(const struct pf_medium *medium, size_t line)
{
	uint32_t i = *pmem2_pf_slot(engine->model, medium, line);

	while (i != 0) {
		const struct pf_version *v = pmem2_pf_version(engine->model, i);

		if (v->thread != NULL)
			return true;
		i = v->older;
	}
	return false;
}

static void note_once(const char *text)
{
	if (!is_told)
		pmem2_pf_record_note(text);
	is_told = true;
}

static void take_over(const struct entry *e)
{
	struct pf_medium *medium = pmem2_pf_files_find(&e->file);
	const struct pf_map map = {.medium = medium};
	const struct pf_lines lines = {&map, e->line * PF_LINE, PF_LINE, e->content};

	if (medium == NULL || lines.offset + PF_LINE > medium->capacity)
		return;
	if (is_pending(medium, e->line)) {
		note_once(
			"another process drained a line that this one had flushed and not drained: "
			"what it drained is not in the trace");
		return;
	}
	pmem2_pf_model_write(engine->model, medium, e->line, pmem2_pf_record_written(&lines));
}

void pmem2_pf_family_take_over(void)
{
	uint64_t told = __atomic_load_n(&pmem2_pf_family->told, __ATOMIC_RELAXED);

	for (; pmem2_pf_family_seen < told && pmem2_pf_family_seen < ENTRIES;
		pmem2_pf_family_seen++) {
		const struct entry *e = &entries[pmem2_pf_family_seen];

		if (__atomic_load_n(&e->ready, __ATOMIC_ACQUIRE) == 0)
			return;
		if (e->member != self)
			take_over(e);
	}
	if (told > ENTRIES)
		note_once(
			"the processes drained more lines than they can tell each other: what one "
			"drained later is taken for lost by the others");
}
