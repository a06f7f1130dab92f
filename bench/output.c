/* SPDX-License-Identifier: BSD-3-Clause */
/* The table and the CSV file. */
#include "output.h"

#include <string.h>

#include "targets.h"

static const struct {
	const char *group, *title;
} titles[] = {
	{"durable", "ours, the default / the peer's copy with NOFLUSH, then persist"},
	{"bare", "ours, the default / a bare loop of streams and flushes, which is no library"},
	{"copy", "copies; ours with PMEM2_NT_EVICTS=1 / the peer's plain call"},
	{"overlap", "overlapping moves, one contract as above"},
	{"memset", "memset, one contract as above"},
	{"flush", "persist, flush, drain at CACHE_LINE"},
	{"random", "random sizes and places"},
	{"byte", "BYTE granularity"},
	{"maps", "making and deleting a map; size: how many others there are"},
	{"lookup", "reservations; size: how many maps are in one"},
	{"page", "PAGE granularity; size: how many maps there are"},
	{"batch",
		"PAGE, a batch of pages: with deferred flushes / otherwise; size: how many pages"},
	{"objects", "sources and configs"},
	{"threads", "two threads at once"},
};

static void print_size(FILE *out, size_t size)
{
	if (size >= 1 << 20 && size % (1 << 20) == 0)
		fprintf(out, "%6zuM", size >> 20);
	else if (size >= 1 << 10 && size % (1 << 10) == 0)
		fprintf(out, "%6zuK", size >> 10);
	else
		fprintf(out, "%7zu", size);
}

static void print_row(FILE *out, const struct result *result, bool self)
{
	const struct row *row = &result->row;
	const struct target *target = target_of(row);
	struct timing t = result_median(result);
	struct spread spread = result_spread(result);

	fprintf(out, "  %-22s %-7s %-5s ", row->op, row->place, row->state);
	print_size(out, row->size);
	fprintf(out, " %12.1f %12.1f  %5.2f  (%.2f..%.2f)", t.ns[0], t.ns[1], t.ratio, t.low,
		t.high);
	fprintf(out, "  %.2f..%.2f", spread.least, spread.most);
	if (self && (t.ratio < 0.95 || t.ratio > 1.05))
		fprintf(out, "  NOISY");
	if (!self && target != NULL)
		fprintf(out, "  %.2f %-2s  %s", target->ratio, target->hardware ? "HW" : "",
			target_holds(target, t.ratio) ? "holds" : "MISSES");
	if (spread.bimodal)
		fprintf(out, "  BIMODAL");
	fputc('\n', out);
}

void output_table(FILE *out, const struct results *results, bool self)
{
	for (size_t g = 0; g < sizeof(titles) / sizeof(titles[0]); g++) {
		bool first = true;

		for (size_t i = 0; i < results->n; i++) {
			if (strcmp(results->list[i].row.group, titles[g].group) != 0)
				continue;
			if (first)
				fprintf(out,
					"\n%s: %s\n"
					"  %-22s %-7s %-5s %7s %12s %12s  %5s  %-12s  %-10s  target\n",
					titles[g].group, titles[g].title, "operation", "place",
					"state", "size", "ours, ns", "peer, ns", "ratio",
					"(quartiles)", "processes");
			first = false;
			print_row(out, &results->list[i], self);
		}
	}
}

void output_csv(FILE *out, const struct results *results)
{
	fprintf(out,
		"group,op,place,state,size,ours_ns,peer_ns,ratio,low,high,target,hardware,holds,"
		"least,most,bimodal\n");
	for (size_t i = 0; i < results->n; i++) {
		const struct row *row = &results->list[i].row;
		const struct target *target = target_of(row);
		struct timing t = result_median(&results->list[i]);
		struct spread spread = result_spread(&results->list[i]);

		fprintf(out, "%s,%s,%s,%s,%zu,%.2f,%.2f,%.4f,%.4f,%.4f,", row->group, row->op,
			row->place, row->state, row->size, t.ns[0], t.ns[1], t.ratio, t.low,
			t.high);
		if (target != NULL)
			fprintf(out, "%.2f,%d,%d,", target->ratio, target->hardware,
				target_holds(target, t.ratio));
		else
			fprintf(out, ",,,");
		fprintf(out, "%.4f,%.4f,%d\n", spread.least, spread.most, spread.bimodal);
	}
}
