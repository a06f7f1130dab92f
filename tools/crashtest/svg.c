/* SPDX-License-Identifier: BSD-3-Clause */
/* svg.c -- a picture of a trace: what was flushed and drained when, and what was lost for good. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "print.h"

/* What is drawn: of the first file, events from left to right, and lines from low to high. */
struct frame {
	uint64_t events;
	size_t low, high; /* bytes */
};

enum mark { DRAINS, FLUSHES, DURABLE, LOST, CUTS, MARKS };

static const char *const styles[MARKS] = {
	[DRAINS] = "using 1:2:(0):3 with vectors nohead lw 0.5 lc rgb '#c8c8c8' title 'drain'",
	[FLUSHES] = "using 1:2:3:4:5:6 with boxxyerror fs solid lc rgb '#4878cf' title 'flushed'",
	[DURABLE] = "using 1:2:3:4:5:6 with boxxyerror fs solid lc rgb '#6acc65' title 'durable'",
	[LOST] = "using 1:2:3:4:5:6 with boxxyerror fs solid noborder lc rgb '#e8a0a0' "
		 "title 'stored, and never durable'",
	[CUTS] = "using 1:2:(0):3 with vectors nohead lw 2 dt 2 lc rgb '#8c3cb4' "
		 "title 'a cut that fails'",
};

/* ---- what gnuplot is told ---- */

static void column(FILE *out, uint64_t event, const struct frame *f)
{
	fprintf(out, "%" PRIu64 " %zu %zu\n", event, f->low, f->high - f->low);
}

/* x y xlow xhigh ylow yhigh */
static void box(FILE *out, double left, double right, size_t begin, size_t end)
{
	fprintf(out, "%g %zu %g %g %zu %zu\n", (left + right) / 2, (begin + end) / 2, left, right,
		begin, end);
}

/* A data set must not be empty: one that lies outside. */
static void nothing(FILE *out, enum mark mark)
{
	fputs(mark == DRAINS || mark == CUTS ? "-1 0 0\n" : "-1 0 -1 -1 0 0\n", out);
}

static void draw_record(FILE *out, enum mark mark, const struct pf_record *record,
	const struct replay *r, const struct frame *f)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)record;
	enum pf_record_kind kind = pmem2_pf_record_kind(record);
	double event = (double)(r->event + 1);

	if (mark == DRAINS && kind == PF_RECORD_DRAIN)
		column(out, r->event + 1, f);
	if (mark == FLUSHES && kind == PF_RECORD_FLUSH && l->file == 0)
		box(out, event - 0.4, event + 0.4, l->offset / PF_LINE * PF_LINE,
			(l->offset + l->length + PF_LINE - 1) / PF_LINE * PF_LINE);
}

static void draw_lost(FILE *out, const struct replay *r, const struct frame *f)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(&r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(&r->model, i);

		if (!pmem2_pf_is_newest(&r->model, i) || v->medium->id != 0 ||
			pmem2_pf_same_line(v->content, pmem2_pf_medium_line(v->medium, v->line)))
			continue;
		box(out, (double)v->event, (double)f->events + 1, v->line * PF_LINE,
			(v->line + 1) * PF_LINE);
	}
}

/* One kind of mark, from a walk of its own through the trace. */
static void draw(FILE *out, enum mark mark, const char *trace, const struct frame *f)
{
	struct replay r;
	const struct pf_record *record;

	if (replay_open(&r, trace) != 0)
		return;
	while ((record = replay_next(&r)) != NULL) {
		size_t before = r.journal_count;

		draw_record(out, mark, record, &r, f);
		replay_apply(&r, record);
		for (size_t i = before; mark == DURABLE && i < r.journal_count; i++)
			if (r.journal[i].medium->id == 0)
				box(out, (double)r.event - 0.3, (double)r.event + 0.3,
					r.journal[i].line * PF_LINE,
					(r.journal[i].line + 1) * PF_LINE);
	}
	if (mark == LOST)
		draw_lost(out, &r, f);
	replay_close(&r);
}

/* ---- the frame ---- */

static bool measure(const char *trace, struct frame *f, char *file, size_t size)
{
	struct replay r;
	const struct pf_record *record;

	*f = (struct frame){.low = SIZE_MAX};
	if (replay_open(&r, trace) != 0)
		return false;
	while ((record = replay_next(&r)) != NULL) {
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		replay_apply(&r, record);
		if ((kind != PF_RECORD_FLUSH && kind != PF_RECORD_DIRTY) || l->file != 0)
			continue;
		if (l->offset < f->low)
			f->low = l->offset / PF_LINE * PF_LINE;
		if (l->offset + l->length > f->high)
			f->high = (l->offset + l->length + PF_LINE - 1) / PF_LINE * PF_LINE;
	}
	f->events = r.event;
	if (r.media_count > 0)
		snprintf(file, size, "%s", r.media[0]->path);
	replay_close(&r);
	return f->high > f->low;
}

/* A step between ticks that people can read: a power of two. */
static size_t tick_of(const struct frame *f)
{
	size_t tick = PF_LINE;

	while ((f->high - f->low) / tick > 10)
		tick *= 2;
	return tick;
}

static void begin_plot(FILE *out, const char *svg, const char *file, const struct frame *f)
{
	fprintf(out,
		"set terminal svg size 1100,620 dynamic background rgb 'white' font 'sans,13'\n"
		"set output '%s'\nset title '%s' noenhanced\n"
		"set xlabel 'events'\nset ylabel 'offset in the file' offset -2,0\n"
		"set lmargin 14\nset format y '0x%%x'\nset ytics %zu\nset border 3\n"
		"set tics nomirror out\nset xrange [0:%" PRIu64 "]\nset yrange [%zu:%zu]\n"
		"set key outside bottom center horizontal\nplot ",
		svg, file, tick_of(f), f->events + 1, f->low, f->high);
	for (int mark = 0; mark < MARKS; mark++)
		fprintf(out, "%s'-' %s", mark > 0 ? ", " : "", styles[mark]);
	fputc('\n', out);
}

int draw_svg(const struct options *options, const char *trace, const struct results *results)
{
	struct frame f;
	char file[PATH_MAX];
	FILE *out;

	if (!measure(trace, &f, file, sizeof(file)))
		return crashtest_fail("%s: there is nothing to draw", trace);
	out = popen("gnuplot", "we");
	if (out == NULL)
		return crashtest_fail("gnuplot: %s", strerror(errno));
	begin_plot(out, options->svg, file, &f);
	for (int mark = 0; mark < MARKS; mark++) {
		nothing(out, (enum mark)mark);
		draw(out, (enum mark)mark, trace, &f);
		for (size_t i = 0; mark == CUTS && i < results->count; i++)
			column(out, results->group[i].event, &f);
		fputs("e\n", out);
	}
	return pclose(out) == 0 ? 0 : crashtest_fail("gnuplot could not draw %s", options->svg);
}
