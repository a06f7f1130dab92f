/* SPDX-License-Identifier: BSD-3-Clause */
/* verdict.c -- what pmem2 crashtest says in the end. */
#include "verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "checks/stages.h"
#include "common/command.h"
#include "common/options.h"
#include "common/volatiles.h"
#include "powerfail/report.h"
#include "program/run.h"
#include "replay/mend.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"
#include "search/walk.h"
#include "volatile_print.h"

_Static_assert((int)IGNORED_MISSING_FLUSH == (int)PF_MISSING_FLUSH &&
		       (int)IGNORED_MISSING_DRAIN == (int)PF_MISSING_DRAIN &&
		       (int)IGNORED_STRAY_FLUSH == (int)PF_STRAY_FLUSH,
	"--ignore goes by the classes of losses");

uint64_t verdict_losses(const struct verdict *v)
{
	uint64_t losses = 0;

	for (int class = 0; class <= PF_STRAY_FLUSH; class ++)
		if (!v->options->ignored[class])
			losses += v->replay->report->count[class];
	return losses;
}

bool verdict_program_failed(const struct verdict *v)
{
	return v->run != NULL && !v->walked->interrupted && !v->options->ignored[IGNORED_PROGRAM] &&
	       (v->run->stopped || v->run->status != 0);
}

void verdict_outcome_text(const struct outcome *o, double timeout, char *text, size_t size)
{
	const char *who = stages_who(o->stage);

	switch (o->kind) {
	case CHECK_DIED:
		snprintf(text, size, "%s died of signal %d (%s)", who, o->code, strsignal(o->code));
		break;
	case CHECK_LOUD:
		snprintf(text, size, "%s printed more than 16 MiB, and was stopped", who);
		break;
	case CHECK_REPORTED:
		snprintf(text, size, "%s had a sanitizer's report", who);
		break;
	case CHECK_STATE:
		snprintf(text, size,
			"the state is neither that after %d operations nor that before the last of them",
			o->code);
		break;
	case CHECK_HUNG:
		snprintf(text, size, "%s did not end in %g s", who, timeout);
		break;
	default:
		snprintf(text, size, "%s ended with status %d", who, o->code);
		break;
	}
}

void verdict_cut_text(const struct verdict *v, const struct group *g, char *text, size_t size)
{
	struct pf_names names = replay_names(v->replay);
	char stack[768];

	if (g->cut == CUT_EXIT) {
		snprintf(text, size, "at the end of the program");
		return;
	}
	pmem2_pf_stack_text(g->stack, &names, stack, sizeof(stack));
	snprintf(text, size, "%s %s",
		g->cut == CUT_DRAIN ? "during the drain of" : "after the flush of", stack);
}

/* What of the command line the image depends on. */
static void print_image(const struct options *o, const struct group *g, const char *trace,
	uint64_t event, const char *name, FILE *out)
{
	fprintf(out, "pmem2 crashtest --trace ");
	command_quote(out, trace);
	if (g->torn)
		fprintf(out, " --torn");
	if (o->no_evictions)
		fprintf(out, " --no-evictions");
	if (o->coherent)
		fprintf(out, " --coherent");
	if (o->volatiles != NULL)
		volatiles_print(o->volatiles, out);
	if (strncmp(name, "random", 6) == 0)
		fprintf(out, " --seed %" PRIu64, o->seed);
	fprintf(out, " --image %" PRIu64 ":%s --output image", event, name);
}

void verdict_again(const struct options *o, const struct group *g, const char *trace, FILE *out)
{
	print_image(o, g, trace, g->event, g->name, out);
}

void verdict_print_group(const struct options *o, const struct group *g, const char *where,
	const char *trace)
{
	char text[1024];

	verdict_outcome_text(&g->outcome, o->timeout, text, sizeof(text));
	printf("\n%" PRIu64 " image%s: %s\n", g->count, g->count == 1 ? "" : "s", text);
	if (g->torn)
		printf("  (only if the platform tears lines, in any order of their words)\n");
	if (g->outcome.output[0] != '\0')
		printf("  it said  %s\n", g->outcome.output);
	printf("  the cut  %s", where);
	if (g->merged > 0)
		printf("; %" PRIu64 " more place%s with this cause", g->merged,
			g->merged == 1 ? "" : "s");
	printf("\n");
	printf("  fault    %s", results_fault_name(g->fault, false));
	if (g->explanation[0] != '\0')
		printf(": %s", g->explanation);
	if (g->proven != NULL)
		printf("\n  mend     %s; with that in the trace it passes", g->proven->text);
	printf("\n  again    ");
	verdict_again(o, g, trace, stdout);
	printf("\n");
	if (g->least.event > 0) {
		printf("  least    %zu of %zu parts lost after %" PRIu64 " events: ", g->least.lost,
			g->least.parts, g->least.event);
		print_image(o, g, trace, g->least.event, g->least.name, stdout);
		printf("\n");
	}
}

static void print_group(const struct verdict *v, const struct group *g)
{
	char where[1024];

	verdict_cut_text(v, g, where, sizeof(where));
	verdict_print_group(v->options, g, where, v->replay->trace->path);
}

/* What looks as if the program did more than calls tell. */
static void print_doubts(const struct replay *r)
{
	const struct pf_report *report = r->report;

	if (report->flushes > 0 && report->drains == 0)
		printf("(%" PRIu64
		       " flushes and no drain: does the program fence by itself? --exact "
		       "sees that)\n",
			report->flushes);
	else if (r->media_count > 0 && report->flushes == 0 && report->drains == 0)
		printf("(no flush, drain or msync(2): does the program flush by its own "
		       "instructions? --exact sees that)\n");
}

/* What the recorder could not see, or that its results depend on. */
static void print_recorder(const struct verdict *v)
{
	const struct replay *r = v->replay;
	uint32_t recorder = r->trace->reader.header->recorder;

	if (recorder == PF_RECORDER_EXACT)
		printf("recorded by QEMU: %" PRIu64
		       " stores, each flush and fence; sizes of files are not tried\n",
			r->stores);
	else
		printf("recorded by calls of libpmem2%s\n",
			recorder == PF_RECORDER_PRELOAD ? ", libpmem, msync(2) and the like"
							: "; sizes of files are not tried");
	if (recorder != PF_RECORDER_EXACT)
		print_doubts(r);
	if (r->unseen > 0)
		printf("%" PRIu64 " stores that nobody saw: another process made them, or an "
		       "instruction of which QEMU does not tell; when is not known\n",
			r->unseen);
	if (r->later > 0)
		printf("%" PRIu64
		       " line%s that it had stored became durable after its end, by the first process\n",
			r->later, r->later == 1 ? "" : "s");
	if (r->short_flushes > 0)
		printf("%" PRIu64
		       " flushes by DC CVAC or DC CIVAC, which reach the point of coherency: %s\n",
			r->short_flushes,
			r->coherent
				? "taken for durable (--coherent)"
				: "nothing is durable by them, unless memory keeps it (--coherent)");
	for (uint64_t i = 1; i <= r->trace->records; i++) {
		const struct pf_record *record = trace_record(r->trace, i);

		if (pmem2_pf_record_kind(record) == PF_RECORD_NOTE)
			printf("%s\n", ((const struct pf_record_note *)record)->text);
	}
}

/* How the program ended, if that was not as it should. */
static void print_end(const struct verdict *v)
{
	int status = v->run != NULL ? v->run->status : 0;

	if (v->walked->interrupted)
		printf("(interrupted: this is about what was traced until then)\n");
	else if (v->run != NULL && v->run->stopped)
		printf("(the program did not end in %g s, and was stopped)\n",
			v->options->program_timeout);
	else if (WIFSIGNALED(status))
		printf("(the program died of signal %d: %s)\n", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (status != 0)
		printf("(the program ended with status %d)\n", WEXITSTATUS(status));
	else if (!v->replay->exited)
		printf("(the program did not reach its exit)\n");
}

static void print_checks(const struct verdict *v)
{
	const struct walked *w = v->walked;

	printf("crashtest: %" PRIu64, w->points);
	if (w->points < w->all_points)
		printf(" of %" PRIu64, w->all_points);
	printf(" points of failure, %" PRIu64 " images, %.1f s", w->images, v->seconds);
	if (v->seconds > 0.01)
		printf(" (%.0f images a second)", (double)w->images / v->seconds);
	printf(": %zu failed\n", results_failed(v->results));
	if (walked_all(w))
		return;
	printf("left out: %" PRIu64 " of %" PRIu64 " points, %.0f of about %.0f images: %s\n",
		w->all_points - w->points, w->all_points, w->all_images - w->tried, w->all_images,
		w->interrupted ? "interrupted"
		: w->over      ? "the time was over (--budget)"
			       : "--all tries them");
}

void verdict_print(const struct verdict *v)
{
	struct pf_names names = replay_names(v->replay);

	pmem2_pf_report_text(v->replay->report, 0, &names, stdout);
	volatile_print(v->options, v->replay, stdout);
	print_recorder(v);
	print_end(v);
	if (v->options->check != NULL)
		print_checks(v);
	for (size_t i = 0; i < v->results->count; i++)
		print_group(v, &v->results->group[i]);
}
