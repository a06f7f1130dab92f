/* SPDX-License-Identifier: BSD-3-Clause */
/* baseline.h -- a run that only opens and closes: what it stores and does not flush needs no flush. */
#ifndef CRASHTEST_BASELINE_H
#define CRASHTEST_BASELINE_H

struct options;

/*
 * Runs options->baseline, and adds what it leaves to options->volatiles, which is made if it is not there. 0 or an
 * exit status.
 */
int baseline_learn(struct options *options);

#endif
