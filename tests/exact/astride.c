/* SPDX-License-Identifier: BSD-3-Clause */
/* astride FILE: threads add to a number that lies in two lines, for which QEMU stops all others. */
#include "raw.h"

enum { THREADS = 4, TIMES = 2000 };

static char *base;

static void *add(void *arg)
{
	(void)arg;
	for (int i = 0; i < TIMES; i++) {
#ifdef __x86_64__
		__asm__ volatile("lock addq $1, %0" : "+m"(*(uint64_t *)(void *)(base + 60)));
#else
		__atomic_fetch_add((uint64_t *)(void *)(base + 64), 1, __ATOMIC_SEQ_CST);
#endif
		((volatile uint64_t *)(void *)(base + 4096))[i % 512] = (uint64_t)i;
	}
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t threads[THREADS];
	uint64_t sum;

	if (argc != 2)
		return 2;
	base = map_file(argv[1], 65536);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
#ifdef __x86_64__
	memcpy(&sum, base + 60, sizeof(sum));
#else
	memcpy(&sum, base + 64, sizeof(sum));
#endif
	return sum != THREADS * TIMES;
}
