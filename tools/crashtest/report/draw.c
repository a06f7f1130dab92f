/* SPDX-License-Identifier: BSD-3-Clause */
/* draw.c -- a picture of a trace: what was flushed and drained when, and what was lost for good. */
#include "draw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"
#include "common/say.h"
#include "powerfail/model.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"

enum { MOST_PANELS = 8 };

/* What is drawn of a file: lines from low to high. */
struct panel {
	uint32_t file;
	size_t low, high; /* bytes */
};

/* Files from top to bottom, the events of all from left to right. */
struct picture {
	FILE *out;
	const struct replay *end; /* of the trace */
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

static void draw_drains(const struct picture *p)
{
	const struct trace *trace = p->end->trace;

	for (uint64_t event = 1; event <= trace->records; event++)
		if (pmem2_pf_record_kind(trace_record(trace, event)) == PF_RECORD_DRAIN)
			fprintf(p->out, "%" PRIu64 "\n", event);
}

static void draw_flushes(const struct picture *p)
{
	const struct trace *trace = p->end->trace;

	for (uint64_t event = 1; event <= trace->records; event++) {
		const struct pf_record_lines *l =
			trace_lines(trace_record(trace, event), PF_RECORD_FLUSH);

		if (l != NULL)
			box(p->out, l->file, (double)event - 0.4, (double)event + 0.4,
				l->offset / PF_LINE * PF_LINE,
				(l->offset + l->length + PF_LINE - 1) / PF_LINE * PF_LINE);
	}
}

static void draw_durable(const struct picture *p)
{
	for (size_t i = 0; i < p->end->journal_count; i++) {
		const struct changed_line *c = &p->end->journal[i];

		if (c->minor)
			continue;
		box(p->out, c->medium->id, (double)c->event - 0.3, (double)c->event + 0.3,
			c->line * PF_LINE, (c->line + 1) * PF_LINE);
	}
}

static void draw_lost(const struct picture *p)
{
	const struct replay *r = p->end;

	for (uint32_t i = 1; i < pmem2_pf_versions(r->model); i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);

		if (!pmem2_pf_is_newest(r->model, i) ||
			pmem2_pf_same_line(v->content, pmem2_pf_medium_line(v->medium, v->line)))
			continue;
		box(p->out, v->medium->id, (double)v->event, (double)r->event + 1,
			v->line * PF_LINE, (v->line + 1) * PF_LINE);
	}
}

static void draw_mark(const struct picture *p, enum mark mark, const struct results *results)
{
	/* a data set must not be empty: one that lies outside */
	fprintf(p->out, "$mark%d << END\n%s\n", mark,
		styles[mark].whole ? "-1" : "-1 -1 0 -1 -1 0 0");
	if (mark == DRAINS)
		draw_drains(p);
	else if (mark == FLUSHES)
		draw_flushes(p);
	else if (mark == DURABLE)
		draw_durable(p);
	else if (mark == LOST)
		draw_lost(p);
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

/* Whether there is anything. */
static bool measure(struct picture *p)
{
	const struct trace *trace = p->end->trace;
	size_t room = 0;
	bool going = true;

	for (uint64_t event = 1; going && event <= trace->records; event++) {
		const struct pf_record *record = trace_record(trace, event);
		const struct pf_record_lines *l = trace_lines(record, PF_RECORD_FLUSH);

		if (l == NULL)
			l = trace_lines(record, PF_RECORD_DIRTY);
		if (l != NULL && l->length > 0 && l->file < p->end->media_count)
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
	put_text(p->out, p->end->media[panel->file]->path);
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
		p->end->event + 1, 12 / height, p->shown, bottom / height, 1 - top / height,
		between / height);
	if (p->files > p->shown)
		fprintf(p->out, " title 'the first %zu of %zu files'", p->shown, p->files);
	fputc('\n', p->out);
	for (size_t i = 0; i < p->shown; i++)
		plot_panel(p, i);
	fputs("unset multiplot\n", p->out);
}

bool draw_has_something(const struct replay *r)
{
	struct picture p = {.end = r};
	bool has = measure(&p);

	free(p.panel);
	return has;
}

int draw(const struct replay *r, const struct results *results, const char *svg)
{
	struct picture p = {.end = r};
	int ret;

	if (!measure(&p)) {
		ret = say_failed("%s: there is nothing to draw", r->trace->path);
	} else if ((p.out = popen("gnuplot", "we")) == NULL) {
		ret = say_failed("gnuplot: %s", strerror(errno));
	} else {
		for (int mark = 0; mark < MARKS; mark++)
			draw_mark(&p, (enum mark)mark, results);
		plot(&p, svg);
		ret = pclose(p.out) == 0 ? 0 : say_failed("gnuplot could not draw %s", svg);
	}
	free(p.panel);
	return ret;
}
