/* SPDX-License-Identifier: BSD-3-Clause */
/* small_file.c -- read a file of sysfs or /proc: a text, or a number. */
#include "small_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Fills buf as far as the file goes; returns the bytes, or -errno. */
static ssize_t read_whole(int fd, char *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}

	return (ssize_t)done;
}

int pmem2_small_file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;

	ssize_t length = read_whole(fd, text, size);
	close(fd);

	if (length < 0)
		return (int)length;
	if ((size_t)length == size)
		return -E2BIG;

	text[length] = '\0';
	if (length > 0 && text[length - 1] == '\n')
		text[length - 1] = '\0';

	return 0;
}

int pmem2_small_file_read_u64(const char *path, uint64_t *value)
{
	char text[64] = "";
	int ret = pmem2_small_file_read(path, text, sizeof(text));

	if (ret != 0)
		return ret;
	if (!isdigit((unsigned char)text[0])) /* strtoull takes "-1" and " 1" */
		return -EINVAL;

	char *end;
	int saved = errno;
	errno = 0;
	unsigned long long number = strtoull(text, &end, 0);
	bool bad = errno != 0 || *end != '\0';
	errno = saved;

	if (bad)
		return -EINVAL;

	*value = number;
	return 0;
}
