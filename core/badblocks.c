/* SPDX-License-Identifier: BSD-3-Clause */
/* badblocks.c -- lists what of a source cannot be read, and clears it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "error.h"
#include "extent.h"
#include "source.h"
#include "small_file.h"
#include "sysfs.h"

enum {
	SECTOR = 512,      /* the unit of the kernel's lists, whatever the device */
	ZEROS = 64 * 1024, /* written at a time */
};

/* Ascending, bytes. */
struct list {
	struct pmem2_badblock *at;
	size_t count;
	bool cut; /* the kernel shows a page of its list, and there is more */
};

struct pmem2_badblock_context {
	struct pmem2_source source; /* a copy: the caller's may go */
	struct list bad;
	size_t next;
	/* Device DAX: where it is in its region, bytes */
	char *region;
	uint64_t offset;
	uint64_t length;
};

static int append(struct list *list, size_t offset, size_t length)
{
	struct pmem2_badblock *longer = realloc(list->at, (list->count + 1) * sizeof(*longer));

	if (longer == NULL)
		return pmem2_err_memory("realloc");

	longer[list->count++] = (struct pmem2_badblock){offset, length};
	list->at = longer;
	return 0;
}

/* Parses lines of "sector count". */
static int parse(const char *path, const char *text, struct list *list)
{
	while (*text != '\0') {
		uint64_t sector;
		uint64_t count;
		int length;

		if (sscanf(text, "%" SCNu64 " %" SCNu64 "%n", &sector, &count, &length) != 2 ||
			(text[length] != '\n' && text[length] != '\0'))
			return pmem2_err(PMEM2_E_CANNOT_READ_BOUNDS,
				"%s has a line that is not a sector and a count: %.40s", path,
				text);

		int ret = append(list, sector * SECTOR, count * SECTOR);
		if (ret != 0)
			return ret;

		text += length;
		text += *text == '\n';
	}

	return 0;
}

static int read_list(const char *path, struct list *list)
{
	size_t page = pmem2_page_size();
	char *text = malloc(page + 1);

	if (text == NULL)
		return pmem2_err_memory("malloc");

	int ret = pmem2_small_file_read(path, text, page + 1);
	if (ret != 0) {
		ret = pmem2_device_unreadable(path, -ret);
		goto release;
	}

	/* a file of sysfs holds a page less one byte; when it is full, its last line may be cut */
	if (strlen(text) + 2 >= page) {
		char *last = strrchr(text, '\n');

		list->cut = true;
		if (last != NULL)
			*last = '\0';
	}
	ret = parse(path, text, list);

release:
	free(text);
	return ret;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Adds what of the extent is bad, in units of block bytes of the source. Extents come in the
 * source's order, so a neighbour can only be the last one added.
 */
static int intersect(const struct pmem2_extent *extent, const struct list *device, uint64_t block,
	struct list *found)
{
	for (size_t i = 0; i < device->count; i++) {
		const struct pmem2_badblock *bad = &device->at[i];
		uint64_t begin = max(bad->offset, extent->device);
		uint64_t end = min(bad->offset + bad->length, extent->device + extent->length);

		if (begin >= end)
			continue;

		begin = (begin - extent->device + extent->file) / block * block;
		end = (end - extent->device + extent->file + block - 1) / block * block;

		struct pmem2_badblock *last =
			found->count > 0 ? &found->at[found->count - 1] : NULL;
		if (last != NULL && begin <= last->offset + last->length) {
			last->length = max(end, last->offset + last->length) - last->offset;
			continue;
		}

		int ret = append(found, begin, end - begin);
		if (ret != 0)
			return ret;
	}

	return 0;
}

/* This and list_devdax are not inlined: the frame of one function would hold the paths of both. */
static __attribute__((noinline)) int list_file(struct pmem2_badblock_context *ctx)
{
	struct pmem2_extents extents;
	struct list device = {0};
	char path[PATH_MAX];
	int ret = pmem2_extents_of(&ctx->source, &extents);

	if (ret != 0)
		return ret;

	pmem2_sysfs_path(path, PMEM2_SYSFS_BLOCK, ctx->source.device,
		extents.partition ? "../badblocks" : "badblocks");
	ret = read_list(path, &device);
	for (size_t i = 0; i < extents.count && ret == 0; i++)
		ret = intersect(&extents.list[i], &device, extents.block, &ctx->bad);

	ctx->bad.cut = device.cut;
	free(device.at);
	pmem2_extents_free(&extents);
	return ret;
}

static __attribute__((noinline)) int list_devdax(struct pmem2_badblock_context *ctx,
	const char *region)
{
	const struct pmem2_ndctl *ndctl;
	struct pmem2_ndctl_why why;
	int ret = pmem2_device_ndctl(&ndctl);

	if (ret != 0)
		return ret;

	ret = ndctl->dax_extent(region, ctx->source.device, &ctx->offset, &ctx->length, &why);
	if (ret != 0)
		return pmem2_device_answer(ret, &why);

	char path[PATH_MAX + sizeof("/badblocks")];
	struct list device = {0};
	struct pmem2_extent all = {.device = ctx->offset, .length = ctx->length};

	snprintf(path, sizeof(path), "%s/badblocks", region);
	ret = read_list(path, &device);
	if (ret == 0)
		ret = intersect(&all, &device, 1, &ctx->bad);
	ctx->bad.cut = device.cut;
	free(device.at);
	if (ret != 0)
		return ret;

	ctx->region = strdup(region);
	return ctx->region != NULL ? 0 : pmem2_err_memory("strdup");
}

static int list(struct pmem2_badblock_context *ctx)
{
	char region[PATH_MAX];
	int ret = pmem2_device_region(&ctx->source, region);

	if (ret == -ENODEV)
		return pmem2_device_rule_out(&ctx->source);
	if (ret != 0)
		return ret;

	return ctx->source.type == PMEM2_SOURCE_DEVDAX ? list_devdax(ctx, region) : list_file(ctx);
}

int pmem2_badblock_context_new(struct pmem2_badblock_context **bbctx,
	const struct pmem2_source *src)
{
	if (src->type == PMEM2_SOURCE_ANON)
		return pmem2_err(PMEM2_E_NOSUPP, "anonymous memory has no bad blocks to list");

	*bbctx = NULL;

	struct pmem2_badblock_context *ctx = calloc(1, sizeof(*ctx));
	if (ctx == NULL)
		return pmem2_err_memory("calloc");

	ctx->source = *src;
	int ret = list(ctx);
	if (ret != 0) {
		pmem2_badblock_context_delete(&ctx);
		return ret;
	}

	*bbctx = ctx;
	return 0;
}

void pmem2_badblock_context_delete(struct pmem2_badblock_context **bbctx)
{
	struct pmem2_badblock_context *ctx = *bbctx;

	if (ctx == NULL)
		return;

	free(ctx->bad.at);
	free(ctx->region);
	free(ctx);
	*bbctx = NULL;
}

int pmem2_badblock_next(struct pmem2_badblock_context *bbctx, struct pmem2_badblock *bb)
{
	if (bbctx->next < bbctx->bad.count) {
		*bb = bbctx->bad.at[bbctx->next++];
		return 0;
	}

	if (bbctx->bad.cut)
		return pmem2_err(-EOVERFLOW,
			"the device has more bad blocks than the kernel lists at a time: clear "
			"these, and make a new context");

	return pmem2_err(PMEM2_E_NO_BAD_BLOCK_FOUND, "no further bad block");
}

static int fallocate_range(int fd, int mode, const struct pmem2_badblock *bb)
{
	int ret;

	do
		ret = fallocate(fd, mode, (off_t)bb->offset, (off_t)bb->length);
	while (ret != 0 && errno == EINTR);

	return ret;
}

/* The file system gives the range other blocks; the driver cures the old ones when they are used.
 */
static int clear_file(int fd, const struct pmem2_badblock *bb)
{
	if (fallocate_range(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, bb) != 0)
		return pmem2_err_sys("fallocate, to punch a hole");

	if (fallocate_range(fd, FALLOC_FL_KEEP_SIZE, bb) != 0)
		return pmem2_err_sys("the bad block is out of the file, which has a hole there now "
				     "that could not be filled; the same call completes it: "
				     "fallocate");

	return 0;
}

/* The device need not leave zeros where it cleared. */
static int write_zeros(struct pmem2_source *src, const struct pmem2_badblock *bb)
{
	size_t unit = min(ZEROS, bb->length);
	void *zeros = calloc(1, unit);
	int ret = 0;

	if (zeros == NULL)
		return pmem2_err_memory("calloc");

	for (size_t done = 0; done < bb->length && ret == 0; done += unit)
		ret = pmem2_source_pwrite_mcsafe(src, zeros, min(unit, bb->length - done),
			bb->offset + done);

	if (ret != 0)
		pmem2_err_prefix("the block is cleared, but could not be set to zeros: ");
	free(zeros);
	return ret;
}

static int clear_devdax(struct pmem2_badblock_context *ctx, const struct pmem2_badblock *bb)
{
	const struct pmem2_ndctl *ndctl;
	struct pmem2_ndctl_why why;

	/* what is after the device is somebody else's memory */
	if (bb->offset > ctx->length || bb->length > ctx->length - bb->offset)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"%zu bytes at offset %zu end after the device's %ju bytes", bb->length,
			bb->offset, (uintmax_t)ctx->length);

	int ret = pmem2_device_ndctl(&ndctl);
	if (ret != 0)
		return ret;

	ret = ndctl->clear(ctx->region, ctx->offset + bb->offset, bb->length, &why);
	if (ret != 0)
		return pmem2_device_answer(ret, &why);

	return write_zeros(&ctx->source, bb);
}

int pmem2_badblock_clear(struct pmem2_badblock_context *bbctx, const struct pmem2_badblock *bb)
{
	if (bb->offset > INT64_MAX)
		return pmem2_err(PMEM2_E_OFFSET_OUT_OF_RANGE,
			"offset %zu of the bad block is more than a source can have", bb->offset);
	if (bb->length > INT64_MAX)
		return pmem2_err(PMEM2_E_LENGTH_OUT_OF_RANGE,
			"length %zu of the bad block is more than a source can have", bb->length);
	if (bb->length == 0)
		return pmem2_err(-EINVAL, "a bad block of length 0 cannot be cleared");

	return bbctx->source.type == PMEM2_SOURCE_DEVDAX ? clear_devdax(bbctx, bb)
	                                                 : clear_file(bbctx->source.fd, bb);
}
