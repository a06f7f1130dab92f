/* SPDX-License-Identifier: BSD-3-Clause */
/* options.h -- the command line of pmem2 crashtest. */
#ifndef CRASHTEST_OPTIONS_H
#define CRASHTEST_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_JOBS = 256, OPTIONS_DEPTH = 5 }; /* at most */

/* What --ignore can name: it is no finding by itself. */
enum ignored {
	IGNORED_MISSING_FLUSH,
	IGNORED_MISSING_DRAIN,
	IGNORED_STRAY_FLUSH,
	IGNORED_PROGRAM,
	IGNORABLE
};

struct ops;
struct recoveries;
struct volatiles;

struct options {
	const char *check; /* the checker's command, or NULL: report alone */
	char **program;    /* to be run, with its arguments; NULL: there is a trace */
	const char *trace; /* the file to read, or to keep the program's in; NULL: none is named */
	const char *recover; /* the command of the recovery, or NULL */
	const char *then;    /* the command that runs after it, or NULL */
	const char *rerun;   /* the command that is started on an image; "": the program; or NULL */
	bool minimize;       /* look for the least that fails */
	bool reruns_program; /* that was "" */
	const char *ops;     /* a file with operations, one to a line, or NULL */
	const char *state;   /* the command that prints the state after some, or NULL */
	const struct ops *operations; /* those, and the states after each; NULL: there are none */
	const char *baseline;         /* the command of which losses are none; or NULL */
	struct volatiles *volatiles;  /* what needs no flush; NULL: nothing is named */
	const char *ack;       /* what the program acknowledges by: as ack_begin has it, or NULL */
	const char *copy;      /* the file of which the program gets a copy, or NULL */
	const char *directory; /* for images; NULL: chosen */
	const char *granularity; /* forced on the program; NULL: left alone */
	const char *svg;
	const char *html;
	const char *image;  /* to be made again: EVENT:NAME */
	const char *output; /* for that */
	bool all, torn, json, verbose;
	bool evictions; /* asked for: what is dirty is looked for at each drain, whatever that costs */
	bool no_evictions;      /* what was not flushed is not durable */
	bool exact;             /* run the program under QEMU */
	bool no_preload;        /* follow what goes through the library alone */
	bool named_granularity; /* it is forced on all mappings, whatever the program asks */
	bool coherent;          /* the point of coherency is that of persistence */
	bool ignored[IGNORABLE];
	unsigned jobs;
	double timeout;         /* of a check, seconds */
	double program_timeout; /* of the program; 0: none */
	double budget;          /* for all checks, seconds; 0: none */
	uint64_t seed;
	uint64_t samples;              /* random images at a point */
	uint64_t depth;                /* power cuts, one in what follows the other */
	struct recoveries *recoveries; /* where recoveries are kept, to be cut; NULL: none is */
};

/* argv[0] is a name. 0, an exit status, or -1 after --help. */
int options_read(struct options *options, int argc, char *argv[]);

void options_free(struct options *options);

#endif
