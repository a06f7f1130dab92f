/* SPDX-License-Identifier: BSD-3-Clause */
/* source_io.c -- read and write a source although some of its blocks may be bad. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "choice.h"
#include "error.h"
#include "fault.h"
#include "registry.h"
#include "request.h"

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20 /* Linux 6.9 */
#endif

struct transfer {
	bool write;
	bool append; /* FILE: the descriptor has O_APPEND */
	bool direct; /* FILE: it has O_DIRECT */
	char *buf;
	char *mapped; /* DEVDAX: the counterpart of buf */
	size_t size;
	size_t offset;
	pmem2_memmove_fn memmove; /* DEVDAX, write: durable on return, if the device's memory is */
};

/* With O_APPEND, pwrite(2) of Linux appends, wherever it is told to write. */
static ssize_t write_at(int fd, const struct transfer *todo, const void *buf, size_t size, off_t at)
{
	if (!todo->append)
		return pwrite(fd, buf, size, at);

	struct iovec part = {(void *)(uintptr_t)buf, size};
	return pwritev2(fd, &part, 1, at, RWF_NOAPPEND);
}

static int transfer_failed(const struct transfer *todo, size_t at)
{
	const char *name = todo->write ? "pwrite" : "pread";

	if (errno == EIO)
		return pmem2_err(PMEM2_E_IO_FAIL, "%s: %s at offset %zu or after it", name,
			strerror(EIO), at);
	if ((errno == EOPNOTSUPP || errno == ENOSYS) && todo->append)
		return pmem2_err(-EOPNOTSUPP,
			"pwrite: the descriptor has O_APPEND, and this kernel then writes at the "
			"end of the file alone");

	if (errno == EINVAL && todo->direct)
		return pmem2_err(-EINVAL,
			"%s: %s: the descriptor has O_DIRECT, and then address, offset and size must "
			"be multiples of the file system's block size: open the file without it",
			name, strerror(EINVAL));

	return pmem2_err_sys("%s", name);
}

static int transfer_file(int fd, const struct transfer *todo)
{
	for (size_t done = 0; done < todo->size;) {
		size_t at = todo->offset + done;
		char *buf = todo->buf + done;
		size_t rest = todo->size - done;
		ssize_t n = todo->write ? write_at(fd, todo, buf, rest, (off_t)at)
		                        : pread(fd, buf, rest, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return transfer_failed(todo, at);
		if (n == 0)
			return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
				"the file was cut at offset %zu in the meantime", at);
		done += (size_t)n;
	}

	return 0;
}

static void copy(void *arg)
{
	const struct transfer *todo = arg;

	if (todo->write)
		todo->memmove(todo->mapped, todo->buf, todo->size, 0);
	else
		memcpy(todo->buf, todo->mapped, todo->size);
}

static int mapping_failed(int fd, size_t length, int protection)
{
	const struct pmem2_placement wanted = {.fd = fd,
		.length = length,
		.protection = protection,
		.shared = true};
	int error = errno;

	pmem2_request_explain(&wanted, error);
	return -error;
}

/* Maps what surrounds the range in units of the device's alignment; that is all it lets one map. */
static int transfer_devdax(const struct pmem2_source *src, struct transfer *todo)
{
	size_t alignment;
	int ret = pmem2_source_alignment(src, &alignment);

	if (ret != 0)
		return ret;

	const struct pmem2_choice *choice;
	if (todo->write) {
		ret = pmem2_registry_pick(PMEM2_GRANULARITY_CACHE_LINE, true, &choice);
		if (ret != 0)
			return ret;
		todo->memmove = choice->variant->memmove;
	}

	size_t begin = todo->offset & ~(alignment - 1);
	size_t end = (todo->offset + todo->size + alignment - 1) & ~(alignment - 1);
	int protection = todo->write ? PROT_READ | PROT_WRITE : PROT_READ;
	char *map = mmap(NULL, end - begin, protection, MAP_SHARED, src->fd, (off_t)begin);
	if (map == MAP_FAILED)
		return mapping_failed(src->fd, end - begin, protection);

	const void *where = NULL;
	todo->mapped = map + (todo->offset - begin);
	ret = pmem2_fault_guard(map, end - begin, copy, todo, &where);
	munmap(map, end - begin);

	if (ret == PMEM2_E_IO_FAIL)
		return pmem2_err(ret, "SIGBUS at offset %zu of the device",
			begin + (size_t)((const char *)where - map));
	return ret;
}

static int transfer(const struct pmem2_source *src, struct transfer *todo)
{
	if (src->type == PMEM2_SOURCE_ANON)
		return pmem2_err(PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED,
			"anonymous memory is neither read nor written through its source");

	size_t size;
	int ret = pmem2_source_size(src, &size);
	if (ret != 0)
		return ret;
	if (todo->offset > size || todo->size > size - todo->offset)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"%zu bytes at offset %zu end after the source's %zu bytes", todo->size,
			todo->offset, size);
	if (todo->size == 0)
		return 0;
	if (src->type == PMEM2_SOURCE_DEVDAX)
		return transfer_devdax(src, todo);

	int flags = fcntl(src->fd, F_GETFL);
	todo->append = flags >= 0 && (flags & O_APPEND) != 0;
	todo->direct = flags >= 0 && (flags & O_DIRECT) != 0;
	return transfer_file(src->fd, todo);
}

int pmem2_source_pread_mcsafe(struct pmem2_source *src, void *buf, size_t size, size_t offset)
{
	struct transfer todo = {.buf = buf, .size = size, .offset = offset};

	return transfer(src, &todo);
}

int pmem2_source_pwrite_mcsafe(struct pmem2_source *src, void *buf, size_t size, size_t offset)
{
	struct transfer todo = {.write = true, .buf = buf, .size = size, .offset = offset};

	return transfer(src, &todo);
}
