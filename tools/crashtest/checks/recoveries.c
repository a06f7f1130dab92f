/* SPDX-License-Identifier: BSD-3-Clause */
/* recoveries.c -- the recoveries that ran on images, and left a trace. */
#include "recoveries.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/array.h"
#include "images/image.h"
#include "images/place.h"
#include "replay/trace.h"

enum { MOST = 16 }; /* of one kind that are kept, unless all are */

int recoveries_init(struct recoveries *list, const char *place, bool all)
{
	*list = (struct recoveries){.all = all, .random = UINT64_C(0x9e3779b97f4a7c15)};
	snprintf(list->directory, sizeof(list->directory), "%.4000s/pmem2-crashtest.XXXXXX", place);
	if (mkdtemp(list->directory) != NULL)
		return 0;
	list->directory[0] = '\0';
	return -errno;
}

static void drop(struct recovery *r)
{
	if (r->trace != NULL)
		unlink(r->trace);
	free(r->trace);
	base_free(&r->base);
}

void recoveries_finish(struct recoveries *list)
{
	for (size_t i = 0; i < list->count; i++)
		drop(&list->one[i]);
	if (list->directory[0] != '\0')
		rmdir(list->directory);
	free(list->one);
	free(list->kind);
	*list = (struct recoveries){0};
}

/* ---- kinds ---- */

static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

/* A frame as it is in its file: where that lies in memory changes from one process to the next. */
static uint64_t place_in_module(const struct trace *t, uint64_t frame)
{
	for (uint64_t i = 1; i <= t->records; i++) {
		const struct pf_record *record = trace_record(t, i);
		const struct pf_record_module *m = (const struct pf_record_module *)record;

		if (pmem2_pf_record_kind(record) == PF_RECORD_MODULE && frame >= m->begin &&
			frame < m->end)
			return frame - m->bias;
	}
	return frame;
}

static uint64_t hash_stack(const struct trace *t, const struct pf_record_stack *s)
{
	uint64_t h = s->frames;

	for (uint64_t i = 0; i < s->frames; i++)
		h = mix(h ^ place_in_module(t, s->frame[i]));
	return h;
}

/* Where it did something: each stack is in a trace once, when it is first needed. 0: it changed nothing. */
static uint64_t places_of(const struct trace *t)
{
	uint64_t places = 0;
	bool acts = false;

	for (uint64_t i = 1; i <= t->records; i++) {
		const struct pf_record *record = trace_record(t, i);
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		if (kind == PF_RECORD_STACK)
			places += hash_stack(t, (const struct pf_record_stack *)record);
		acts = acts || kind == PF_RECORD_FLUSH || kind == PF_RECORD_DIRTY ||
		       kind == PF_RECORD_STORE;
	}
	return acts ? places | 1 : 0;
}

static struct recovery_kind *find_kind(struct recoveries *list, uint64_t places)
{
	struct recovery_kind *grown;

	for (size_t i = 0; i < list->kinds; i++)
		if (list->kind[i].places == places)
			return &list->kind[i];
	grown = realloc(list->kind, (list->kinds + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	list->kind = grown;
	grown[list->kinds] = (struct recovery_kind){.places = places};
	return &grown[list->kinds++];
}

/* ---- one ---- */

/* The n-th of a kind. */
static struct recovery *find_one(struct recoveries *list, size_t kind, size_t n)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->one[i].kind == kind && n-- == 0)
			return &list->one[i];
	return NULL;
}

/* Where the next one of a kind goes; NULL: it is not kept. */
static struct recovery *make_room(struct recoveries *list, struct recovery_kind *kind)
{
	size_t number = (size_t)(kind - list->kind), chosen;

	kind->seen++;
	if (list->all || kind->kept < MOST) {
		if (!array_grow(&list->one, list->count, &list->room, sizeof(*list->one))) {
			list->failed = true;
			return NULL;
		}
		kind->kept++;
		list->one[list->count] = (struct recovery){.kind = number};
		return &list->one[list->count++];
	}
	list->random = mix(list->random + 1);
	chosen = list->random % kind->seen;
	if (chosen >= MOST)
		return NULL;
	struct recovery *r = find_one(list, number, chosen);
	drop(r);
	*r = (struct recovery){.kind = number};
	return r;
}

static bool keep(struct recoveries *list, struct recovery *r, const struct images *images,
	const struct trace *t, const char *ack)
{
	char prefix[PATH_MAX + 24], path[PATH_MAX + 32];

	snprintf(prefix, sizeof(prefix), "%s/%llu", list->directory,
		(unsigned long long)list->number++);
	snprintf(path, sizeof(path), "%s.trace", prefix);
	r->trace = strdup(path);
	return r->trace != NULL &&
	       base_note(&r->base, images->directory,
		       images->base != NULL ? images->base->place : images->place, t, prefix,
		       ack) &&
	       place_move(t->path, r->trace) == 0;
}

static void take(struct recoveries *list, const struct images *images, const char *path,
	const char *ack, uint64_t left, const struct check *check)
{
	struct recovery_kind *kind;
	struct recovery *r;
	struct trace t;
	uint64_t places;

	if (trace_open(&t, path) != 0)
		return;
	places = places_of(&t);
	kind = places != 0 ? find_kind(list, places) : NULL;
	list->seen += places != 0;
	r = kind != NULL ? make_room(list, kind) : NULL;
	if (r != NULL) {
		r->event = check->event;
		snprintf(r->name, sizeof(r->name), "%s", check->name);
		list->failed = !keep(list, r, images, &t, ack) || list->failed;
		r->base.left = left;
	}
	trace_close(&t);
}

void recoveries_take(struct recoveries *list, const struct images *images, const char *trace,
	const char *ack, uint64_t left, const struct check *check)
{
	char pattern[PATH_MAX + 2];
	glob_t found = {0};

	snprintf(pattern, sizeof(pattern), "%.4000s*", trace);
	if (glob(pattern, 0, NULL, &found) != 0)
		list->without++;
	for (size_t i = 0; i < found.gl_pathc; i++)
		take(list, images, found.gl_pathv[i], ack, left, check);
	globfree(&found);
	recoveries_remove(trace);
}

void recoveries_forget(struct recoveries *list, const struct check *check)
{
	for (size_t i = list->count; i-- > 0;) {
		struct recovery *r = &list->one[i];

		if (r->event != check->event || strcmp(r->name, check->name) != 0)
			continue;
		list->kind[r->kind].kept--;
		drop(r);
		*r = list->one[--list->count];
	}
}

void recoveries_remove(const char *trace)
{
	char pattern[PATH_MAX + 2];
	glob_t found = {0};

	snprintf(pattern, sizeof(pattern), "%.4000s*", trace);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
	globfree(&found);
}

/* ---- order ---- */

static int by_turn(const void *a, const void *b)
{
	const struct recovery *r = a, *s = b;

	if (r->number != s->number)
		return r->number < s->number ? -1 : 1;
	return r->kind < s->kind ? -1 : r->kind > s->kind;
}

void recoveries_sort(struct recoveries *list)
{
	for (size_t i = 0; i < list->kinds; i++)
		list->kind[i].kept = 0;
	for (size_t i = 0; i < list->count; i++)
		list->one[i].number = list->kind[list->one[i].kind].kept++;
	if (list->count > 0)
		qsort(list->one, list->count, sizeof(*list->one), by_turn);
}
