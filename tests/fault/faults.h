/* SPDX-License-Identifier: BSD-3-Clause */
/* faults.h -- a scenario: one call, what it needs, and what undoes it. */
#ifndef TEST_FAULTS_H
#define TEST_FAULTS_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <libpmem2.h>

#include "../codes.h"
#include "../must.h"

struct scenario {
	const char *name;     /* the public functions that it calls; NULL ends a list */
	int (*call)(void);    /* must succeed without faults */
	void (*undo)(void);   /* or NULL; run where the call succeeded, without faults */
	void (*before)(void); /* or NULL: makes what the call needs */
};

/* Runs each of a list with every fault; returns how many there were. */
size_t faults_run(const struct scenario *scenarios);

/* For what happens once in a process: runs the call in a process of its own for each fault. */
size_t faults_in_children(const char *name, int (*call)(void));

/* Sources on an NVDIMM of a fake sysfs, asked through ndctl.so with a libndctl that can fail. */
size_t faults_on_nvdimm(void);

#endif
