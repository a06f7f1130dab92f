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

/*
 * Two groups: the widest gap between neighbours is more than half of the whole spread, and more than
 * noise is (the same library against itself: 0.94 to 1.06).
 */
static bool has_two_groups(const double *values, unsigned n)
{
	unsigned at = 1;

	if (n < 4)
		return false;
	for (unsigned i = 2; i < n; i++)
		if (values[i] - values[i - 1] > values[at] - values[at - 1])
			at = i;

	double gap = values[at] - values[at - 1];
	return at >= 2 && n - at >= 2 && gap > 0.06 && gap > (values[n - 1] - values[0]) / 2;
}

struct spread result_spread(const struct result *result)
{
	double ratios[RUNS_MAX];
	unsigned n = result->n_runs;

	for (unsigned i = 0; i < n; i++)
		ratios[i] = result->runs[i].ratio;
	qsort(ratios, n, sizeof(ratios[0]), ascending);
	return (struct spread){ratios[0], ratios[n - 1], has_two_groups(ratios, n)};
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
