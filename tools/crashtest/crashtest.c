/* SPDX-License-Identifier: BSD-3-Clause */
/* crashtest.c -- pmem2 crashtest: would a power cut break a program's file? */
#include "crashtest.h"

#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "image.h"
#include "print.h"
#include "../tool.h"

volatile sig_atomic_t crashtest_interrupted;

int crashtest_fail(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("pmem2: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CRASHTEST_FAILED;
}

double crashtest_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- an image again ---- */

static int write_image(const struct options *o, struct replay *r, const struct overlay *overlay)
{
	struct images images;
	char directory[PATH_MAX];
	int ret;

	if (r->media_count == 0)
		return crashtest_fail("at event %s no file is mapped yet", o->image);
	snprintf(directory, sizeof(directory), "%.4000s.XXXXXX",
		o->output); /* to be renamed from */
	if (mkdtemp(directory) == NULL || rmdir(directory) != 0)
		return crashtest_fail("%s: %s", directory, strerror(errno));
	ret = images_init(&images, directory);
	if (ret == 0)
		ret = images_set(&images, r, overlay);
	for (size_t i = 0; ret == 0 && i < images.count; i++) {
		char to[PATH_MAX];

		snprintf(to, sizeof(to), i == 0 ? "%.4000s" : "%.4000s.%zu", o->output, i + 1);
		if (rename(images.image[i].path, to) != 0)
			ret = -errno;
		else if (!o->json)
			printf("%s: %s\n", to, r->media[i]->path);
	}
	images_finish(&images);
	return ret == 0 ? 0 : crashtest_fail("%s: %s", o->output, strerror(-ret));
}

static int make_image(const struct options *o)
{
	struct replay r;
	struct units units = {0};
	struct overlay overlay = {0};
	char *name;
	uint64_t event = strtoull(o->image, &name, 10);
	uint8_t *choice = NULL;
	int ret = CRASHTEST_FAILED;

	if (*name++ != ':' || event == 0)
		return crashtest_fail("no image has the name %s", o->image);
	if (replay_open(&r, o->trace) != 0)
		return crashtest_fail("%s", r.error);
	if (walk_to(&r, event) == 0 &&
		units_collect(&units, &r,
			(o->torn ? UNITS_TORN : 0) | (o->evictions ? UNITS_EVICTED : 0)))
		choice = calloc(1, units.count + 1);
	if (choice == NULL)
		crashtest_fail("%s", r.failed ? r.error : "no memory");
	else if (!choice_read(name, o->seed, &units, choice))
		crashtest_fail("there is no image %s at event %llu", name,
			(unsigned long long)event);
	else if (overlay_make(&overlay, &r, &units, choice))
		ret = write_image(o, &r, &overlay);
	free(choice);
	units_free(&units);
	overlay_free(&overlay);
	replay_close(&r);
	return ret;
}

/* ---- a trace ---- */

/* To the end: what the report is about, and how many events there are. */
static int replay_all(struct replay *r, const char *trace, bool by_files)
{
	const struct pf_record *record;

	if (replay_open(r, trace) != 0)
		return crashtest_fail("%s", r->error);
	while ((record = replay_next(r)) != NULL)
		replay_apply(r, record);
	if (!r->failed && !r->broken) {
		replay_finish(r, by_files);
		return 0;
	}
	crashtest_fail("%s: %s", trace, r->failed ? r->error : "the trace could not go on");
	replay_close(r);
	return CRASHTEST_FAILED;
}

static int test_trace(const struct options *o, const struct run *run, const char *trace)
{
	struct replay r;
	struct results results = {0};
	struct verdict v = {
		.options = o,
		.trace = trace,
		.run = run,
		.replay = &r,
		.results = &results,
	};
	int ret = replay_all(&r, trace, run != NULL);

	if (ret != 0)
		return ret;
	v.seconds = crashtest_now();
	if (o->check != NULL)
		ret = walk(o, trace, r.event, &results, &v.walked);
	v.seconds = crashtest_now() - v.seconds;
	if (ret == 0)
		ret = diagnose(o, trace, &results);
	if (ret == 0) {
		if (o->json)
			print_json(&v);
		else
			print_text(&v);
		if (o->svg != NULL)
			ret = draw_svg(o, trace, &results);
	}
	if (ret == 0 && (results.count > 0 || verdict_losses(&v) > 0))
		ret = CRASHTEST_FOUND;
	results_free(&results);
	replay_close(&r);
	return ret;
}

/* The traces of the program, and of its children. */
static int test_traces(const struct options *o, const struct run *run, const char *trace)
{
	char pattern[PATH_MAX + 2];
	glob_t found;
	int worst = test_trace(o, run, trace);

	snprintf(pattern, sizeof(pattern), "%.4000s.*[0-9]", trace);
	if (glob(pattern, 0, NULL, &found) != 0)
		return worst;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int ret = test_trace(o, NULL, found.gl_pathv[i]);

		worst = ret > worst ? ret : worst;
	}
	globfree(&found);
	return worst;
}

static void interrupt(int signal)
{
	(void)signal;
	crashtest_interrupted = 1;
}

static void catch_signals(void)
{
	const struct sigaction action = {.sa_handler = interrupt};
	const struct rlimit no_core = {0, 0};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	setrlimit(RLIMIT_CORE, &no_core); /* of checkers, which may die many times */
}

int tool_crashtest(int argc, char *argv[])
{
	struct options o;
	struct run run = {0};
	/* getopt wants a name before the arguments: that of the subcommand is there */
	int ret = options_read(&o, argc + 1, argv - 1);

	if (ret != 0)
		return ret < 0 ? 0 : ret;
	catch_signals();
	if (o.image != NULL)
		return make_image(&o);

	if (o.program != NULL)
		ret = run_program(&run, &o);
	if (ret == 0)
		ret = o.program != NULL ? test_traces(&o, &run, run.trace)
		                        : test_traces(&o, NULL, o.trace);
	run.keeps_trace = run.keeps_trace || ret == CRASHTEST_FOUND;
	run_finish(&run);
	return ret;
}
