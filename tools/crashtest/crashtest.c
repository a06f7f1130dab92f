/* SPDX-License-Identifier: BSD-3-Clause */
/* crashtest.c -- pmem2 crashtest: would a power cut break a program's file? */
#include "crashtest.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "again.h"
#include "common/options.h"
#include "common/say.h"
#include "common/signals.h"
#include "family.h"
#include "process.h"
#include "program/baseline.h"
#include "program/run.h"

/* "picture.svg" becomes "picture.123.svg" for the child whose trace is "trace.123". */
static void name_picture(char *name, size_t size, const char *svg, const char *trace)
{
	const char *number = strrchr(trace, '.') + 1, *dot = strrchr(svg, '.');

	if (dot == NULL || strchr(dot, '/') != NULL)
		dot = svg + strlen(svg);
	snprintf(name, size, "%.*s.%s%s", (int)(dot - svg), svg, number, dot);
}

/* One document for all processes. */
static void print_json(const struct process *p, size_t count)
{
	bool first = true;

	fputs(p[0].json != NULL ? p[0].json : "{", stdout);
	for (size_t i = 1; i < count; i++) {
		if (p[i].json == NULL)
			continue;
		if (first)
			printf("%s\n  \"children\": [\n", p[0].json != NULL ? "," : "");
		printf("%s%s}", first ? "" : ",\n", p[i].json);
		first = false;
	}
	puts(first ? "}" : "]\n}");
}

static int test_processes(const struct options *o, struct process *p, size_t count)
{
	char picture[PATH_MAX], page[PATH_MAX];
	bool drawn = false, any = false;
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		int ret;

		p[i].svg = o->svg;
		p[i].html = o->html;
		if (o->html != NULL && i > 0) {
			name_picture(page, sizeof(page), o->html, p[i].trace);
			p[i].html = page;
		}
		if (o->svg != NULL && i > 0) {
			name_picture(picture, sizeof(picture), o->svg, p[i].trace);
			p[i].svg = picture;
		}
		ret = process_test(&p[i], o);
		worst = ret > worst ? ret : worst;
		drawn = drawn || p[i].drawn;
		any = any || p[i].json != NULL;
	}
	if (any)
		print_json(p, count);
	if (o->svg != NULL && !drawn && worst != CRASHTEST_FAILED)
		worst = say_failed("%s: there is nothing to draw", p[0].trace);
	return worst;
}

/* The traces of the program, and of its children. found: whether something was. */
static int test_traces(const struct options *o, const struct run *run, const char *trace,
	bool *found)
{
	char pattern[PATH_MAX + 2];
	struct family *family = family_new(trace);
	glob_t children = {0};
	struct process *p;
	size_t count = 1;
	int ret;

	snprintf(pattern, sizeof(pattern), "%.4000s.*[0-9]", trace);
	if (glob(pattern, 0, NULL, &children) == 0)
		count += children.gl_pathc;
	p = calloc(count, sizeof(*p));
	if (p != NULL && family != NULL) {
		p[0] = (struct process){.trace = trace, .run = run};
		for (size_t i = 1; i < count; i++)
			p[i] = (struct process){.trace = children.gl_pathv[i - 1],
				.family = family};
		ret = test_processes(o, p, count);
	} else {
		ret = say_failed("no memory");
	}
	for (size_t i = 0; p != NULL && i < count; i++) {
		*found = *found || p[i].found;
		free(p[i].json);
	}
	free(p);
	family_free(family);
	globfree(&children);
	return ret;
}

int tool_crashtest(int argc, char *argv[])
{
	const struct rlimit no_core = {0, 0};
	struct options o;
	struct run run = {0};
	bool found = false;
	int ret = options_read(&o, argc, argv);

	if (ret != 0) {
		options_free(&o);
		return ret < 0 ? 0 : ret;
	}
	signals_catch();
	setrlimit(RLIMIT_CORE, &no_core); /* of checkers, which may die many times */
	if (o.image != NULL) {
		ret = again(&o);
		options_free(&o);
		return ret;
	}

	if (o.baseline != NULL)
		ret = baseline_learn(&o);
	if (ret == 0 && o.program != NULL)
		ret = run_program(&run, &o);
	if (o.ops != NULL)
		o.operations = &run.ops;
	if (ret == 0)
		ret = o.program != NULL ? test_traces(&o, &run, run.trace, &found)
		                        : test_traces(&o, NULL, o.trace, &found);
	run.keeps_trace = run.keeps_trace || found; /* its images can be made again */
	run_finish(&run);
	options_free(&o);
	return ret;
}
