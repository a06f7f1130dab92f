/* SPDX-License-Identifier: BSD-3-Clause */
/* report.h -- what was found about a program's flushes and drains, counted by call site. */
#ifndef POWERFAIL_REPORT_H
#define POWERFAIL_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "powerfail/arena.h"

struct pf_module;

/* Gravest first. The first three can lose data, the others only cost time. */
enum pf_class {
	PF_MISSING_FLUSH,   /* differs from what is durable, and nobody flushed it */
	PF_MISSING_DRAIN,   /* flushed, and not drained by the thread that did */
	PF_STRAY_FLUSH,     /* of memory that is in no mapping: what was meant is not flushed */
	PF_REDUNDANT_FLUSH, /* of a line equal to what is durable */
	PF_REPEATED_FLUSH,  /* of a line that the thread flushed since its last drain */
	PF_EMPTY_DRAIN,     /* with nothing to wait for */
	PF_CLASSES
};

enum { PF_GLIMPSE = 16 }; /* bytes */

struct pf_finding {
	enum pf_class class;
	uint32_t stack; /* of what flushed, drained, or stored last; 0: not known */
	uint64_t count;
	uint32_t file; /* of the first: */
	size_t offset,
		length; /* length 0: it is about no bytes; of a stray flush, offset is the address */
	char live[PF_GLIMPSE], durable[PF_GLIMPSE];
} __attribute__((aligned(16))); /* as an arena has them */

struct pf_report {
	struct pf_arena findings;
	uint32_t *slots;
	uint64_t flushes, lines, drains;
	uint64_t count[PF_CLASSES];
	uint64_t omitted; /* findings for which there was no room */
};

/* Who the numbers in findings are. */
struct pf_names {
	const char *program;
	unsigned process;
	const char *(*file)(uint32_t file, void *arg);
	size_t (*stack)(uint32_t stack, const uintptr_t **frames, void *arg);
	const struct pf_module *modules;
	size_t module_count;
	void *arg;
};

int pmem2_pf_report_init(struct pf_report *report);
void pmem2_pf_report_finish(struct pf_report *report);
void pmem2_pf_report_clear(struct pf_report *report);

/* One more of the class at that call site; the place is kept of the first. */
void pmem2_pf_report_count(struct pf_report *report, enum pf_class class, uint32_t stack,
	uint32_t file, size_t offset, size_t length);

/* A line whose content differs from what is durable; neighbours become one finding. */
void pmem2_pf_report_lost(struct pf_report *report, enum pf_class class, uint32_t stack,
	uint32_t file, size_t line, const char *live, const char *durable);

static inline size_t pmem2_pf_findings(const struct pf_report *report)
{
	return report->findings.used / sizeof(struct pf_finding);
}

static inline struct pf_finding *pmem2_pf_finding(const struct pf_report *report, size_t i)
{
	return (struct pf_finding *)(void *)report->findings.base + i;
}

/* "missing flush", or for programs to read "missing-flush" */
const char *pmem2_pf_class_name(enum pf_class class, bool token);

/* Those from `first` on. */
void pmem2_pf_report_text(const struct pf_report *report, size_t first,
	const struct pf_names *names, FILE *out);
void pmem2_pf_report_json(const struct pf_report *report, const struct pf_names *names, FILE *out);

/* "commit (log_file.c:126) < log_append (log_file.c:455)" */
void pmem2_pf_stack_text(uint32_t stack, const struct pf_names *names, char *text, size_t size);

/* The innermost function alone, "commit (log_file.c:126)"; if it was inlined, what it was inlined into as well. */
void pmem2_pf_site_text(uint32_t stack, const struct pf_names *names, char *text, size_t size);

/* A string of JSON, quotes included. */
void pmem2_pf_json_string(const char *text, FILE *out);

#endif
