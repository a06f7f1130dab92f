/* SPDX-License-Identifier: BSD-3-Clause */
/* race FILE THREADS STORES: threads store, without a lock, to 64 words; and add to others. */
#include "raw.h"

static uint64_t *words;
static uint32_t count;

static void *store(void *arg)
{
	uint64_t thread = (uintptr_t)arg, random = thread * 77 + 1;

	for (uint64_t i = 0; i < count; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		__atomic_store_n(&words[random % 64], thread << 32 | i, __ATOMIC_RELAXED);
		if (random % 5 == 0)
			__atomic_fetch_add(&words[64 + random % 8], 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t threads[16];
	int n = argc == 4 ? atoi(argv[2]) : 0;

	if (n < 1 || n > 16)
		return 2;
	count = (uint32_t)atoi(argv[3]);
	words = map_file(argv[1], 4096);
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, store, (void *)(uintptr_t)i);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
