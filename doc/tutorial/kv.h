/* SPDX-License-Identifier: BSD-3-Clause */
/* kv.h -- a key-value store in a file. One thread at a time may use it. */
#ifndef KV_H
#define KV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KV_FIRST_SIZE = 4096, /* bytes of a new file; it doubles as needed */
	KV_MOST = 1 << 20,    /* bytes of a key, and of a value */
};

struct kv {
	int fd;
	struct pmem2_map *map;
	char *base;
	size_t size, end; /* bytes mapped; of records */
};

/* Opens or creates a store. 0 or a negative code; a store that was not opened needs no kv_close. */
int kv_open(struct kv *kv, const char *path);
void kv_close(struct kv *kv);

/* Stores a copy of the value; it is durable when this returns 0. */
int kv_put(struct kv *kv, const char *key, const void *value, size_t length);

/* The latest value of a key, valid until the next kv_put; NULL if there is none. */
const void *kv_get(const struct kv *kv, const char *key, size_t *length);

#endif
