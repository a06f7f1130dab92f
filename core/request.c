/* SPDX-License-Identifier: BSD-3-Clause */
/* request.c -- what a config asks of a source, judged. */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "error.h"

/* Judges offset and length, in the order that PMDK does, and answers how much to map. */
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

int pmem2_request_error(const struct pmem2_placement *wanted, int error, int append_only)
{
	errno = -error;
	pmem2_placement_error("mmap");

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
