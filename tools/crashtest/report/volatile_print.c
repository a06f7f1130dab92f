/* SPDX-License-Identifier: BSD-3-Clause */
/* volatile_print.c -- what was left out because it needs no flush. */
#include "volatile_print.h"

#include <inttypes.h>

#include "common/options.h"
#include "common/volatiles.h"
#include "powerfail/report.h"
#include "powerfail/volatile.h"
#include "replay/replay.h"

enum { SHOWN = 256 }; /* learnt ranges of a file */

static const char *name_of(bool learnt)
{
	return learnt ? "--baseline" : "--volatile";
}

static void print_changes(uint64_t changes, FILE *out)
{
	if (changes == 0)
		fprintf(out, "never changed");
	else
		fprintf(out, "changed %" PRIu64 " time%s", changes, changes == 1 ? "" : "s");
}

static void print_given(const struct pf_medium *m, const struct pf_range *r, FILE *out)
{
	fprintf(out, "  %s+0x%zx, %zu byte%s (--volatile): ", m->path, r->begin, r->end - r->begin,
		r->end - r->begin == 1 ? "" : "s");
	print_changes(r->changes, out);
	fprintf(out, "\n");
}

/* All that was learnt of a file is one item. */
static void print_learnt(const struct pf_medium *m, FILE *out)
{
	const struct pf_volatile *v = m->volatile_bytes;
	size_t ranges = 0, bytes = 0, shown = 0;
	uint64_t changes = 0;

	for (size_t i = 0; i < v->count; i++)
		if (v->range[i].learnt) {
			ranges++;
			bytes += v->range[i].end - v->range[i].begin;
			changes += v->range[i].changes;
		}
	if (ranges == 0)
		return;
	fprintf(out, "  %s, %zu byte%s in %zu range%s (--baseline), ", m->path, bytes,
		bytes == 1 ? "" : "s", ranges, ranges == 1 ? "" : "s");
	print_changes(changes, out);
	fprintf(out, ":\n   ");
	for (size_t i = 0; i < v->count && shown < SHOWN; i++)
		if (v->range[i].learnt) {
			fprintf(out, " 0x%zx+%zu", v->range[i].begin,
				v->range[i].end - v->range[i].begin);
			shown++;
		}
	if (shown < ranges)
		fprintf(out, " and %zu more, which --json has", ranges - shown);
	fprintf(out, "\n");
}

static void print_unmapped(const struct volatiles *list, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct volatile_part *p = &list->part[i];

		if (!p->unmapped)
			continue;
		fprintf(out, "%s %s:0x%" PRIx64 "+%" PRIu64 ": ", name_of(p->learnt), p->file,
			p->begin, p->end - p->begin);
		fputs(p->learnt ? "there is not one file of that name that was mapped\n"
				: "no file of that name was mapped\n",
			out);
	}
}

static bool has_any(const struct replay *r)
{
	for (size_t i = 0; i < r->media_count; i++)
		if (r->media[i]->volatile_bytes != NULL)
			return true;
	return false;
}

void volatile_print(const struct options *o, const struct replay *r, FILE *out)
{
	if (has_any(r))
		fprintf(out, "left out, as what needs no flush:\n");
	for (size_t i = 0; i < r->media_count; i++) {
		const struct pf_volatile *v = r->media[i]->volatile_bytes;

		for (size_t j = 0; v != NULL && j < v->count; j++)
			if (!v->range[j].learnt)
				print_given(r->media[i], &v->range[j], out);
		if (v != NULL)
			print_learnt(r->media[i], out);
	}
	if (o->volatiles != NULL)
		print_unmapped(o->volatiles, out);
	if (o->baseline != NULL && !volatiles_has_learnt(o->volatiles))
		fprintf(out, "--baseline: nothing was learnt: all that it stored was flushed\n");
}

static void print_one(const char *file, uint64_t begin, uint64_t end, bool learnt, FILE *out)
{
	fprintf(out, "    {\"file\": ");
	pmem2_pf_json_string(file, out);
	fprintf(out, ", \"offset\": %" PRIu64 ", \"length\": %" PRIu64 ", \"learnt\": %s, ", begin,
		end - begin, learnt ? "true" : "false");
}

void volatile_print_json(const struct options *o, const struct replay *r, FILE *out)
{
	const char *before = "\n";

	if (o->volatiles == NULL && o->baseline == NULL)
		return;
	fprintf(out, ",\n  \"volatile\": [");
	for (size_t i = 0; i < r->media_count; i++) {
		const struct pf_volatile *v = r->media[i]->volatile_bytes;

		for (size_t j = 0; v != NULL && j < v->count; j++, before = ",\n") {
			fputs(before, out);
			print_one(r->media[i]->path, v->range[j].begin, v->range[j].end,
				v->range[j].learnt, out);
			fprintf(out, "\"mapped\": true, \"changes\": %" PRIu64 "}",
				v->range[j].changes);
		}
	}
	for (size_t i = 0; o->volatiles != NULL && i < o->volatiles->count; i++) {
		const struct volatile_part *p = &o->volatiles->part[i];

		if (!p->unmapped)
			continue;
		fputs(before, out);
		print_one(p->file, p->begin, p->end, p->learnt, out);
		fprintf(out, "\"mapped\": false, \"changes\": 0}");
		before = ",\n";
	}
	fputs("]", out);
}
