/* SPDX-License-Identifier: BSD-3-Clause */
/* svg.c -- a picture of a trace: what was flushed and drained when, and what was lost for good. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "array.h"
#include "print.h"

enum { MOST_PANELS = 8 };

/* What is drawn of a file: lines from low to high. */
struct panel {
	uint32_t file;
	size_t low, high; /* bytes */
};

/* Files from top to bottom, the events of all from left to right. */
struct picture {
	FILE *out;
	const char *trace;
	struct replay end; /* of the trace */
	struct panel *panel;
	size_t files; /* how many have something to be drawn */
	size_t shown;
};

enum mark { DRAINS, FLUSHES, DURABLE, LOST, CUTS, MARKS };

/* Columns of an event, or of a file and a box; the former go over all of a panel. */
static const struct style {
	bool whole;
	const char *look;
} styles[MARKS] = {
	[DRAINS] = {true, "nohead lw 0.5 lc rgb '#c8c8c8' title 'drain'"},
	[FLUSHES] = {false, "fs solid lc rgb '#4878cf' title 'flushed'"},
	[DURABLE] = {false, "fs solid lc rgb '#6acc65' title 'durable'"},
	[LOST] = {false, "fs solid noborder lc rgb '#e8a0a0' title 'stored, and never durable'"},
	[CUTS] = {true, "nohead lw 2 dt 2 lc rgb '#8c3cb4' title 'a cut that fails'"},
};

/* ---- data ---- */

/* file x y xlow xhigh ylow yhigh */
static void box(FILE *out, uint32_t file, double left, double right, size_t begin, size_t end)
{
	fprintf(out, "%" PRIu32 " %g %zu %g %g %zu %zu\n", file, (left + right) / 2,
		(begin + end) / 2, left, right, begin, end);
}

static void draw_record(FILE *out, enum mark mark, const struct pf_record *record,
	const struct replay *r)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)record;
	enum pf_record_kind kind = pmem2_pf_record_kind(record);
	double event = (double)(r->event + 1);

	if (mark == DRAINS && kind == PF_RECORD_DRAIN)
		fprintf(out, "%" PRIu64 "\n", r->event + 1);
	if (mark == FLUSHES && kind == PF_RECORD_FLUSH)
		box(out, l->file, event - 0.4, event + 0.4, l->offset / PF_LINE * PF_LINE,
			(l->offset + l->length + PF_LINE - 1) / PF_LINE * PF_LINE);
}

static void draw_lost(FILE *out, const struct replay *r)
{
	for (uint32_t i = 1; i < pmem2_pf_versions(&r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(&r->model, i);

		if (!pmem2_pf_is_newest(&r->model, i) ||
			pmem2_pf_same_line(v->content, pmem2_pf_medium_line(v->medium, v->line)))
			continue;
		box(out, v->medium->id, (double)v->event, (double)r->event + 1, v->line * PF_LINE,
			(v->line + 1) * PF_LINE);
	}
}

/* One kind of mark, from a walk of its own through the trace. */
static void draw_walk(const struct picture *p, enum mark mark)
{
	struct replay r;
	const struct pf_record *record;

	if (replay_open(&r, p->trace) != 0)
		return;
	while ((record = replay_next(&r)) != NULL) {
		size_t before = r.journal_count;

		draw_record(p->out, mark, record, &r);
		replay_apply(&r, record);
		for (size_t i = before; mark == DURABLE && i < r.journal_count; i++)
			box(p->out, r.journal[i].medium->id, (double)r.event - 0.3,
				(double)r.event + 0.3, r.journal[i].line * PF_LINE,
				(r.journal[i].line + 1) * PF_LINE);
	}
	replay_close(&r);
}

static void draw(const struct picture *p, enum mark mark, const struct results *results)
{
	/* a data set must not be empty: one that lies outside */
	fprintf(p->out, "$mark%d << END\n%s\n", mark,
		styles[mark].whole ? "-1" : "-1 -1 0 -1 -1 0 0");
	if (mark == LOST)
		draw_lost(p->out, &p->end);
	else if (mark != CUTS)
		draw_walk(p, mark);
	for (size_t i = 0; mark == CUTS && i < results->count; i++)
		fprintf(p->out, "%" PRIu64 "\n", results->group[i].event);
	fputs("END\n", p->out);
}

/* ---- panels ---- */

static bool widen(struct picture *p, size_t *room, const struct pf_record_lines *l)
{
	struct panel *panel;
	size_t i = 0;

	while (i < p->files && p->panel[i].file != l->file)
		i++;
	if (i == p->files) {
		if (!array_grow(&p->panel, p->files, room, sizeof(*p->panel)))
			return false;
		p->panel[p->files++] = (struct panel){.file = l->file, .low = SIZE_MAX};
	}
	panel = &p->panel[i];
	if (l->offset < panel->low)
		panel->low = l->offset / PF_LINE * PF_LINE;
	if (l->offset + l->length > panel->high)
		panel->high = (l->offset + l->length + PF_LINE - 1) / PF_LINE * PF_LINE;
	return true;
}

static int by_file(const void *a, const void *b)
{
	const struct panel *p = a, *q = b;

	return p->file < q->file ? -1 : p->file > q->file;
}

/* Whether there is anything; the replay is at its end then. */
static bool measure(struct picture *p)
{
	const struct pf_record *record;
	size_t room = 0;
	bool going = true;

	while (going && (record = replay_next(&p->end)) != NULL) {
		const struct pf_record_lines *l = (const struct pf_record_lines *)record;
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		replay_apply(&p->end, record);
		if ((kind == PF_RECORD_FLUSH || kind == PF_RECORD_DIRTY) && l->length > 0 &&
			l->file < p->end.media_count)
			going = widen(p, &room, l);
	}
	if (p->files > 0)
		qsort(p->panel, p->files, sizeof(*p->panel), by_file);
	p->shown = p->files < MOST_PANELS ? p->files : MOST_PANELS;
	return going && p->files > 0;
}

/* A step between ticks that people can read: a power of two. */
static size_t tick_of(const struct panel *panel, size_t ticks)
{
	size_t tick = PF_LINE;

	while ((panel->high - panel->low) / tick > ticks)
		tick *= 2;
	return tick;
}

/* A string of gnuplot's. */
static void put_text(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputc('\'', out);
		fputc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
	fputc('\'', out);
}

static void plot_panel(const struct picture *p, size_t i)
{
	const struct panel *panel = &p->panel[i];
	bool last = i + 1 == p->shown;

	fputs("set title ", p->out);
	put_text(p->out, p->end.media[panel->file]->path);
	fprintf(p->out, " noenhanced\nset yrange [%zu:%zu]\nset ytics %zu\n%s\nplot ", panel->low,
		panel->high, tick_of(panel, p->shown == 1 ? 10 : 5),
		last ? "set format x\nset xlabel 'events'\nset key" : "set format x ''\nunset key");
	for (int mark = 0; mark < MARKS; mark++) {
		fprintf(p->out, "%s$mark%d using ", mark > 0 ? ", " : "", mark);
		if (styles[mark].whole)
			fprintf(p->out, "1:(%zu):(0):(%zu) with vectors ", panel->low,
				panel->high - panel->low);
		else
			fprintf(p->out, "($1 == %" PRIu32 " ? $2 : NaN):3:4:5:6:7 with boxxyerror ",
				panel->file);
		fputs(styles[mark].look, p->out);
	}
	fputc('\n', p->out);
}

static void plot(const struct picture *p, const char *svg)
{
	/* in pixels, of which gnuplot wants parts of the whole */
	double panel = p->shown == 1 ? 480 : p->shown <= 3 ? 260 : 150;
	double top = p->files > p->shown ? 65 : 40, bottom = 125, between = 48;
	double height = top + panel * (double)p->shown + between * (double)(p->shown - 1) + bottom;

	fprintf(p->out,
		"set terminal svg size 1100,%.0f dynamic background rgb 'white' font 'sans,13'\n"
		"set output ",
		height);
	put_text(p->out, svg);
	fprintf(p->out,
		"\nset xrange [0:%" PRIu64 "]\nset ylabel 'offset in the file' offset -1,0\n"
		"set format y '0x%%x'\nset border 3\nset tics nomirror out\n"
		"set key at screen 0.5,%g center bottom horizontal\n"
		"set multiplot layout %zu,1 margins 0.14,0.97,%g,%g spacing 0,%g",
		p->end.event + 1, 12 / height, p->shown, bottom / height, 1 - top / height,
		between / height);
	if (p->files > p->shown)
		fprintf(p->out, " title 'the first %zu of %zu files'", p->shown, p->files);
	fputc('\n', p->out);
	for (size_t i = 0; i < p->shown; i++)
		plot_panel(p, i);
	fputs("unset multiplot\n", p->out);
}

int draw_svg(const struct options *options, const char *trace, const struct results *results)
{
	struct picture p = {.trace = trace};
	int ret;

	if (replay_open(&p.end, trace) != 0)
		return crashtest_fail("%s: %s", trace, p.end.error);
	if (!measure(&p)) {
		ret = crashtest_fail("%s: there is nothing to draw", trace);
	} else if ((p.out = popen("gnuplot", "we")) == NULL) {
		ret = crashtest_fail("gnuplot: %s", strerror(errno));
	} else {
		for (int mark = 0; mark < MARKS; mark++)
			draw(&p, (enum mark)mark, results);
		plot(&p, options->svg);
		ret = pclose(p.out) == 0
		              ? 0
		              : crashtest_fail("gnuplot could not draw %s", options->svg);
	}
	free(p.panel);
	replay_close(&p.end);
	return ret;
}
