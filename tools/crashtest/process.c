/* SPDX-License-Identifier: BSD-3-Clause */
/* process.c -- one process that left a trace. */
#include "process.h"

#include "clock.h"
#include "diagnose.h"
#include "draw.h"
#include "options.h"
#include "replay.h"
#include "results.h"
#include "say.h"
#include "trace.h"
#include "verdict.h"
#include "walk.h"

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

static int print(const struct verdict *v)
{
	if (v->options->json)
		verdict_print_json(v);
	else
		verdict_print(v);
	return v->options->svg != NULL ? draw(v->replay, v->results, v->options->svg) : 0;
}

static int test(const struct options *o, const struct run *run, const struct trace *trace)
{
	struct replay r;
	struct results results = {0};
	struct walked walked = {0};
	struct verdict v = {
		.options = o,
		.run = run,
		.replay = &r,
		.results = &results,
		.walked = &walked,
		.seconds = clock_seconds(),
	};
	int ret = replay_open(&r, trace) == 0 ? walk(o, &r, &results, &walked)
	                                      : say_failed("%s", r.error);

	v.seconds = clock_seconds() - v.seconds;
	if (ret == 0) {
		replay_finish(&r, run != NULL);
		ret = diagnose(o, trace, &results);
	}
	if (ret == 0)
		ret = print(&v);
	if (ret == 0 && (results.count > 0 || verdict_losses(&v) > 0))
		ret = CRASHTEST_FOUND;
	results_free(&results);
	replay_close(&r);
	return ret;
}

int process_test(const struct options *o, const struct run *run, const char *path)
{
	struct trace trace;
	int ret;

	if (trace_open(&trace, path) != 0)
		return say_failed("%s", trace.error);
	ret = check_trace(&trace);
	if (ret == 0)
		ret = test(o, run, &trace);
	trace_close(&trace);
	return ret;
}
