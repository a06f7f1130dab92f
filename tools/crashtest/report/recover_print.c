/* SPDX-License-Identifier: BSD-3-Clause */
/* recover_print.c -- what was found of recoveries that were cut, as it is printed. */
#include "recover_print.h"

#include <inttypes.h>

#include "common/options.h"
#include "powerfail/report.h"
#include "recovered.h"
#include "verdict.h"

static uint64_t failed(const struct recovered *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->count; i++)
		sum += r->finding[i].group.count;
	return sum;
}

static void print_finding(const struct options *o, const struct recover_finding *f)
{
	struct volatiles list = f->volatiles;
	struct options with = *o;
	char where[1280];

	with.volatiles = &list;
	snprintf(where, sizeof(where), "in the recovery of image %s, %s", f->of, f->where);
	verdict_print_group(&with, &f->group, where, f->trace);
}

void recover_print(const struct options *o, const struct recovered *r)
{
	if (r->without > 0)
		printf("\nrecovery: %" PRIu64 " mapped no file through this libpmem2, and were not "
		       "cut themselves\n",
			r->without);
	printf("%srecovery: %" PRIu64 " that changed something, %" PRIu64 " of them cut: %" PRIu64
	       " points of failure, %" PRIu64 " images, %.1f s: %" PRIu64 " failed\n",
		r->without > 0 ? "" : "\n", r->seen, r->cut, r->points, r->images, r->seconds,
		failed(r));
	if (r->losses > 0)
		printf("recovery: %" PRIu64 " left something that is not durable; the first:\n%s",
			r->losses, r->report != NULL ? r->report : "");
	for (size_t i = 0; i < r->count; i++)
		print_finding(o, &r->finding[i]);
}

void recover_print_json(const struct recovered *r, FILE *out)
{
	fprintf(out,
		",\n  \"recovery\": {\"changing\": %" PRIu64 ", \"without_trace\": %" PRIu64
		", \"cut\": %" PRIu64 ", \"points\": %" PRIu64 ", \"images\": %" PRIu64
		", \"seconds\": %.3f, \"failed\": %" PRIu64 ", \"losses\": %" PRIu64
		",\n  \"failures\": [",
		r->seen, r->without, r->cut, r->points, r->images, r->seconds, failed(r),
		r->losses);
	for (size_t i = 0; i < r->count; i++) {
		const struct recover_finding *f = &r->finding[i];

		fputs(i > 0 ? ",\n" : "\n", out);
		verdict_json_group(&f->group, f->where, out);
		fprintf(out, ", \"recovery_of\": ");
		pmem2_pf_json_string(f->of, out);
		fprintf(out, ", \"trace\": ");
		pmem2_pf_json_string(f->trace, out);
		fputs("}", out);
	}
	fputs(r->count > 0 ? "\n  ]}" : "]}", out);
}
