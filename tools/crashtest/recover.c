/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recover.c -- power cuts in recoveries.
 *
 * What a recovery left as its trace is tested as the program's trace is. Its images get the next recovery, and so
 * on as deep as the options say. Failures of all recoveries are gathered by the place of the cut.
 */
#include "recover.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks/recoveries.h"
#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "diagnosis/diagnose.h"
#include "images/base.h"
#include "images/place.h"
#include "images/volatile_files.h"
#include "powerfail/report.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "report/recovered.h"
#include "report/verdict.h"
#include "search/walk.h"

struct recovering {
	struct recovered *all;
	const char *trace; /* of the program */
	double deadline;   /* 0: none */
};

/* ---- findings ---- */

static bool is_same(const struct recover_finding *f, const struct group *g, const char *where)
{
	return f->group.outcome.kind == g->outcome.kind &&
	       f->group.outcome.code == g->outcome.code &&
	       f->group.outcome.stage == g->outcome.stage && strcmp(f->where, where) == 0;
}

static struct recover_finding *find(struct recovered *all, const struct group *g, const char *where)
{
	for (size_t i = 0; i < all->count; i++)
		if (is_same(&all->finding[i], g, where))
			return &all->finding[i];
	return NULL;
}

/* What is known is counted there, and looked into no more. */
static void drop_known(struct recovered *all, struct verdict *v, struct results *results)
{
	char where[1024];
	size_t left = 0;

	for (size_t i = 0; i < results->count; i++) {
		struct group *g = &results->group[i];
		struct recover_finding *known;

		verdict_cut_text(v, g, where, sizeof(where));
		known = find(all, g, where);
		if (known != NULL) {
			known->group.count += g->count;
			free(g->name);
		} else {
			results->group[left++] = *g;
		}
	}
	results->count = left;
}

/* The trace moves beside that of the program, where no file has its name yet; NULL: it cannot. */
static char *keep_trace(const struct recovering *r, const struct recovery *one)
{
	char *path = NULL;

	for (unsigned n = 1; path == NULL; n++) {
		if (asprintf(&path, "%s.recovery-%u.trace", r->trace, n) < 0)
			return NULL;
		if (access(path, F_OK) != 0)
			break;
		free(path);
		path = NULL;
	}
	if (place_copy(one->trace, path) == 0)
		return path;
	free(path);
	return NULL;
}

/* Whether it is counted with one that is known: at the same place, or with the same cause at another. */
static bool is_merged(struct recovered *all, const struct group *g, const char *where)
{
	struct recover_finding *known = find(all, g, where);

	if (known != NULL) {
		known->group.count += g->count;
		return true;
	}
	for (size_t i = 0; i < all->count; i++) {
		struct group *other = &all->finding[i].group;

		if (!results_one_cause(other, g))
			continue;
		other->count += g->count;
		other->merged += g->merged + 1;
		return true;
	}
	return false;
}

/* *trace: that of the recovery, kept with the first finding in it; to be freed. */
static bool add_finding(struct recovering *r, const struct verdict *v, struct group *g,
	const struct recovery *one, char **trace)
{
	struct recovered *all = r->all;
	struct recover_finding *grown;
	char where[1024];
	bool whole;

	verdict_cut_text(v, g, where, sizeof(where));
	if (is_merged(all, g, where))
		return true;
	if (*trace == NULL)
		*trace = keep_trace(r, one);
	if (*trace == NULL)
		return false;
	grown = realloc(all->finding, (all->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return false;
	all->finding = grown;
	grown += all->count;
	*grown = (struct recover_finding){
		.where = strdup(where),
		.trace = strdup(*trace),
	};
	whole = results_copy(&grown->group, g) &&
	        volatiles_copy(&grown->volatiles, v->options->volatiles);
	if (asprintf(&grown->of, "%llu:%s", (unsigned long long)one->event, one->name) < 0)
		grown->of = NULL;
	all->count++;
	return whole && grown->where != NULL && grown->trace != NULL && grown->of != NULL;
}

/* What fails on all that a recovery had stored by then fails because it begins again. */
static void name_twice(struct group *g)
{
	if (g->fault != FAULT_RECOVERY)
		return;
	g->fault = FAULT_TWICE;
	snprintf(g->explanation, sizeof(g->explanation),
		"nothing is lost; what the recovery had done by then is done again, or is in the way");
}

static int add_findings(struct recovering *r, const struct verdict *v, struct results *results,
	const struct recovery *one)
{
	char *trace = NULL;
	bool whole = true;

	for (size_t i = 0; i < results->count && whole; i++) {
		name_twice(&results->group[i]);
		whole = add_finding(r, v, &results->group[i], one, &trace);
	}
	free(trace);
	return whole ? 0
	             : say_failed("%s: no memory, or no room beside it for the trace of a recovery",
			       r->trace);
}

/* The directory of images is gone when somebody reads of it. */
static void hide(char *text, const char *root)
{
	size_t n = strlen(root);

	for (char *at = text; (at = strstr(at, root)) != NULL && at[n] == '/';)
		memmove(at, at + n + 1, strlen(at + n + 1) + 1);
}

/* What a recovery that was not cut did not make durable. */
static void add_losses(struct recovered *all, const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);
	size_t size;
	FILE *out;

	if (verdict_losses(v) == 0)
		return;
	all->losses++;
	if (all->report != NULL)
		return;
	out = open_memstream(&all->report, &size);
	if (out == NULL)
		return;
	pmem2_pf_report_text(v->replay->report, 0, &names, out);
	fclose(out);
	if (all->report != NULL)
		hide(all->report, v->replay->trace->base->root);
}

/* ---- one recovery ---- */

static int test_below(struct recovering *r, const struct options *o, struct recoveries *below);

static int test_trace(struct recovering *r, const struct options *o, const struct recovery *one,
	const struct trace *trace)
{
	struct replay replay;
	struct results results = {0};
	struct walked walked = {0};
	struct verdict v = {
		.options = o,
		.replay = &replay,
		.results = &results,
		.walked = &walked,
	};
	int ret = replay_open(&replay, trace) == 0 ? 0 : say_failed("%s", replay.error);

	replay.coherent = o->coherent;
	if (ret == 0)
		ret = walk(o, &replay, false, &results, &walked);
	if (ret == 0)
		drop_known(r->all, &v, &results);
	if (ret == 0 && !walked.interrupted)
		ret = diagnose(o, trace, &results);
	if (ret == 0) {
		ret = add_findings(r, &v, &results, one);
		add_losses(r->all, &v);
	}
	r->all->cut++;
	r->all->points += walked.points;
	r->all->images += walked.images;
	results_free(&results);
	replay_close(&replay);
	return ret;
}

static int test_one(struct recovering *r, const struct options *o, const struct recoveries *list,
	const struct recovery *one)
{
	struct recoveries below;
	struct options with = *o;
	struct volatiles volatiles;
	struct trace trace;
	int ret;

	if (trace_open(&trace, one->trace) != 0)
		return say_failed("%s", trace.error);
	trace.base = &one->base;
	if (!volatile_files_find(&volatiles, o->volatiles, &trace)) {
		trace_close(&trace);
		return say_failed("no memory");
	}
	trace.volatiles = with.volatiles = &volatiles;
	with.depth--;
	if (r->deadline > 0)
		with.budget = r->deadline - clock_seconds() > 1 ? r->deadline - clock_seconds() : 1;
	with.recoveries = NULL;
	if (with.depth > 1) {
		ret = recoveries_init(&below, list->directory, o->all);
		with.recoveries = ret == 0 ? &below : NULL;
	}
	ret = test_trace(r, &with, one, &trace);
	if (with.recoveries != NULL) {
		if (ret == 0)
			ret = test_below(r, &with, &below);
		recoveries_finish(&below);
	}
	trace_close(&trace);
	volatiles_free(&volatiles);
	return ret;
}

static int test_below(struct recovering *r, const struct options *o, struct recoveries *list)
{
	int ret = 0;

	recoveries_sort(list);
	r->all->seen += list->seen;
	r->all->without += list->without;
	for (size_t i = 0; ret == 0 && i < list->count && signals_came() == 0; i++) {
		if (r->deadline > 0 && clock_seconds() >= r->deadline)
			break;
		ret = test_one(r, o, list, &list->one[i]);
	}
	return ret == 0 && list->failed ? say_failed("no room for the traces of recoveries") : ret;
}

int recover_test(const struct options *o, struct recoveries *list, const char *trace,
	struct recovered *recovered)
{
	double began = clock_seconds();
	struct recovering r = {
		.all = recovered,
		.trace = trace,
		.deadline = o->budget > 0 ? began + o->budget : 0,
	};
	int ret = test_below(&r, o, list);

	recovered->seconds = clock_seconds() - began;
	return ret;
}

void recover_free(struct recovered *r)
{
	for (size_t i = 0; i < r->count; i++) {
		results_forget(&r->finding[i].group);
		free(r->finding[i].where);
		free(r->finding[i].trace);
		free(r->finding[i].of);
		volatiles_free(&r->finding[i].volatiles);
	}
	free(r->finding);
	free(r->report);
	*r = (struct recovered){0};
}
