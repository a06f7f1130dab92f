/* SPDX-License-Identifier: BSD-3-Clause */
/* print.c -- what pmem2 crashtest says in the end. */
#include "print.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

uint64_t verdict_losses(const struct verdict *v)
{
	uint64_t losses = 0;

	for (int class = 0; class <= PF_MISSING_DRAIN; class ++)
		if (!v->options->ignored[class])
			losses += v->replay->report.count[class];
	return losses;
}

static void outcome_text(const struct outcome *o, double timeout, char *text, size_t size)
{
	switch (o->kind) {
	case CHECK_DIED:
		snprintf(text, size, "the checker died of signal %d (%s)", o->code,
			strsignal(o->code));
		break;
	case CHECK_HUNG:
		snprintf(text, size, "the checker did not end in %g s", timeout);
		break;
	default:
		snprintf(text, size, "the checker ended with status %d", o->code);
		break;
	}
}

static void point_text(const struct verdict *v, const struct group *g, char *text, size_t size)
{
	struct pf_names names = replay_names(v->replay);
	char stack[768];

	if (g->kind == PF_RECORD_EXIT) {
		snprintf(text, size, "at the end of the program");
		return;
	}
	pmem2_pf_stack_text(g->stack, &names, stack, sizeof(stack));
	snprintf(text, size, "%s %s",
		g->kind == PF_RECORD_DRAIN ? "during the drain of" : "after the flush of", stack);
}

/* What of the command line the image depends on. */
static void print_again(const struct verdict *v, const struct group *g)
{
	const struct options *o = v->options;

	printf("pmem2 crashtest --trace %s", v->trace);
	if (o->torn)
		printf(" --torn");
	if (o->evictions)
		printf(" --evictions");
	if (strncmp(g->name, "random", 6) == 0)
		printf(" --seed %" PRIu64, o->seed);
	printf(" --image %" PRIu64 ":%s --output image", g->event, g->name);
}

static void print_group(const struct verdict *v, const struct group *g)
{
	char text[1024];

	outcome_text(&g->outcome, v->options->timeout, text, sizeof(text));
	printf("\n%" PRIu64 " image%s: %s\n", g->count, g->count == 1 ? "" : "s", text);
	if (g->outcome.output[0] != '\0')
		printf("  it said  %s\n", g->outcome.output);
	point_text(v, g, text, sizeof(text));
	printf("  the cut  %s\n", text);
	printf("  fault    %s", fault_name(g->fault, false));
	if (g->explanation[0] != '\0')
		printf(": %s", g->explanation);
	printf("\n  again    ");
	print_again(v, g);
	printf("\n");
}

/* How the program ended, if that was not as it should. */
static void print_end(const struct verdict *v)
{
	int status = v->run != NULL ? v->run->status : 0;

	if (WIFSIGNALED(status))
		printf("(the program died of signal %d: %s)\n", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (status != 0)
		printf("(the program ended with status %d)\n", WEXITSTATUS(status));
	else if (!v->replay->exited)
		printf("(the program did not come to its exit)\n");
}

void print_text(const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);

	pmem2_pf_report_text(&v->replay->report, 0, &names, stdout);
	print_end(v);
	if (v->options->check != NULL) {
		printf("crashtest: %" PRIu64 " points of failure, %" PRIu64 " images, %.1f s",
			v->walked.points, v->walked.images, v->seconds);
		if (v->seconds > 0.01)
			printf(" (%.0f images a second)", (double)v->walked.images / v->seconds);
		printf(": %zu failed\n", results_failed(v->results));
	}
	for (size_t i = 0; i < v->results->count; i++)
		print_group(v, &v->results->group[i]);
}

/* ---- for programs ---- */

static void json_group(const struct verdict *v, const struct group *g)
{
	static const char *const kinds[] = {"passed", "status", "signal", "hung"};
	char text[1024];

	printf("    {\"images\": %" PRIu64 ", \"fault\": \"%s\", \"explanation\": ", g->count,
		fault_name(g->fault, true));
	pmem2_pf_json_string(g->explanation, stdout);
	printf(", \"outcome\": \"%s\", \"code\": %d, \"output\": ", kinds[g->outcome.kind],
		g->outcome.code);
	pmem2_pf_json_string(g->outcome.output, stdout);
	printf(", \"cut\": ");
	point_text(v, g, text, sizeof(text));
	pmem2_pf_json_string(text, stdout);
	printf(", \"image\": \"%" PRIu64 ":%s\"}", g->event, g->name);
}

void print_json(const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);

	printf("{\n  \"trace\": ");
	pmem2_pf_json_string(v->trace, stdout);
	printf(",\n  \"exited\": %s,\n  \"points\": %" PRIu64 ",\n  \"images\": %" PRIu64
	       ",\n  \"seed\": %" PRIu64 ",\n  \"seconds\": %.3f,\n  \"failed\": %zu,\n"
	       "  \"failures\": [",
		v->replay->exited ? "true" : "false", v->walked.points, v->walked.images,
		v->options->seed, v->seconds, results_failed(v->results));
	for (size_t i = 0; i < v->results->count; i++) {
		fputs(i > 0 ? ",\n" : "\n", stdout);
		json_group(v, &v->results->group[i]);
	}
	printf("%s],\n  \"report\": ", v->results->count > 0 ? "\n  " : "");
	pmem2_pf_report_json(&v->replay->report, &names, stdout);
	printf("}\n");
}
