/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.c -- interruption. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;

static void remember(int signal)
{
	came = signal;
}

void signals_catch(void)
{
	/* without SA_RESTART: a wait ends when a signal comes */
	const struct sigaction action = {.sa_handler = remember};
	struct sigaction before;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* under nohup(1) it is ignored, and stays so */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

int signals_came(void)
{
	return came;
}
