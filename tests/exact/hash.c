/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hash table on persistent memory, which flushes by its own instructions. hash FILE put COUNT [THREADS]: keys
 * and values. hash FILE check: whether each key that is there has its value.
 *
 * Values are stored past the caches, and are durable before their key is there.
 */
#include "raw.h"

#ifndef FAULT
#define FAULT 0
#endif

enum {
	RIGHT,
	ONE_FENCE, /* for the value and the key */
	CLAIMED,   /* a mark is stored where the key will be */
	UNFLUSHED, /* the key is not flushed */
};

enum { LOCKS = 64, MOST_THREADS = 16 };

struct table {
	uint64_t size, unused[7];
	uint64_t number[]; /* keys, then values */
};

static struct table *table;
static pthread_mutex_t lock[LOCKS];
static uint64_t count;
static unsigned threads;

static uint64_t value_of(uint64_t key)
{
	key = (key ^ key >> 31) * UINT64_C(0x7fb5d329728ea185);
	return (key ^ key >> 27) | 1;
}

static void store_entry(volatile uint64_t *key, uint64_t *value, uint64_t k)
{
	store_past_caches(value, value_of(k));
	if (FAULT != ONE_FENCE)
		store_fence();
	if (FAULT == CLAIMED)
		*key = ~UINT64_C(0);
	*key = k;
	if (FAULT != UNFLUSHED)
		write_back((const void *)key);
	store_fence();
}

static void put(uint64_t key)
{
	uint64_t i = value_of(key) % table->size;
	pthread_mutex_t *m = &lock[i * LOCKS / table->size];

	/* an entry stays in the part of the table that its lock is for */
	pthread_mutex_lock(m);
	while (table->number[i] != 0)
		i = (i + 1) * LOCKS / table->size == i * LOCKS / table->size
		            ? i + 1
		            : (i * LOCKS / table->size * table->size + LOCKS - 1) / LOCKS;
	store_entry(&table->number[i], &table->number[table->size + i], key);
	pthread_mutex_unlock(m);
}

static void *work(void *arg)
{
	for (uint64_t key = (uintptr_t)arg; key < count; key += threads)
		put(key + 1);
	return NULL;
}

static int check(void)
{
	for (uint64_t i = 0; i < table->size; i++) {
		uint64_t key = table->number[i];

		if (key != 0 && table->number[table->size + i] != value_of(key)) {
			printf("key %lu without its value\n", (unsigned long)key);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char *argv[])
{
	pthread_t thread[MOST_THREADS];
	uint64_t size;

	if (argc < 3)
		return 2;
	count = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	threads = argc > 4 ? (unsigned)atoi(argv[4]) : 1;
	size = 2 * count + 1024;
	table = map_file(argv[1], sizeof(*table) + 16 * size);
	if (strcmp(argv[2], "check") == 0)
		return check();
	if (threads < 1 || threads > MOST_THREADS)
		return 2;
	table->size = size;
	persist(&table->size, 8);
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&lock[i], NULL);
	for (uintptr_t i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
