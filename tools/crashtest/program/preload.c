/* SPDX-License-Identifier: BSD-3-Clause */
/* preload.c -- has a program load the recorder that follows libpmem and msync(2). */
#include "preload.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/say.h"

/* Puts a value before what a variable has. */
static void put_before(const char *name, const char *value, const char *between)
{
	const char *old = getenv(name);
	char *both;

	if (old == NULL || old[0] == '\0') {
		setenv(name, value, 1);
	} else if (asprintf(&both, "%s%s%s", value, between, old) >= 0) {
		setenv(name, both, 1);
		free(both);
	}
}

static void find_recorder(char *path, size_t size)
{
	const char *directory = secure_getenv("PMEM2_RECORDER_DIR");

	snprintf(path, size, "%s/preload.so", directory != NULL ? directory : RECORDER_DIR);
}

bool preload_is_there(void)
{
	char path[PATH_MAX];

	find_recorder(path, sizeof(path));
	return access(path, R_OK) == 0;
}

void preload_environment(bool all)
{
	char path[PATH_MAX];

	if (!preload_is_there())
		return; /* the report says by what it was recorded */
	find_recorder(path, sizeof(path));
	if (path[strcspn(path, " :")] != '\0') {
		say_failed("%s is not loaded: its path has a character that LD_PRELOAD cannot have",
			path);
		return;
	}
	put_before("LD_PRELOAD", path, ":");
	/* AddressSanitizer refuses to run behind another library, but can */
	put_before("ASAN_OPTIONS", "verify_asan_link_order=0", ":");
	setenv("PMEM2_PRELOAD_ALL", all ? "1" : "0", 1);
}
