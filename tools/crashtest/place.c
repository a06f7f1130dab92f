/* SPDX-License-Identifier: BSD-3-Clause */
/* place.c -- where images are. */
#include "place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "replay.h"
#include "say.h"
#include "trace.h"

const char *place_temporary(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp";
}

/* What the images can take, bytes: what the trace has of each file, and no more than all of it. */
static uint64_t size_of(const struct trace *trace, unsigned count)
{
	uint64_t files = 0;
	struct stat st;

	for (size_t i = 0; i < trace->files; i++)
		files += trace->file[i]->size;
	if (fstat(trace->reader.fd, &st) == 0 && (uint64_t)st.st_blocks * 512 < files)
		files = (uint64_t)st.st_blocks * 512;
	return files * count;
}

/* Half of what is free stays free. */
static bool has_room(const char *directory, uint64_t bytes)
{
	struct statvfs st;

	return access(directory, W_OK) == 0 && statvfs(directory, &st) == 0 &&
	       (uint64_t)st.f_bavail * st.f_frsize / 2 > bytes;
}

int place_make(char *path, size_t size, const char *wanted, const struct replay *r, unsigned count)
{
	int ret;

	if (wanted == NULL)
		wanted = has_room("/dev/shm", size_of(r->trace, count)) ? "/dev/shm"
		                                                        : place_temporary();
	snprintf(path, size, "%s/pmem2-crashtest.XXXXXX", wanted);
	if (mkdtemp(path) != NULL)
		return 0;
	ret = say_failed("%s: no directory for images can be made there: %s", wanted,
		strerror(errno));
	path[0] = '\0'; /* it is not ours to remove */
	return ret;
}
