/* SPDX-License-Identifier: BSD-3-Clause */
/* process.c -- one process that left a trace. */
#include "process.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks/recoveries.h"
#include "checks/rerun.h"
#include "common/clock.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "common/volatiles.h"
#include "diagnosis/diagnose.h"
#include "family.h"
#include "images/place.h"
#include "images/volatile_files.h"
#include "recover.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "report/draw.h"
#include "report/html.h"
#include "report/recover_print.h"
#include "report/recovered.h"
#include "report/verdict.h"
#include "search/minimize.h"
#include "search/results.h"
#include "search/walk.h"

/* Without its end a trace tells nothing about what was lost. */
static int check_trace(const struct trace *trace)
{
	const struct pf_record *last = trace_record(trace, trace->records);

	if (trace->error[0] != '\0')
		return say_failed("%s: %s", trace->path, trace->error);
	if (last != NULL && pmem2_pf_record_kind(last) == PF_RECORD_BROKEN)
		return say_failed("%s: the trace could not go on", trace->path);
	return 0;
}

static int print(struct process *p, const struct verdict *v, const struct recovered *recovered)
{
	bool recovers = v->options->recoveries != NULL;
	size_t size;

	p->found = recovered->count > 0 || recovered->losses > 0 || v->results->count > 0 ||
	           verdict_losses(v) > 0 || verdict_program_failed(v);
	if (!v->options->json) {
		verdict_print(v);
		if (recovers)
			recover_print(v->options, recovered);
	} else {
		FILE *json = open_memstream(&p->json, &size);

		if (json == NULL)
			return say_failed("no memory");
		verdict_print_json(v, json);
		if (recovers)
			recover_print_json(recovered, json);
		if (fclose(json) != 0)
			return say_failed("no memory");
	}
	if (p->html != NULL && html_write(p->html, v, recovered) != 0)
		return CRASHTEST_FAILED;
	p->drawn = p->svg != NULL && draw_has_something(v->replay);
	return p->drawn ? draw(v->replay, v->results, p->svg) : 0;
}

/* Where each store is known, a line may hold any prefix of them: that is what such a trace is for. */
static struct options for_trace(const struct options *o, const struct trace *trace)
{
	struct options with = *o;

	with.no_evictions = o->no_evictions && trace->reader.header->recorder != PF_RECORDER_EXACT;
	return with;
}

static int test(struct process *p, const struct options *o, const struct trace *trace)
{
	struct replay r;
	struct results results = {0};
	struct walked walked = {0};
	struct recovered recovered = {0};
	struct verdict v = {
		.options = o,
		.run = p->run,
		.replay = &r,
		.results = &results,
		.walked = &walked,
		.seconds = clock_seconds(),
	};
	int ret = replay_open(&r, trace);

	r.coherent = o->coherent;
	if (ret == 0 && p->family != NULL)
		family_follow(p->family, &r);
	ret = ret == 0 ? walk(o, &r, p->run != NULL, &results, &walked) : say_failed("%s", r.error);
	v.seconds = clock_seconds() - v.seconds;
	if (ret == 0 && !walked.interrupted) {
		ret = diagnose(o, trace, &results);
		if (ret == 0 && o->minimize)
			ret = minimize(o, trace, &results);
		if (ret == 0 && o->recoveries != NULL)
			ret = recover_test(o, o->recoveries, trace->path, &recovered);
		walked.interrupted = ret != 0 && signals_came() != 0;
	}
	if (ret == 0 || walked.interrupted)
		ret = print(p, &v, &recovered);
	if (ret == 0 && walked.interrupted)
		ret = CRASHTEST_FAILED;
	if (ret == 0 && p->found)
		ret = CRASHTEST_FOUND;
	if (ret == 0 && walked.over && walked.images == 0)
		ret = say_failed("no image was tried: the time was over before the first one; give "
				 "more by --budget");
	recover_free(&recovered);
	results_free(&results);
	replay_close(&r);
	return ret;
}

/* The command that starts the program again is made of what the trace tells. */
static int test_again(struct process *p, struct options *o, const struct trace *trace)
{
	char *command = o->reruns_program ? rerun_command(o, trace) : NULL;
	int ret = CRASHTEST_FAILED;

	if (o->reruns_program)
		o->rerun = command;
	if (!o->reruns_program || command != NULL)
		ret = test(p, o, trace);
	free(command);
	return ret;
}

static int test_trace(struct process *p, const struct options *o, const struct trace *trace)
{
	struct options with = for_trace(o, trace);
	struct recoveries list;
	char beside[PATH_MAX];
	int ret;

	if (o->recover == NULL || o->depth < 2)
		return test_again(p, &with, trace);
	place_choose(beside, sizeof(beside), o->directory, trace, o->jobs + 16);
	ret = recoveries_init(&list, beside, o->all);
	with.recoveries = &list;
	ret = ret == 0 ? test_again(p, &with, trace) : say_failed("%s: %s", beside, strerror(-ret));
	recoveries_finish(&list);
	return ret;
}

int process_test(struct process *p, const struct options *o)
{
	struct options with = *o;
	struct volatiles volatiles;
	struct trace trace;
	int ret;

	if (trace_open(&trace, p->trace) != 0)
		return say_failed("%s", trace.error);
	ret = check_trace(&trace);
	if (ret == 0 && !volatile_files_find(&volatiles, o->volatiles, &trace))
		ret = say_failed("no memory");
	if (ret == 0) {
		trace.volatiles = with.volatiles = &volatiles;
		ret = test_trace(p, &with, &trace);
		volatiles_free(&volatiles);
	}
	trace_close(&trace);
	return ret;
}
