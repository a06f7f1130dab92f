/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.h -- what the environment asks of the backend. */
#ifndef POWERFAIL_SETTINGS_H
#define POWERFAIL_SETTINGS_H

#include <limits.h>
#include <stdbool.h>

/* Whether to look, at each drain, for what nobody flushed. */
enum pf_dirty {
	PF_DIRTY_OFF,
	PF_DIRTY_IF_CHEAP,
	PF_DIRTY_ON,
};

/* The values of PMEM2_POWERFAIL_*; "" or false if unset. */
struct pf_settings {
	char trace[PATH_MAX];
	char report[PATH_MAX];
	char said[PATH_MAX]; /* the file that is watched */
	int said_socket; /* an end of a socket pair: what was sent to it goes to that file; 0: there is none */
	bool ops;    /* standard input is watched */
	bool stacks; /* whole call stacks, not call sites alone */
	enum pf_dirty dirty;
};

/* Reads the environment. A value that is too long is ignored, with a sentence on stderr. */
void pmem2_pf_settings_read(struct pf_settings *settings);

/* A child process does not overwrite its parent's report: it gets one named FILE.PID. */
void pmem2_pf_settings_forked(struct pf_settings *settings);

#endif
