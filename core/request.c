/* SPDX-License-Identifier: BSD-3-Clause */
/* request.c -- what a config asks of a source, judged. */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "error.h"

/* Judges offset and length, in the order that PMDK does, and returns how much to map. */
static int measure(const struct pmem2_config *cfg, const struct pmem2_source *src, size_t alignment,
	size_t *length)
{
	size_t size;
	int ret = pmem2_source_size(src, &size);
	if (ret != 0)
		return ret;

	if (cfg->offset % alignment != 0)
		return pmem2_err(PMEM2_E_OFFSET_UNALIGNED,
			"offset %zu is not a multiple of the source's alignment, %zu: round it down",
			cfg->offset, alignment);
	if (src->type == PMEM2_SOURCE_DEVDAX && cfg->sharing == PMEM2_PRIVATE)
		return pmem2_err(PMEM2_E_SRC_DEVDAX_PRIVATE,
			"a private mapping cannot be made of Device DAX: use PMEM2_SHARED, or a file");
	if (size == 0)
		return pmem2_err(PMEM2_E_SOURCE_EMPTY,
			"the source has 0 bytes, so there is nothing to map: give it a size first, "
			"with posix_fallocate(3) for example");
	if (cfg->length % alignment != 0)
		return pmem2_err(PMEM2_E_LENGTH_UNALIGNED,
			"length %zu is not a multiple of the source's alignment, %zu: round it, or "
			"use 0 for all up to the source's end",
			cfg->length, alignment);
	if (cfg->offset > size || cfg->length > size - cfg->offset)
		return pmem2_err(PMEM2_E_MAP_RANGE,
			"%zu bytes from offset %zu end after the source, which has %zu: map less, "
			"or let it grow first",
			cfg->length, cfg->offset, size);

	*length = cfg->length;
	if (cfg->length == 0)
		*length = src->type == PMEM2_SOURCE_ANON ? size : size - cfg->offset;

	return 0;
}

static int native_protection(unsigned protection)
{
	return ((protection & PMEM2_PROT_EXEC) != 0 ? PROT_EXEC : 0) |
	       ((protection & PMEM2_PROT_READ) != 0 ? PROT_READ : 0) |
	       ((protection & PMEM2_PROT_WRITE) != 0 ? PROT_WRITE : 0);
}

/* Whether mmap's EACCES is due to chattr +a, and not to how the file is open. */
static bool is_append_only(const struct pmem2_placement *wanted)
{
	bool writes = wanted->shared && (wanted->protection & PROT_WRITE) != 0;
	int flags = fcntl(wanted->fd, F_GETFL);

	if (flags < 0 || (writes && (flags & O_ACCMODE) != O_RDWR))
		return false;

	struct statx stx;
	return statx(wanted->fd, "", AT_EMPTY_PATH, 0, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_APPEND) != 0;
}

int pmem2_request_read(const struct pmem2_config *cfg, const struct pmem2_source *src,
	struct pmem2_placement *wanted)
{
	size_t alignment, length = 0;

	if (!cfg->granularity_set)
		return pmem2_err(PMEM2_E_GRANULARITY_NOT_SET,
			"the config has no required granularity: call "
			"pmem2_config_set_required_store_granularity (with PMEM2_GRANULARITY_PAGE "
			"any file will do)");

	int ret = pmem2_source_alignment(src, &alignment);
	if (ret == 0)
		ret = measure(cfg, src, alignment, &length);
	if (ret != 0)
		return ret;

	*wanted = (struct pmem2_placement){
		.fd = src->fd,
		.offset = src->type == PMEM2_SOURCE_ANON ? 0 : (off_t)cfg->offset,
		.length = length,
		.protection = native_protection(cfg->protection),
		.shared = cfg->sharing == PMEM2_SHARED,
		.alignment = alignment,
		.huge_pages = src->unit != 0,
	};
	return 0;
}

int pmem2_request_empty(const struct pmem2_placement *wanted)
{
	return pmem2_err(-EINVAL,
		"mmap: nothing to map: offset %jd is the source's end; map from a smaller offset, or "
		"make the file longer",
		(intmax_t)wanted->offset);
}

/* ---- why mmap(2) failed, and what can be done ---- */

static const char *hint_of_eperm(const struct pmem2_placement *wanted)
{
	int seals = wanted->fd < 0 ? -1 : fcntl(wanted->fd, F_GET_SEALS);
	struct statvfs fs;

	if (seals >= 0 && (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) != 0 && wanted->shared)
		return "the memfd is sealed against writing: map it privately, or for reading "
		       "alone";
	if ((wanted->protection & PROT_EXEC) != 0 && wanted->fd >= 0 &&
		fstatvfs(wanted->fd, &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0)
		return "the file system is mounted noexec: map without PMEM2_PROT_EXEC, or have it "
		       "mounted with exec";

	return "a security module, or a seccomp filter of the process, forbids it";
}

/* What can be done about that errno; NULL: strerror says it all. */
static const char *hint_of(const struct pmem2_placement *wanted, int error)
{
	switch (error) {
	case EACCES:
		return "the protection needs what the file is not open for: a shared mapping that is "
		       "written to needs O_RDWR, and PMEM2_PROT_EXEC a mount without noexec";
	case EAGAIN:
		return "the process locks all its memory (mlockall(2)), and the mapping exceeds "
		       "RLIMIT_MEMLOCK, or the file is locked: raise it with ulimit -l, or call "
		       "munlockall(2)";
	case EBADF:
		return "the descriptor was closed after the source was made, or was opened with "
		       "O_PATH";
	case ENFILE:
		return "the system has as many open files as it allows: raise fs.file-max with sysctl";
	case ENODEV:
		return "the file system, or the driver that the device is bound to, cannot map "
		       "memory: put the file on another file system, or bind the device to the "
		       "driver device_dax (daxctl reconfigure-device --mode=devdax)";
	case ENOTSUP:
		return "the file system or this CPU does not have that protection";
	case EPERM:
		return hint_of_eperm(wanted);
	default:
		return NULL;
	}
}

void pmem2_request_explain(const struct pmem2_placement *wanted, int error)
{
	const char *hint = hint_of(wanted, error);

	if (error == ENOMEM && wanted->fd >= 0 && wanted->huge_pages)
		pmem2_err(-error,
			"mmap: %s: too few huge pages are free for %zu bytes: reserve more, with "
			"sysctl vm.nr_hugepages for those of the default size",
			strerror(error), wanted->length);
	else if (hint != NULL)
		pmem2_err(-error, "mmap: %s: %s", strerror(error), hint);
	else
		pmem2_placement_error("mmap", error);
}

int pmem2_request_error(const struct pmem2_placement *wanted, int error, int append_only)
{
	pmem2_request_explain(wanted, -error);

	switch (error) {
	case -EACCES:
		return is_append_only(wanted) ? append_only : PMEM2_E_NO_ACCESS;
	case -ENOTSUP:
		return PMEM2_E_NOSUPP;
	case -EEXIST:
		return PMEM2_E_MAPPING_EXISTS;
	default:
		return error;
	}
}
