/* SPDX-License-Identifier: BSD-3-Clause */
/* results.c -- failed checks, gathered. */
#include "results.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/mend.h"

enum { MOST_SENTENCES = 64 }; /* groups up to which what the checker said tells them apart */

/* A word of a line, from *text on, which then is after it; how long it is, 0 at the end. */
static size_t next_word(const char **text, const char **word, bool *number)
{
	const char *c = *text;

	while (*c != '\0' && !isalnum((unsigned char)*c))
		c++;
	*word = c;
	*number = false;
	for (; isalnum((unsigned char)*c); c++)
		*number = *number || isdigit((unsigned char)*c);
	*text = c;
	return (size_t)(c - *word);
}

/* How many words of two lines differ; those with a digit are alike. *words: how many there are. */
static unsigned differing(const char *a, const char *b, unsigned *words)
{
	unsigned differ = 0;

	for (*words = 0;; ++*words) {
		const char *v, *w;
		bool x, y;
		size_t m = next_word(&a, &v, &x), n = next_word(&b, &w, &y);

		if (m == 0 && n == 0)
			return differ;
		if (x != y || (!x && (m != n || memcmp(v, w, n) != 0)))
			differ++;
	}
}

bool results_alike(const struct outcome *a, const struct outcome *b, enum alike how)
{
	unsigned words, differ;

	if (a->kind != b->kind || a->code != b->code)
		return false;
	differ = differing(a->output, b->output, &words);
	return how == ALIKE_ANYHOW || differ == 0 || (how == ALIKE_MOSTLY && 3 * differ <= words);
}

static struct group *find_group(struct results *results, const struct check *check,
	const struct outcome *outcome)
{
	struct group *grown;

	for (size_t i = 0; i < results->count; i++) {
		struct group *g = &results->group[i];

		if (g->stack == check->stack && g->cut == check->cut && g->torn == check->torn &&
			g->outcome.stage == outcome->stage &&
			results_alike(&g->outcome, outcome,
				results->count < MOST_SENTENCES ? ALIKE_BUT_NUMBERS : ALIKE_ANYHOW))
			return g;
	}

	grown = realloc(results->group, (results->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return NULL;
	results->group = grown;
	grown += results->count;
	*grown = (struct group){
		.stack = check->stack,
		.cut = check->cut,
		.torn = check->torn,
		.outcome = *outcome,
		.event = check->event,
		.number = check->number,
		.name = strdup(check->name),
	};
	if (grown->name == NULL)
		return NULL;
	results->count++;
	return grown;
}

static bool put_first(struct group *g, const struct check *check, const struct outcome *outcome)
{
	char *name = strdup(check->name);

	if (name == NULL)
		return false;
	free(g->name);
	g->name = name;
	g->event = check->event;
	g->outcome = *outcome;
	g->number = check->number;
	return true;
}

void results_add(struct results *results, const struct check *check, const struct outcome *outcome)
{
	struct group *g = find_group(results, check, outcome);

	if (g == NULL || (check->number < g->number && !put_first(g, check, outcome))) {
		results->failed = true;
		return;
	}
	g->count++;
}

static int by_number(const void *a, const void *b)
{
	const struct group *g = a, *h = b;

	return g->number < h->number ? -1 : g->number > h->number;
}

void results_sort(struct results *results)
{
	if (results->count > 0)
		qsort(results->group, results->count, sizeof(*results->group), by_number);
}

size_t results_failed(const struct results *results)
{
	size_t failed = 0;

	for (size_t i = 0; i < results->count; i++)
		failed += results->group[i].count;
	return failed;
}

size_t results_failed_at(const struct results *results, uint32_t stack, enum cut cut)
{
	size_t failed = 0;

	for (size_t i = 0; i < results->count; i++)
		if (results->group[i].stack == stack && results->group[i].cut == cut)
			failed += results->group[i].settled;
	return failed;
}

void results_settle(struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		results->group[i].settled = results->group[i].count;
}

bool results_hung_at(const struct results *results, uint32_t stack, enum cut cut)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct group *g = &results->group[i];

		if (g->stack == stack && g->cut == cut && g->outcome.kind == CHECK_HUNG)
			return true;
	}
	return false;
}

void results_conclude(struct group *group, enum fault fault, const char *format, ...)
{
	va_list args;

	group->fault = fault;
	va_start(args, format);
	vsnprintf(group->explanation, sizeof(group->explanation), format, args);
	va_end(args);
}

void results_conclude_otherwise(struct group *group)
{
	group->otherwise = malloc(sizeof(*group));
	if (group->otherwise != NULL)
		*group->otherwise = *group;
}

void results_proven(struct group *group, const struct mend *mend)
{
	struct group *o = group->otherwise;

	group->proven = mend;
	if (o == NULL)
		return;
	group->fault = o->fault;
	memcpy(group->explanation, o->explanation, sizeof(o->explanation));
	memcpy(group->cause, o->cause, sizeof(o->cause));
}

static void swap(struct group *a, struct group *b)
{
	struct group other = *a;

	*a = *b;
	*b = other;
}

void results_join(struct results *results, size_t known, size_t group)
{
	struct group *k = &results->group[known], *g = &results->group[group];
	struct mend *mend = malloc(sizeof(*mend));

	if (mend == NULL) {
		results->failed = true;
		return;
	}
	*mend = *k->proven;
	free(g->mends);
	g->mends = mend;
	g->mend_count = 1;
	g->proven = mend;
	g->fault = k->fault;
	memcpy(g->explanation, k->explanation, sizeof(g->explanation));
	memcpy(g->cause, k->cause, sizeof(g->cause));
	if (group < known) /* the known one stands for both */
		swap(g, k);
}

bool results_one_cause(const struct group *g, const struct group *h)
{
	if (g->proven != NULL && h->proven != NULL && g->fault == h->fault && g->torn == h->torn &&
		strcmp(g->proven->text, h->proven->text) == 0)
		return true;
	return g->cause[0] != '\0' && strcmp(g->cause, h->cause) == 0 && g->torn == h->torn &&
	       ((g->place != 0 && g->place == h->place) ||
		       results_alike(&g->outcome, &h->outcome, ALIKE_MOSTLY));
}

/* One flush comes too early, or of several lines that have to change together one is the same. */
static bool share_site(const struct group *g, const struct group *h)
{
	if (g->fault != h->fault || g->torn != h->torn)
		return false;
	if (g->fault == FAULT_WRONG_ORDER || g->fault == FAULT_MISSING_DRAIN)
		return g->site[1] != 0 && g->site[1] == h->site[1];
	for (int i = 0; g->fault == FAULT_NOT_ATOMIC && i < 4; i++)
		if (g->site[i / 2] != 0 && g->site[i / 2] == h->site[i % 2])
			return true;
	return false;
}

bool results_one_fault(const struct group *g, const struct group *h)
{
	if (results_one_cause(g, h) || share_site(g, h))
		return true;
	return g->cause[0] != '\0' && strcmp(g->cause, h->cause) == 0 && g->torn == h->torn &&
	       ((g->field != 0 && g->field == h->field) || (g->is_told && h->is_told));
}

bool results_copy(struct group *to, const struct group *from)
{
	*to = *from;
	to->name = strdup(from->name);
	to->otherwise = NULL;
	to->mends = NULL;
	to->proven = NULL;
	if (from->proven != NULL) {
		to->mends = malloc(sizeof(*to->mends));
		if (to->mends != NULL)
			to->proven = memcpy(to->mends, from->proven, sizeof(*to->mends));
	}
	to->mend_count = to->proven != NULL;
	return to->name != NULL && (to->proven != NULL) == (from->proven != NULL);
}

void results_forget(struct group *g)
{
	free(g->name);
	free(g->mends);
	free(g->otherwise);
}

/* The one that something is proven to mend stands for both, or else the first. */
static void gather(struct group *first, struct group *g)
{
	uint64_t count = first->count + g->count, merged = first->merged + g->merged + 1;

	if (first->proven == NULL && g->proven != NULL)
		swap(first, g);
	first->count = count;
	first->merged = merged;
	results_forget(g);
}

void results_merge(struct results *results,
	bool (*alike)(const struct group *, const struct group *))
{
	size_t count = 0;

	for (size_t i = 0; i < results->count; i++) {
		struct group *g = &results->group[i], *first = NULL;

		for (size_t j = 0; j < count && first == NULL; j++)
			if (alike(&results->group[j], g))
				first = &results->group[j];
		if (first == NULL)
			results->group[count++] = *g;
		else
			gather(first, g);
	}
	results->count = count;
}

void results_free(struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		results_forget(&results->group[i]);
	free(results->group);
	*results = (struct results){0};
}

const char *results_fault_name(enum fault fault, bool token)
{
	static const char *const names[][2] = {
		{"not known", "unknown"},
		{"unsteady checker", "unsteady"},
		{"missing flush", "missing-flush"},
		{"missing flush of the end of a range", "partial-flush"},
		{"drain in another thread", "other-thread"},
		{"missing drain", "missing-drain"},
		{"flush and drain in the wrong order", "wrong-order"},
		{"not atomic", "not-atomic"},
		{"order not kept", "unordered"},
		{"astride two lines", "astride"},
		{"torn line", "torn"},
		{"stores to one line in the wrong order", "line-order"},
		{"a value that was overwritten before it was flushed can be durable",
			"overwritten"},
		{"stored after its flush", "after-flush"},
		{"stale content", "stale"},
		{"recovery", "recovery"},
		{"recovery that cannot begin again", "not-idempotent"},
		{"acknowledged before it is durable", "acknowledged"},
	};

	return names[fault][token];
}
