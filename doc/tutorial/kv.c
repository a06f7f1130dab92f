/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kv.c -- a key-value store that survives power cuts. The file is a log of records; a later record of a
 * key replaces an earlier one.
 */
#include "kv.h"

#include <errno.h>
#include <fcntl.h>
#include <libpmem2.h>
#include <libpmem2/extra.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A record begins at a multiple of 8. The log ends at the first record whose commit word is 0. */
struct record {
	uint64_t commit; /* length of the key << 32 | length of the value, in bytes */
	char bytes[];    /* the key, then the value */
};

static size_t key_length(const struct record *r)
{
	return r->commit >> 32;
}

static size_t value_length(const struct record *r)
{
	return r->commit & UINT32_MAX;
}

static size_t record_size(size_t key, size_t value)
{
	return (sizeof(struct record) + key + value + 7) & ~(size_t)7;
}

static struct record *record_at(const struct kv *kv, size_t offset)
{
	return (struct record *)(kv->base + offset);
}

/* Maps the whole file, as long as it is now. */
static int map_file(struct kv *kv)
{
	struct pmem2_source *source = NULL;
	struct pmem2_config *config = NULL;
	int ret = pmem2_source_from_fd(&source, kv->fd);

	if (ret == 0)
		ret = pmem2_config_new(&config);
	if (ret == 0)
		ret = pmem2_config_set_required_store_granularity(config, PMEM2_GRANULARITY_PAGE);
	if (ret == 0)
		ret = pmem2_map_new(&kv->map, config, source);
	pmem2_config_delete(&config);
	pmem2_source_delete(&source);
	if (ret != 0)
		return ret;

	kv->base = pmem2_map_get_address(kv->map);
	kv->size = pmem2_map_get_size(kv->map);
	return 0;
}

/* Space that is allocated cannot run out at a store; a size that is not synced can be lost. */
static int set_size(struct kv *kv, size_t size)
{
	int error = posix_fallocate(kv->fd, 0, (off_t)size);

	if (error != 0)
		return -error;
	return fsync(kv->fd) == 0 ? 0 : -errno;
}

/* Whether a whole record of these lengths is between offset and the end, with a word after it. */
static bool fits(const struct kv *kv, size_t offset, size_t key, size_t value)
{
	return record_size(key, value) + sizeof(uint64_t) <= kv->size - offset;
}

/* Recovery: the log is as long as its records are committed. */
static int find_end(struct kv *kv)
{
	const struct record *r;

	for (kv->end = 0; (r = record_at(kv, kv->end))->commit != 0;
		kv->end += record_size(key_length(r), value_length(r)))
		if (!fits(kv, kv->end, key_length(r), value_length(r)))
			return -EILSEQ;
	return 0;
}

int kv_open(struct kv *kv, const char *path)
{
	struct stat st = {0};
	int ret = 0;

	*kv = (struct kv){.fd = open(path, O_RDWR | O_CREAT, 0666)};
	if (kv->fd < 0 || fstat(kv->fd, &st) != 0)
		ret = -errno;
	if (ret == 0 && st.st_size < KV_FIRST_SIZE)
		ret = set_size(kv, KV_FIRST_SIZE);
	if (ret == 0)
		ret = map_file(kv);
	if (ret == 0)
		ret = find_end(kv);
	if (ret != 0)
		kv_close(kv);
	return ret;
}

void kv_close(struct kv *kv)
{
	if (kv->map != NULL)
		pmem2_map_delete(&kv->map);
	if (kv->fd >= 0)
		close(kv->fd);
	kv->fd = -1;
}

static int grow(struct kv *kv, size_t needed)
{
	size_t size = kv->size;
	int ret;

	while (size - kv->end < needed)
		size *= 2;
	ret = set_size(kv, size);
	if (ret == 0)
		ret = pmem2_map_delete(&kv->map);
	return ret == 0 ? map_file(kv) : ret;
}

int kv_put(struct kv *kv, const char *key, const void *value, size_t length)
{
	size_t key_size = strlen(key), size = record_size(key_size, length);
	int ret = 0;

	if (key_size == 0 || key_size > KV_MOST || length > KV_MOST)
		return -EINVAL;
	if (!fits(kv, kv->end, key_size, length))
		ret = grow(kv, size + sizeof(uint64_t));
	if (ret != 0)
		return ret;

	struct record *r = record_at(kv, kv->end);

	/* 1: the payload, and a 0 where the log ends after it */
	memcpy(r->bytes, key, key_size);
	memcpy(r->bytes + key_size, value, length);
	record_at(kv, kv->end + size)->commit = 0;
	/* 2: durable before anything says that it is there */
	ret = pmem2_map_persist(kv->map, r->bytes, size);
	if (ret != 0)
		return ret;
	/* 3: one aligned store of 8 bytes, which never tears */
	r->commit = (uint64_t)key_size << 32 | length;
	/* 4: durable before the caller is told */
	ret = pmem2_map_persist(kv->map, &r->commit, sizeof(r->commit));
	if (ret == 0)
		kv->end += size;
	return ret;
}

const void *kv_get(const struct kv *kv, const char *key, size_t *length)
{
	const void *found = NULL;
	const struct record *r;

	for (size_t at = 0; at < kv->end; at += record_size(key_length(r), value_length(r))) {
		r = record_at(kv, at);
		if (key_length(r) == strlen(key) && memcmp(r->bytes, key, key_length(r)) == 0) {
			found = r->bytes + key_length(r);
			*length = value_length(r);
		}
	}
	return found;
}
