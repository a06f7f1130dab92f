/* SPDX-License-Identifier: BSD-3-Clause */
/* place.c -- where images are. */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/path.h"
#include "common/say.h"
#include "powerfail/snapshot.h"
#include "replay/replay.h"
#include "replay/trace.h"

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

void place_of_copy(char *path, const char *directory, const char *file)
{
	snprintf(path, PATH_MAX, "%.3500s/%.200s", directory, path_name(file));
}

int place_copy(const char *from, const char *to)
{
	struct stat st;
	int in = open(from, O_RDONLY | O_CLOEXEC), out, ret = 0;

	if (in < 0)
		return -errno;
	out = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out < 0 || fstat(in, &st) != 0 || ftruncate(out, st.st_size) != 0) {
		ret = -errno;
	} else {
		const struct pf_content content = {.size = (size_t)st.st_size, .fd = in};

		ret = pmem2_pf_snapshot(&content, out, 0);
	}
	close(in);
	if (out >= 0)
		close(out);
	return ret;
}

int place_move(const char *from, const char *to)
{
	int ret = rename(from, to) == 0 ? 0 : -errno;

	if (ret == -EXDEV) {
		ret = place_copy(from, to);
		unlink(from);
	}
	return ret;
}

static const char *choose(const char *wanted, const struct trace *trace, unsigned count)
{
	if (wanted != NULL)
		return wanted;
	return has_room("/dev/shm", size_of(trace, count)) ? "/dev/shm" : place_temporary();
}

void place_choose(char *path, size_t size, const char *wanted, const struct trace *trace,
	unsigned count)
{
	snprintf(path, size, "%s", choose(wanted, trace, count));
}

int place_make(char *path, size_t size, const char *wanted, const struct replay *r, unsigned count)
{
	int ret;

	wanted = choose(wanted, r->trace, count);
	snprintf(path, size, "%s/pmem2-crashtest.XXXXXX", wanted);
	if (mkdtemp(path) != NULL)
		return 0;
	ret = say_failed("%s: no directory for images can be made there: %s", wanted,
		strerror(errno));
	path[0] = '\0'; /* it is not ours to remove */
	return ret;
}
