/* SPDX-License-Identifier: BSD-3-Clause */
/* verdict_json.c -- the same for programs. */
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>

#include "checks/stages.h"
#include "common/options.h"
#include "powerfail/report.h"
#include "program/run.h"
#include "replay/mend.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"
#include "search/walk.h"
#include "volatile_print.h"

void verdict_json_group(const struct group *g, const char *where, FILE *out)
{
	static const char *const kinds[] = {"passed", "status", "signal", "hung", "loud",
		"sanitizer", "state"};

	fprintf(out,
		"    {\"images\": %" PRIu64
		", \"stage\": \"%s\", \"fault\": \"%s\", \"explanation\": ",
		g->count, stages_token(g->outcome.stage), results_fault_name(g->fault, true));
	pmem2_pf_json_string(g->explanation, out);
	fprintf(out, ", \"outcome\": \"%s\", \"code\": %d, \"output\": ", kinds[g->outcome.kind],
		g->outcome.code);
	pmem2_pf_json_string(g->outcome.output, out);
	fprintf(out, ", \"cut\": ");
	pmem2_pf_json_string(where, out);
	fprintf(out, ", \"places\": %" PRIu64 ", \"torn\": %s, \"mend\": ", g->merged + 1,
		g->torn ? "true" : "false");
	pmem2_pf_json_string(g->proven != NULL ? g->proven->text : "", out);
	fprintf(out, ", \"image\": \"%" PRIu64 ":%s\"", g->event, g->name);
	if (g->least.event > 0)
		fprintf(out, ", \"least\": \"%" PRIu64 ":%s\"", g->least.event, g->least.name);
}

static void json_program(const struct run *run, FILE *out)
{
	bool died = WIFSIGNALED(run->status);

	fprintf(out, ",\n  \"program\": {\"ended\": \"%s\", \"code\": %d}",
		run->stopped ? "stopped"
		: died       ? "signal"
			     : "status",
		died ? WTERMSIG(run->status) : WEXITSTATUS(run->status));
}

void verdict_print_json(const struct verdict *v, FILE *out)
{
	static const char *const recorders[PF_RECORDERS] = {"powerfail", "exact", "preload"};
	uint32_t recorder = v->replay->trace->reader.header->recorder;
	struct pf_names names = replay_names(v->replay);
	char where[1024];

	fprintf(out, "{\n  \"version\": 1,\n  \"trace\": ");
	pmem2_pf_json_string(v->replay->trace->path, out);
	fprintf(out,
		",\n  \"recorder\": \"%s\",\n  \"stores\": %" PRIu64 ",\n  \"unseen\": %" PRIu64
		",\n  \"short_flushes\": %" PRIu64,
		recorders[recorder < PF_RECORDERS ? recorder : 0], v->replay->stores,
		v->replay->unseen, v->replay->short_flushes);
	fprintf(out,
		",\n  \"all_points\": %" PRIu64 ",\n  \"images_tried\": %.0f"
		",\n  \"images_planned\": %.0f,\n  \"over_budget\": %s",
		v->walked->all_points, v->walked->tried, v->walked->all_images,
		v->walked->over ? "true" : "false");
	fprintf(out,
		",\n  \"exited\": %s,\n  \"points\": %" PRIu64 ",\n  \"images\": %" PRIu64
		",\n  \"seed\": %" PRIu64 ",\n  \"seconds\": %.3f,\n  \"failed\": %zu,\n"
		"  \"failures\": [",
		v->replay->exited ? "true" : "false", v->walked->points, v->walked->images,
		v->options->seed, v->seconds, results_failed(v->results));
	for (size_t i = 0; i < v->results->count; i++) {
		fputs(i > 0 ? ",\n" : "\n", out);
		verdict_cut_text(v, &v->results->group[i], where, sizeof(where));
		verdict_json_group(&v->results->group[i], where, out);
		fputs("}", out);
	}
	fprintf(out, "%s],\n  \"interrupted\": %s", v->results->count > 0 ? "\n  " : "",
		v->walked->interrupted ? "true" : "false");
	if (v->run != NULL)
		json_program(v->run, out);
	volatile_print_json(v->options, v->replay, out);
	fputs(",\n  \"report\": ", out);
	pmem2_pf_report_json(v->replay->report, &names, out);
}
