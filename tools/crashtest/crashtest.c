/* SPDX-License-Identifier: BSD-3-Clause */
/* crashtest.c -- pmem2 crashtest: would a power cut break a program's file? */
#include "crashtest.h"

#include <glob.h>
#include <stdio.h>
#include <sys/resource.h>

#include "again.h"
#include "options.h"
#include "process.h"
#include "run.h"
#include "say.h"
#include "signals.h"

/* The traces of the program, and of its children. */
static int test_traces(const struct options *o, const struct run *run, const char *trace)
{
	char pattern[PATH_MAX + 2];
	glob_t found;
	int worst = process_test(o, run, trace);

	snprintf(pattern, sizeof(pattern), "%.4000s.*[0-9]", trace);
	if (glob(pattern, 0, NULL, &found) != 0)
		return worst;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int ret = process_test(o, NULL, found.gl_pathv[i]);

		worst = ret > worst ? ret : worst;
	}
	globfree(&found);
	return worst;
}

int tool_crashtest(int argc, char *argv[])
{
	const struct rlimit no_core = {0, 0};
	struct options o;
	struct run run = {0};
	int ret = options_read(&o, argc, argv);

	if (ret != 0)
		return ret < 0 ? 0 : ret;
	signals_catch();
	setrlimit(RLIMIT_CORE, &no_core); /* of checkers, which may die many times */
	if (o.image != NULL)
		return again(&o);

	if (o.program != NULL)
		ret = run_program(&run, &o);
	if (ret == 0)
		ret = o.program != NULL ? test_traces(&o, &run, run.trace)
		                        : test_traces(&o, NULL, o.trace);
	run.keeps_trace = run.keeps_trace || ret == CRASHTEST_FOUND;
	run_finish(&run);
	return ret;
}
