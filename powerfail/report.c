/* SPDX-License-Identifier: BSD-3-Clause */
/* report.c -- what was found about a program's flushes and drains. */
#include "powerfail/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "powerfail/medium.h"

enum { SLOTS = 1 << 16, MOST = SLOTS / 2 }; /* findings */

static const size_t reserve = (size_t)MOST * sizeof(struct pf_finding);

int pmem2_pf_report_init(struct pf_report *report)
{
	memset(report, 0, sizeof(*report));
	report->slots = mmap(NULL, SLOTS * sizeof(*report->slots), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (report->slots == MAP_FAILED)
		return -ENOMEM;
	return pmem2_pf_arena_init(&report->findings, reserve > 16 << 20 ? reserve : 16 << 20);
}

void pmem2_pf_report_finish(struct pf_report *report)
{
	munmap(report->slots, SLOTS * sizeof(*report->slots));
	pmem2_pf_arena_finish(&report->findings);
}

void pmem2_pf_report_clear(struct pf_report *report)
{
	struct pf_report cleared = {.findings = report->findings, .slots = report->slots};

	memset(cleared.slots, 0, SLOTS * sizeof(*cleared.slots));
	pmem2_pf_arena_clear(&cleared.findings);
	*report = cleared;
}

/* ---- counting ---- */

static struct pf_finding *add(struct pf_report *report, enum pf_class class, uint32_t stack)
{
	struct pf_finding *f = NULL;

	if (pmem2_pf_findings(report) < MOST)
		f = pmem2_pf_arena_take(&report->findings, sizeof(*f));
	if (f == NULL) {
		report->omitted++;
		return NULL;
	}
	f->class = class;
	f->stack = stack;
	return f;
}

void pmem2_pf_report_count(struct pf_report *report, enum pf_class class, uint32_t stack,
	uint32_t file, size_t offset, size_t length)
{
	uint32_t slot = (stack * PF_CLASSES + class) * UINT32_C(0x9e3779b1) >> 16;
	struct pf_finding *f;

	report->count[class]++;
	while (report->slots[slot % SLOTS] != 0) {
		f = pmem2_pf_finding(report, report->slots[slot % SLOTS] - 1);
		if (f->class == class && f->stack == stack) {
			f->count++;
			return;
		}
		slot++;
	}

	f = add(report, class, stack);
	if (f == NULL)
		return;
	report->slots[slot % SLOTS] = (uint32_t)pmem2_pf_findings(report);
	f->count = 1;
	f->file = file;
	f->offset = offset;
	f->length = length;
}

/* As much of some bytes as the glimpse has room for, at a place in it. */
static void glimpse(char *to, size_t at, const char *bytes, size_t size)
{
	if (at < PF_GLIMPSE)
		memcpy(to + at, bytes, size < PF_GLIMPSE - at ? size : PF_GLIMPSE - at);
}

/* The finding before, if it ends in the line before this one. */
static struct pf_finding *neighbour(const struct pf_report *report, enum pf_class class,
	uint32_t stack, uint32_t file, size_t line)
{
	size_t count = pmem2_pf_findings(report);
	struct pf_finding *f = count > 0 ? pmem2_pf_finding(report, count - 1) : NULL;

	if (f == NULL || f->class != class || f->stack != stack || f->file != file)
		return NULL;
	return (f->offset + f->length - 1) / PF_LINE + 1 == line ? f : NULL;
}

void pmem2_pf_report_lost(struct pf_report *report, enum pf_class class, uint32_t stack,
	uint32_t file, size_t line, const char *live, const char *durable)
{
	size_t first = 0, last = PF_LINE;
	struct pf_finding *f;

	while (first < PF_LINE && live[first] == durable[first])
		first++;
	if (first == PF_LINE)
		return;
	while (live[last - 1] == durable[last - 1])
		last--;

	f = neighbour(report, class, stack, file, line);
	if (f != NULL) {
		glimpse(f->live, line * PF_LINE - f->offset, live, PF_LINE);
		glimpse(f->durable, line * PF_LINE - f->offset, durable, PF_LINE);
		f->length = line * PF_LINE + last - f->offset;
		return;
	}
	report->count[class]++;
	f = add(report, class, stack);
	if (f == NULL)
		return;
	f->count = 1;
	f->file = file;
	f->offset = line * PF_LINE + first;
	f->length = last - first;
	glimpse(f->live, 0, live + first, PF_LINE - first);
	glimpse(f->durable, 0, durable + first, PF_LINE - first);
}

const char *pmem2_pf_class_name(enum pf_class class, bool token)
{
	static const char *const names[][2] = {
		{"missing flush", "missing-flush"},
		{"flush without drain", "missing-drain"},
		{"flush of memory that is in no mapping", "stray-flush"},
		{"redundant flush", "redundant-flush"},
		{"line flushed again before the drain", "repeated-flush"},
		{"drain with nothing pending", "empty-drain"},
	};

	return names[class][token];
}
