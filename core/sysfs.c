/* SPDX-License-Identifier: BSD-3-Clause */
/* sysfs.c -- where a device is in sysfs, and what an attribute holds. */
#include "sysfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

const char *pmem2_sysfs_root = "/sys";

void pmem2_sysfs_path(char path[PATH_MAX], enum pmem2_sysfs_class class, dev_t device,
	const char *attribute)
{
	snprintf(path, PATH_MAX, "%s/dev/%s/%u:%u%s%s", pmem2_sysfs_root,
		class == PMEM2_SYSFS_BLOCK ? "block" : "char", major(device), minor(device),
		attribute[0] != '\0' ? "/" : "", attribute);
}

/* Fills buf as far as the file goes; answers the bytes, or -errno. */
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

int pmem2_sysfs_read(const char *path, char *text, size_t size)
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

int pmem2_sysfs_read_u64(const char *path, uint64_t *value)
{
	char text[64] = "";
	int ret = pmem2_sysfs_read(path, text, sizeof(text));

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

bool pmem2_sysfs_links_to(const char *link, const char *name)
{
	char target[256]; /* "../../../bus/nd"; a longer one is cut and is not it */
	ssize_t length = readlink(link, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';

	const char *slash = strrchr(target, '/');
	return slash != NULL && strcmp(slash + 1, name) == 0;
}
