/* SPDX-License-Identifier: BSD-3-Clause */
/* verdict_json.c -- the same for programs. */
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "powerfail/report.h"
#include "replay.h"
#include "results.h"
#include "trace.h"
#include "walk.h"

static void json_group(const struct verdict *v, const struct group *g)
{
	static const char *const kinds[] = {"passed", "status", "signal", "hung", "loud"};
	char text[1024];

	printf("    {\"images\": %" PRIu64 ", \"fault\": \"%s\", \"explanation\": ", g->count,
		results_fault_name(g->fault, true));
	pmem2_pf_json_string(g->explanation, stdout);
	printf(", \"outcome\": \"%s\", \"code\": %d, \"output\": ", kinds[g->outcome.kind],
		g->outcome.code);
	pmem2_pf_json_string(g->outcome.output, stdout);
	printf(", \"cut\": ");
	verdict_cut_text(v, g, text, sizeof(text));
	pmem2_pf_json_string(text, stdout);
	printf(", \"image\": \"%" PRIu64 ":%s\"}", g->event, g->name);
}

void verdict_print_json(const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);

	printf("{\n  \"trace\": ");
	pmem2_pf_json_string(v->replay->trace->path, stdout);
	printf(",\n  \"exited\": %s,\n  \"points\": %" PRIu64 ",\n  \"images\": %" PRIu64
	       ",\n  \"seed\": %" PRIu64 ",\n  \"seconds\": %.3f,\n  \"failed\": %zu,\n"
	       "  \"failures\": [",
		v->replay->exited ? "true" : "false", v->walked->points, v->walked->images,
		v->options->seed, v->seconds, results_failed(v->results));
	for (size_t i = 0; i < v->results->count; i++) {
		fputs(i > 0 ? ",\n" : "\n", stdout);
		json_group(v, &v->results->group[i]);
	}
	printf("%s],\n  \"report\": ", v->results->count > 0 ? "\n  " : "");
	pmem2_pf_report_json(v->replay->report, &names, stdout);
	printf("}\n");
}
