/* SPDX-License-Identifier: BSD-3-Clause */
/* learn.c -- which bytes of its files a program stores and never flushes. */
#include "learn.h"

#include <string.h>

#include "common/say.h"
#include "common/volatiles.h"
#include "powerfail/model.h"
#include "powerfail/volatile.h"
#include "replay.h"
#include "trace.h"

enum { WORD = 8, ADDRESS_BITS = 48 };

struct learning {
	struct volatiles *list;
	bool failed;
};

/* The bytes of the line that one store wrote, where that is known. */
static uint64_t bytes_of_store(const struct replay *r, const struct pf_version *v)
{
	const struct pf_record *record = v->stored ? trace_record(r->trace, v->event) : NULL;
	const struct pf_record_store *s = (const struct pf_record_store *)record;
	size_t begin = v->line * PF_LINE, end = begin + PF_LINE;

	if (record == NULL || pmem2_pf_record_kind(record) != PF_RECORD_STORE)
		return 0;
	if (s->offset > begin)
		begin = s->offset;
	if (s->offset + s->length < end)
		end = s->offset + s->length;
	return begin < end
	               ? pmem2_pf_volatile_bits(begin - v->line * PF_LINE, end - v->line * PF_LINE)
	               : 0;
}

/*
 * A word that holds an address, and differs in both halves, was stored as a whole: bytes of it that are by chance as they were
 * are others the next time.
 */
static uint64_t whole_addresses(uint64_t differing, const char *content)
{
	for (int at = 0; at < PF_LINE; at += WORD) {
		uint64_t here = differing >> at & 0xff, word;

		memcpy(&word, content + at, WORD);
		if (word >> ADDRESS_BITS == 0 && word >> (ADDRESS_BITS - 2) != 0 &&
			__builtin_popcountll(here & 0x0e) >= 2 && (here & 0x30) != 0)
			differing |= UINT64_C(0xff) << at;
	}
	return differing;
}

/* What was stored to the line since it was last flushed; the version is the newest, and dirty. */
static uint64_t bytes_not_flushed(const struct replay *r, const struct pf_version *newest)
{
	const char *before = pmem2_pf_medium_line(newest->medium, newest->line);
	uint64_t stored = 0, differing = 0;

	for (const struct pf_version *v = newest;; v = pmem2_pf_version(r->model, v->older)) {
		if (v->thread != NULL) {
			before = v->content;
			break;
		}
		stored |= bytes_of_store(r, v);
		if (v->older == 0)
			break;
	}
	for (int i = 0; i < PF_LINE; i++)
		if (newest->content[i] != before[i])
			differing |= UINT64_C(1) << i;
	if (r->trace->reader.header->recorder != PF_RECORDER_EXACT)
		differing = whole_addresses(differing, newest->content);
	return stored | differing;
}

static void add_line(struct learning *l, const struct replay *r, const struct pf_version *v)
{
	uint64_t bytes = bytes_not_flushed(r, v);

	for (uint64_t i = 0; i < PF_LINE; i++) {
		struct volatile_part part = {
			.file = v->medium->path,
			.begin = v->line * PF_LINE + i,
			.learnt = true,
		};

		while (i < PF_LINE && (bytes >> i & 1) != 0)
			i++;
		part.end = v->line * PF_LINE + i;
		if (part.end > part.begin)
			l->failed = !volatiles_add(l->list, &part) || l->failed;
	}
}

/* The lines of a mapping that ends; NULL: of all. */
static void add_lines(struct learning *l, const struct replay *r, const struct attached *map)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);

		if (!pmem2_pf_is_newest(r->model, i) || v->thread != NULL)
			continue;
		if (map != NULL ? replay_is_in_map(v, map) : replay_is_in_any_map(v, r))
			add_line(l, r, v);
	}
}

static void before_record(void *arg, struct replay *r)
{
	const struct pf_record *record = trace_record(r->trace, r->event + 1);
	const struct pf_record_map *d = (const struct pf_record_map *)record;

	if (pmem2_pf_record_kind(record) != PF_RECORD_DETACH)
		return;
	for (size_t i = 0; i < r->map_count; i++)
		if (r->maps[i].address == d->address && !r->maps[i].medium->pages)
			add_lines(arg, r, &r->maps[i]);
}

static int learn_from(struct learning *l, const struct trace *trace, bool coherent)
{
	const struct pf_record *record;
	struct replay r;
	int ret = replay_open(&r, trace);

	r.coherent = coherent;
	r.before_each = before_record;
	r.before_arg = l;
	while (ret == 0 && (record = replay_next(&r)) != NULL)
		replay_apply(&r, record);
	if (ret == 0 && !r.failed) {
		replay_finish(&r, true);
		add_lines(l, &r, NULL);
	}
	if (ret != 0 || r.failed || r.broken)
		ret = say_failed("%s: %s", trace->path,
			r.error[0] != '\0' ? r.error : "the trace could not go on");
	else if (l->failed)
		ret = say_failed("no memory");
	replay_close(&r);
	return ret;
}

int learn(struct volatiles *list, const char *path, bool coherent)
{
	struct learning l = {.list = list};
	struct trace trace;
	int ret;

	if (trace_open(&trace, path) != 0)
		return say_failed("%s", trace.error);
	ret = learn_from(&l, &trace, coherent);
	trace_close(&trace);
	return ret;
}
