/* SPDX-License-Identifier: BSD-3-Clause */
/* html_cut.c -- what happened around a cut, and which bytes it lost and kept. */
#include "html_cut.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/options.h"
#include "common/path.h"
#include "html_text.h"
#include "images/choice.h"
#include "images/units.h"
#include "powerfail/model.h"
#include "powerfail/report.h"
#include "replay/replay.h"
#include "replay/trace.h"
#include "search/results.h"

enum {
	BEFORE = 10, /* records of the timeline before the cut, */
	AFTER = 4,   /* and after it */
	MOST = 24,   /* parts of lines that are shown */
	SHOWN = 16,  /* bytes of each */
};

struct shown {
	const struct options *options;
	const struct group *group;
	struct trace trace;
	struct replay whole; /* at the end: it knows all names */
	FILE *out;
};

static const char *file_of(const struct shown *s, uint32_t file)
{
	struct pf_names names = replay_names(&s->whole);

	return path_name(names.file(file, names.arg));
}

/* ---- the timeline ---- */

static bool is_shown(const struct pf_record *record)
{
	switch (pmem2_pf_record_kind(record)) {
	case PF_RECORD_ATTACH:
	case PF_RECORD_DETACH:
	case PF_RECORD_FLUSH:
	case PF_RECORD_DRAIN:
	case PF_RECORD_DIRTY:
	case PF_RECORD_STORE:
	case PF_RECORD_SAID:
	case PF_RECORD_EXIT:
		return true;
	default:
		return false;
	}
}

static void print_lines(const struct shown *s, const char *what, const struct pf_record *record)
{
	const struct pf_record_lines *l = (const struct pf_record_lines *)record;

	html_print(s->out, "%s %s+0x%" PRIx64 ", %" PRIu64 " bytes", what, file_of(s, l->file),
		l->offset, l->length);
}

/* Its first line. */
static void print_said(const struct shown *s, const struct pf_record_said *said)
{
	const char *end = memchr(said->bytes, '\n', said->length);
	size_t n = end != NULL ? (size_t)(end - said->bytes) : said->length;

	html_print(s->out, "wrote \"%.*s\"", (int)(n < 60 ? n : 60), said->bytes);
}

static void print_what(const struct shown *s, const struct pf_record *record)
{
	const struct pf_record_said *said = (const struct pf_record_said *)record;

	switch (pmem2_pf_record_kind(record)) {
	case PF_RECORD_FLUSH:
		print_lines(s, "flush", record);
		break;
	case PF_RECORD_DIRTY:
		print_lines(s, "found stored and not flushed:", record);
		break;
	case PF_RECORD_STORE: /* begins as lines do */
		print_lines(s, "store", record);
		break;
	case PF_RECORD_DRAIN:
		fputs("drain", s->out);
		break;
	case PF_RECORD_SAID:
		print_said(s, said);
		break;
	case PF_RECORD_EXIT:
		fputs("end of the program", s->out);
		break;
	default:
		fputs(pmem2_pf_record_kind(record) == PF_RECORD_ATTACH ? "a mapping begins"
								       : "a mapping ends",
			s->out);
	}
}

static void print_row(const struct shown *s, uint64_t event, const struct pf_record *record)
{
	struct pf_names names = replay_names(&s->whole);
	char stack[1024] = "";

	if (record->stack != 0)
		pmem2_pf_stack_text(record->stack, &names, stack, sizeof(stack));
	fprintf(s->out, "<tr><td>%" PRIu64 "</td><td>%u</td><td>", event, record->thread);
	print_what(s, record);
	fputs("</td><td>", s->out);
	html_text(s->out, stack);
	fputs("</td></tr>\n", s->out);
}

static void print_cut(const struct shown *s)
{
	fputs("<tr class=cut><td colspan=4>the power fails</td></tr>\n", s->out);
}

/* The event of a drain is still to come when its cut is. */
static void print_timeline(const struct shown *s)
{
	uint64_t cut = s->group->event - (s->group->cut != CUT_FLUSH), first = cut;
	unsigned rows = 0;

	for (; first > 1 && rows < BEFORE; first--) {
		const struct pf_record *record = trace_record(&s->trace, first);

		rows += record != NULL && is_shown(record);
	}
	fputs("<h3>Around the cut</h3>\n<table><tr><th>event<th>thread<th>what<th>from</tr>\n",
		s->out);
	rows = 0;
	for (uint64_t i = first > 0 ? first : 1; i <= s->trace.records && rows < AFTER; i++) {
		const struct pf_record *record = trace_record(&s->trace, i);

		if (is_shown(record)) {
			print_row(s, i, record);
			rows += i > cut;
		}
		if (i == cut)
			print_cut(s);
	}
	fputs("</table>\n", s->out);
}

/* ---- bytes ---- */

static void print_bytes(const struct shown *s, const char *bytes, size_t size)
{
	fputs("<td class=bytes>", s->out);
	for (size_t i = 0; i < size && i < SHOWN; i++)
		fprintf(s->out, "%02x ", (unsigned char)bytes[i]);
	if (size > SHOWN)
		fputs("...", s->out);
	fputs("</td>", s->out);
}

static void print_unit(const struct shown *s, const struct unit *u, unsigned choice)
{
	const char *durable = units_content(u, 0), *newest = units_content(u, u->newest);
	size_t at = 0, size = u->size;

	while (size > 1 && durable[at] == newest[at]) {
		at++;
		size--;
	}
	fprintf(s->out, "<tr class=%s><td>", choice == u->newest ? "kept" : "lost");
	html_print(s->out, "%s+0x%zx", file_of(s, u->medium->id), u->line * PF_LINE + u->at + at);
	if (choice == u->newest)
		fputs("<td>kept", s->out);
	else if (choice == 0)
		fputs("<td>lost", s->out);
	else
		fprintf(s->out, "<td>version %u of %u", choice, u->newest);
	print_bytes(s, units_content(u, choice) + at, size);
	print_bytes(s, newest + at, size);
	fputs("</tr>\n", s->out);
}

static void print_units(const struct shown *s, const struct units *units, const uint8_t *choice)
{
	fputs("<h3>What was on its way</h3>\n<table><tr><th>where<th><th>in the image"
	      "<th>stored last</tr>\n",
		s->out);
	for (size_t i = 0; i < units->count && i < MOST; i++)
		print_unit(s, &units->unit[i], choice[i]);
	fputs("</table>\n", s->out);
	if (units->count > MOST)
		fprintf(s->out, "<p>And %zu more.</p>\n", units->count - MOST);
	if (units->count == 0)
		fputs("<p>Nothing: all that was stored is in the image.</p>\n", s->out);
}

static void print_image(const struct shown *s)
{
	const struct options *o = s->options;
	struct units units = {0};
	struct replay r;
	uint8_t *choice = NULL;
	bool whole = replay_open(&r, &s->trace) == 0;

	r.coherent = o->coherent;
	whole = whole && replay_to(&r, s->group->event) == 0 &&
	        units_collect(&units, &r, units_wanted(o, s->group->torn));
	if (whole)
		choice = calloc(1, units.count + 1);
	if (choice != NULL && choice_read(s->group->name, o->seed, &units, choice))
		print_units(s, &units, choice);
	free(choice);
	units_free(&units);
	replay_close(&r);
}

/* All that texts need: files, modules, call stacks. */
static void read_names(struct replay *r)
{
	const struct pf_record *record;

	while ((record = replay_next(r)) != NULL) {
		enum pf_record_kind kind = pmem2_pf_record_kind(record);

		if (kind == PF_RECORD_FILE || kind == PF_RECORD_MODULE || kind == PF_RECORD_STACK)
			replay_apply(r, record);
		else
			r->event++;
	}
}

void html_cut(FILE *out, const struct options *options, const struct group *g, const char *trace)
{
	struct shown s = {.options = options, .group = g, .out = out};

	if (trace_open(&s.trace, trace) != 0)
		return;
	s.trace.volatiles = options->volatiles;
	if (replay_open(&s.whole, &s.trace) == 0) {
		read_names(&s.whole);
		print_image(&s);
		print_timeline(&s);
	}
	replay_close(&s.whole);
	trace_close(&s.trace);
}
