/* SPDX-License-Identifier: BSD-3-Clause */
/* settings.c -- what the environment asks of the backend. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void copy_setting(char *to, size_t size, const char *name)
{
	const char *value = secure_getenv(name);

	if (value == NULL)
		return;
	if (strlen(value) < size)
		strcpy(to, value);
	else
		fprintf(stderr, "libpmem2 powerfail: %s is longer than %zu bytes, ignored\n", name,
			size - 1);
}

static bool is_set(const char *name)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' && strcmp(value, "0") != 0;
}

void pmem2_pf_settings_read(struct pf_settings *s)
{
	copy_setting(s->trace, sizeof(s->trace), "PMEM2_POWERFAIL_TRACE");
	copy_setting(s->report, sizeof(s->report), "PMEM2_POWERFAIL_REPORT");
	copy_setting(s->said, sizeof(s->said), "PMEM2_POWERFAIL_ACK");
	if (is_set("PMEM2_POWERFAIL_ACK_SOCKET"))
		s->said_socket = atoi(secure_getenv("PMEM2_POWERFAIL_ACK_SOCKET"));
	s->ops = is_set("PMEM2_POWERFAIL_OPS");
	s->stacks = is_set("PMEM2_POWERFAIL_STACKS");
	s->dirty = is_set("PMEM2_POWERFAIL_DIRTY") ? PF_DIRTY_ON : PF_DIRTY_OFF;
	if (s->dirty && strcmp(secure_getenv("PMEM2_POWERFAIL_DIRTY"), "auto") == 0)
		s->dirty = PF_DIRTY_IF_CHEAP;
}

void pmem2_pf_settings_forked(struct pf_settings *s)
{
	size_t n = strlen(s->report);

	if (n > 0 && strcmp(s->report, "stderr") != 0)
		snprintf(s->report + n, sizeof(s->report) - n, ".%d", (int)getpid());
}
