/* SPDX-License-Identifier: BSD-3-Clause */
/* snapshot.c -- copies of what a file holds. */
#include "powerfail/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLOCK = 4096 }; /* bytes */

static int write_all(int fd, const char *from, size_t size, size_t at)
{
	while (size > 0) {
		ssize_t n = pwrite(fd, from, size, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		from += n;
		at += (size_t)n;
		size -= (size_t)n;
	}
	return 0;
}

static bool is_zero(const char *data, size_t size)
{
	return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

/* Pages of zeros become holes. */
static int copy_memory(const char *from, size_t size, int to, size_t at)
{
	for (size_t i = 0; i < size; i += BLOCK) {
		size_t n = size - i < BLOCK ? size - i : BLOCK;
		int ret = is_zero(from + i, n) ? 0 : write_all(to, from + i, n, at + i);

		if (ret != 0)
			return ret;
	}
	return 0;
}

/* For file systems between which the kernel does not copy. */
static int copy_by_hand(int from, size_t begin, size_t end, int to, size_t at)
{
	char block[BLOCK];

	while (begin < end) {
		size_t want = end - begin < sizeof(block) ? end - begin : sizeof(block);
		ssize_t n = pread(from, block, want, (off_t)begin);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0; /* the file shrank */
		int ret = copy_memory(block, (size_t)n, to, at);
		if (ret != 0)
			return ret;
		begin += (size_t)n;
		at += (size_t)n;
	}
	return 0;
}

static int copy_extent(int from, size_t begin, size_t end, int to, size_t at)
{
	while (begin < end) {
		loff_t in = (loff_t)begin, out = (loff_t)at;
		ssize_t n = copy_file_range(from, &in, to, &out, end - begin, 0);

		if (n <= 0)
			return copy_by_hand(from, begin, end, to, at);
		begin += (size_t)n;
		at += (size_t)n;
	}
	return 0;
}

bool pmem2_pf_snapshot_extent(int fd, size_t *begin, size_t *end)
{
	off_t data = lseek(fd, (off_t)*begin, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		return false;
	if (data >= 0)
		*begin = (size_t)data;

	off_t hole = lseek(fd, (off_t)*begin, SEEK_HOLE);

	if (hole > (off_t)*begin && (size_t)hole < *end)
		*end = (size_t)hole;
	return *begin < *end;
}

/* The position of the descriptor is the program's: it is put back. */
static int copy_file(const struct pf_content *content, int to, size_t to_at)
{
	off_t position = lseek(content->fd, 0, SEEK_CUR);
	size_t begin = content->at, last = content->at + content->size, end = last;
	int ret = 0;

	while (ret == 0 && begin < last && pmem2_pf_snapshot_extent(content->fd, &begin, &end)) {
		ret = copy_extent(content->fd, begin, end, to, to_at + (begin - content->at));
		begin = end;
		end = last;
	}
	if (position >= 0)
		lseek(content->fd, position, SEEK_SET);
	return ret;
}

static int copy_content(const struct pf_content *content, int to, size_t to_at)
{
	size_t begin = content->begin, end = content->end;
	int ret = 0;

	while (ret == 0 && begin < end &&
		(content->next == NULL || content->next(content->arg, &begin, &end))) {
		ret = copy_memory(content->memory + (begin - content->begin), end - begin, to,
			to_at + begin);
		begin = end;
		end = content->end;
	}
	return ret;
}

int pmem2_pf_snapshot(const struct pf_content *content, int to, size_t to_at)
{
	if (content->fd >= 0)
		return copy_file(content, to, to_at);
	return copy_content(content, to, to_at);
}

int pmem2_pf_snapshot_open(void)
{
	const char *places[] = {secure_getenv("TMPDIR"), "/var/tmp", "/tmp"};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd = places[i] == NULL ? -1
		                           : open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

		if (fd >= 0)
			return fd;
	}

	int fd = memfd_create("libpmem2-powerfail", MFD_CLOEXEC);
	return fd >= 0 ? fd : -errno;
}
