/* SPDX-License-Identifier: BSD-3-Clause */
/* Keeps the rows, and joins their runs. */
#include "results.h"

#include <err.h>
#include <stdlib.h>

void results_add(struct results *results, const struct row *row, const struct timing *timing)
{
	if (results->next == results->n) {
		if (results->n == results->room) {
			results->room = results->room * 2 + 256;
			results->list =
				realloc(results->list, results->room * sizeof(results->list[0]));
			if (results->list == NULL)
				err(1, "results");
		}
		results->list[results->n++] = (struct result){.row = *row};
	}

	struct result *result = &results->list[results->next++];
	result->runs[result->n_runs++] = *timing;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of(const struct result *result, size_t slot)
{
	double values[RUNS_MAX];
	unsigned n = result->n_runs;

	for (unsigned i = 0; i < n; i++)
		values[i] = *(const double *)((const char *)&result->runs[i] + slot);
	qsort(values, n, sizeof(values[0]), ascending);
	return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

struct timing result_median(const struct result *result)
{
	return (struct timing){
		.ns = {median_of(result, offsetof(struct timing, ns[0])),
			median_of(result, offsetof(struct timing, ns[1]))},
		.ratio = median_of(result, offsetof(struct timing, ratio)),
		.low = median_of(result, offsetof(struct timing, low)),
		.high = median_of(result, offsetof(struct timing, high)),
	};
}
