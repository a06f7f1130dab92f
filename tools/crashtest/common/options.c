/* SPDX-License-Identifier: BSD-3-Clause */
/* options.c -- the command line of pmem2 crashtest. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "granularity_name.h"
#include "powerfail/report.h"
#include "say.h"
#include "volatiles.h"

static const char usage[] =
	"usage: pmem2 crashtest [OPTION...] --check COMMAND -- PROGRAM [ARGUMENT...]\n"
	"       pmem2 crashtest [OPTION...] --check COMMAND --trace FILE\n"
	"       pmem2 crashtest --trace FILE --image EVENT:NAME --output IMAGE\n"
	"\n"
	"Runs PROGRAM under the backend powerfail, then COMMAND on files as power cuts would leave\n"
	"them; {} in COMMAND is such a file, of several {1} is the first. Without --check, reports on\n"
	"flushes and drains alone.\n"
	"\n"
	"  --all               all points of failure and all images, however long that takes\n"
	"  --budget SECONDS    for all checks (60; with --all there is none)\n"
	"  --torn              lines may be torn into words of 8 bytes, in any order\n"
	"  --evictions         look at each drain for what was not flushed, whatever it costs\n"
	"  --no-evictions      what was not flushed is never durable\n"
	"  --exact             run PROGRAM under QEMU instead: each store, flush and fence is seen\n"
	"  --no-preload        follow libpmem2 alone, and not libpmem and msync(2)\n"
	"  --coherent          DC CVAC and DC CIVAC of AArch64 reach persistent memory\n"
	"  --samples N         random images where there are too many for all (100)\n"
	"  --seed N            of those, and of the points that are tried first (1)\n"
	"  --jobs N            checkers at a time (the CPUs)\n"
	"  --timeout SECONDS   for a checker, then it hangs (10)\n"
	"  --program-timeout SECONDS\n"
	"                      for PROGRAM, then it is stopped, and what it did is tested (none)\n"
	"  --recover COMMAND   runs on each image before the check, and is cut by itself\n"
	"  --then COMMAND      runs after it: uses what was recovered\n"
	"  --depth N           cuts in a row, of PROGRAM, its recovery, the recovery of that (2)\n"
	"  --rerun[=COMMAND]   start PROGRAM, or COMMAND, on each image: it must not fail\n"
	"  --ops FILE          operations that PROGRAM reads line by line: what --state prints after a\n"
	"                      cut has to be the state before or after the last one; with --copy\n"
	"  --state COMMAND     prints the state\n"
	"  --ack WHERE         what PROGRAM wrote there before the cut is in a file, {ack} in COMMAND:\n"
	"                      stdout, a descriptor's number, socket:NUMBER, or a file\n"
	"  --volatile FILE:OFFSET+LENGTH\n"
	"                      what is stored there needs no flush: a lock, a counter, a hint\n"
	"  --baseline COMMAND  runs first; what it stores and does not flush needs no flush\n"
	"  --copy FILE         give PROGRAM a copy of FILE, wherever FILE is an argument\n"
	"  --granularity G     force BYTE, CACHE_LINE (default) or PAGE; none: do not force\n"
	"  --ignore CLASS      missing-flush, missing-drain or stray-flush alone is no finding;\n"
	"                      program: that PROGRAM fails is none\n"
	"  --trace FILE        keep the trace there; without PROGRAM, use it\n"
	"  --directory DIR     for images (/dev/shm, or TMPDIR)\n"
	"  --json              results for programs\n"
	"  --minimize          for each failure, the first point and the fewest losses that fail so\n"
	"  --html FILE         results as one page of HTML; those of a child process into FILE.PID\n"
	"  --svg FILE          draw the trace, by gnuplot; that of a child process into FILE.PID\n"
	"  --verbose           let through what PROGRAM prints, to standard error\n"
	"  -h, --help          print this\n"
	"\n"
	"Exit status: 0 nothing found, 1 something found or PROGRAM failed, 2 it could not be done,\n"
	"or was interrupted.\n";

/* What an option's value is. */
enum kind { FLAG, TEXT, OPTIONAL, NUMBER, JOBS, SECONDS, CLASS, GRANULARITY, VOLATILE, HELP };

static const struct {
	const char *name;
	enum kind kind;
	size_t at; /* in struct options */
} known[] = {
	{"all", FLAG, offsetof(struct options, all)},
	{"torn", FLAG, offsetof(struct options, torn)},
	{"evictions", FLAG, offsetof(struct options, evictions)},
	{"exact", FLAG, offsetof(struct options, exact)},
	{"no-preload", FLAG, offsetof(struct options, no_preload)},
	{"coherent", FLAG, offsetof(struct options, coherent)},
	{"minimize", FLAG, offsetof(struct options, minimize)},
	{"json", FLAG, offsetof(struct options, json)},
	{"verbose", FLAG, offsetof(struct options, verbose)},
	{"check", TEXT, offsetof(struct options, check)},
	{"recover", TEXT, offsetof(struct options, recover)},
	{"then", TEXT, offsetof(struct options, then)},
	{"rerun", OPTIONAL, offsetof(struct options, rerun)},
	{"ops", TEXT, offsetof(struct options, ops)},
	{"state", TEXT, offsetof(struct options, state)},
	{"ack", TEXT, offsetof(struct options, ack)},
	{"volatile", VOLATILE, 0},
	{"ignore-range", VOLATILE, 0}, /* another name for it */
	{"baseline", TEXT, offsetof(struct options, baseline)},
	{"copy", TEXT, offsetof(struct options, copy)},
	{"trace", TEXT, offsetof(struct options, trace)},
	{"directory", TEXT, offsetof(struct options, directory)},
	{"html", TEXT, offsetof(struct options, html)},
	{"svg", TEXT, offsetof(struct options, svg)},
	{"image", TEXT, offsetof(struct options, image)},
	{"output", TEXT, offsetof(struct options, output)},
	{"no-evictions", FLAG, offsetof(struct options, no_evictions)},
	{"budget", SECONDS, offsetof(struct options, budget)},
	{"samples", NUMBER, offsetof(struct options, samples)},
	{"depth", NUMBER, offsetof(struct options, depth)},
	{"seed", NUMBER, offsetof(struct options, seed)},
	{"jobs", JOBS, 0},
	{"timeout", SECONDS, offsetof(struct options, timeout)},
	{"program-timeout", SECONDS, offsetof(struct options, program_timeout)},
	{"ignore", CLASS, 0},
	{"granularity", GRANULARITY, 0},
	{"help", HELP, 0},
};

enum { BUDGET = 60 }; /* seconds, unless all is to be tried */
enum { OPTIONS = sizeof(known) / sizeof(known[0]) };

static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 0);
	return errno == 0 && end != text && *end == '\0' && text[0] != '-' && *number >= least &&
	       *number <= most;
}

static bool read_jobs(struct options *o, const char *text)
{
	uint64_t jobs;
	bool sound = read_number(text, 1, OPTIONS_JOBS, &jobs);

	o->jobs = (unsigned)jobs;
	return sound;
}

static bool read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds > 0 && *seconds <= 1e9;
}

static bool read_class(struct options *o, const char *class)
{
	if (strcmp(class, "program") == 0)
		return o->ignored[IGNORED_PROGRAM] = true;
	for (int i = 0; i < IGNORED_PROGRAM; i++) {
		if (strcmp(class, pmem2_pf_class_name((enum pf_class)i, true)) != 0)
			continue;
		o->ignored[i] = true;
		return true;
	}
	return false;
}

static bool read_granularity(struct options *o, const char *name)
{
	enum pmem2_granularity granularity;
	bool named = pmem2_granularity_named(name, &granularity);

	o->named_granularity = true;
	o->granularity = named ? pmem2_granularity_name(granularity) : NULL;
	return named || strcasecmp(name, "none") == 0;
}

static bool read_option(struct options *o, int i, const char *value)
{
	void *at = (char *)o + known[i].at;

	switch (known[i].kind) {
	case FLAG:
		*(bool *)at = true;
		return true;
	case OPTIONAL:
		*(const char **)at = value != NULL ? value : "";
		return true;
	case TEXT:
		*(const char **)at = value;
		return true;
	case NUMBER:
		return read_number(value, 0, UINT64_MAX, at);
	case JOBS:
		return read_jobs(o, value);
	case SECONDS:
		return read_seconds(value, at);
	case CLASS:
		return read_class(o, value);
	default:
		return read_granularity(o, value);
	}
}

/* It says itself what is wrong. */
static int read_volatile(struct options *o, const char *name, const char *value)
{
	if (o->volatiles == NULL)
		o->volatiles = calloc(1, sizeof(*o->volatiles));
	return o->volatiles != NULL ? volatiles_read(o->volatiles, name, value)
	                            : say_failed("no memory");
}

static int misused(const char *what)
{
	return say_failed("%s; see pmem2 crashtest --help", what);
}

static bool names_ack(const struct options *o)
{
	const char *const commands[] = {o->recover, o->then, o->rerun, o->state, o->check};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i] != NULL && command_names_ack(commands[i]))
			return true;
	return false;
}

/* What runs on images, beside the checker. */
static int check_commands(const struct options *o)
{
	if (o->program != NULL && o->ack == NULL && names_ack(o))
		return misused("{ack} needs --ack");
	if (o->depth < 1 || o->depth > OPTIONS_DEPTH)
		return misused("--depth is from 1 to 5");
	if (o->reruns_program && o->program == NULL)
		return misused(
			"--rerun goes with a PROGRAM; of a trace alone, give --rerun=COMMAND");
	if ((o->ops == NULL) != (o->state == NULL))
		return misused("--ops and --state go together");
	if (o->ops != NULL && (o->program == NULL || o->copy == NULL))
		return misused(
			"--ops goes with a PROGRAM, and --copy with the file that it works on");
	if (o->ops != NULL && o->then != NULL)
		return misused("--then changes the state: it does not go with --ops");
	return 0;
}

static int check_baseline(const struct options *o)
{
	if (o->baseline == NULL)
		return 0;
	if (o->image != NULL)
		return misused(
			"--image takes what was learnt by --volatile, and not by --baseline");
	if (command_names_ack(o->baseline) || command_paths(o->baseline) > 1)
		return misused("{} alone has a meaning in --baseline: the copy of --copy");
	if (command_paths(o->baseline) == 1 && o->copy == NULL)
		return misused("{} in --baseline is a copy of the file that --copy names; give "
			       "--copy, or the path itself");
	return 0;
}

static int check_together(const struct options *o)
{
	if (o->program == NULL && o->trace == NULL)
		return misused("a PROGRAM or a --trace is needed");
	if (o->evictions && o->no_evictions)
		return misused("--evictions and --no-evictions do not go together");
	if (o->image != NULL && (o->output == NULL || o->program != NULL))
		return misused("--image goes with --trace and --output");
	if (o->ack != NULL && o->program == NULL)
		return misused("--ack goes with a PROGRAM; a trace has what it acknowledged");
	if (o->exact && o->program == NULL)
		return misused("--exact goes with a PROGRAM");
	if (o->exact && o->granularity != NULL && strcmp(o->granularity, "CACHE_LINE") != 0)
		return misused("--exact knows the granularity CACHE_LINE alone");
	return 0;
}

static int has_argument(enum kind kind)
{
	return kind == FLAG || kind == HELP ? no_argument
	       : kind == OPTIONAL           ? optional_argument
	                                    : required_argument;
}

static void name_options(struct option *list)
{
	for (int i = 0; i < OPTIONS; i++)
		list[i] = (struct option){
			.name = known[i].name,
			.has_arg = has_argument(known[i].kind),
			.val = i + 1,
		};
}

/* How many this process may run on; OPTIONS_JOBS at most. */
static unsigned cpus(void)
{
	cpu_set_t set;
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		count = CPU_COUNT(&set);
	return count < 1 ? 1 : count > OPTIONS_JOBS ? OPTIONS_JOBS : (unsigned)count;
}

int options_read(struct options *o, int argc, char *argv[])
{
	static char name[] = "pmem2";
	struct option list[OPTIONS + 1] = {0};
	int c;

	name_options(list);
	*o = (struct options){
		.granularity = "CACHE_LINE",
		.jobs = cpus(),
		.timeout = 10,
		.seed = 1,
		.samples = 100,
		.depth = 2,
	};

	argv[0] = name; /* which getopt_long puts before its messages */
	while ((c = getopt_long(argc, argv, "+h", list, NULL)) != -1) {
		if (c == '?')
			return CRASHTEST_FAILED; /* getopt_long said why */
		if (c == 'h' || known[c - 1].kind == HELP) {
			fputs(usage, stdout);
			return -1;
		}
		if (known[c - 1].kind == VOLATILE) {
			if (read_volatile(o, known[c - 1].name, optarg) != 0)
				return CRASHTEST_FAILED;
		} else if (!read_option(o, c - 1, optarg))
			return say_failed("--%s: not understood: %s; see pmem2 crashtest --help",
				known[c - 1].name, optarg);
	}
	o->program = optind < argc ? argv + optind : NULL;
	o->reruns_program = o->rerun != NULL && o->rerun[0] == '\0';
	if (o->check == NULL &&
		(o->recover != NULL || o->then != NULL || o->rerun != NULL || o->ops != NULL))
		o->check = ""; /* that these fail is what is looked for */
	if (o->budget == 0 && !o->all)
		o->budget = BUDGET;
	if (o->copy != NULL && o->volatiles != NULL && !volatiles_move(o->volatiles, o->copy))
		return say_failed("no memory");
	return check_commands(o) != 0 || check_baseline(o) != 0 ? CRASHTEST_FAILED
	                                                        : check_together(o);
}

void options_free(struct options *o)
{
	if (o->volatiles != NULL)
		volatiles_free(o->volatiles);
	free(o->volatiles);
	o->volatiles = NULL;
}
