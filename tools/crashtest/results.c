/* SPDX-License-Identifier: BSD-3-Clause */
/* results.c -- failed checks, gathered. */
#include "results.h"

#include <stdlib.h>
#include <string.h>

static struct group *find_group(struct results *results, const struct check *check,
	const struct outcome *outcome)
{
	struct group *grown;

	for (size_t i = 0; i < results->count; i++) {
		struct group *g = &results->group[i];

		if (g->stack == check->stack && g->cut == check->cut &&
			g->outcome.kind == outcome->kind && g->outcome.code == outcome->code &&
			g->outcome.stage == outcome->stage)
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
		.outcome = *outcome,
		.event = check->event,
		.name = strdup(check->name),
	};
	if (grown->name == NULL)
		return NULL;
	results->count++;
	return grown;
}

void results_add(struct results *results, const struct check *check, const struct outcome *outcome)
{
	struct group *g = find_group(results, check, outcome);

	if (g != NULL)
		g->count++;
	else
		results->failed = true;
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
			failed += results->group[i].count;
	return failed;
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

void results_free(struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		free(results->group[i].name);
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
