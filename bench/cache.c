/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts cache lines into a known state. */
#include "cache.h"

#include <err.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>

static int has_clflushopt(void)
{
	unsigned a, b = 0, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1U << 23)) != 0;
}

static void evict(const char *line, const char *end)
{
	if (has_clflushopt()) {
		for (; line < end; line += LINE)
			__asm__ volatile("clflushopt %0" : : "m"(*line) : "memory");
	} else {
		for (; line < end; line += LINE)
			__asm__ volatile("clflush %0" : : "m"(*line) : "memory");
	}
	__asm__ volatile("mfence" : : : "memory");
}
#elif defined(__aarch64__)
static void evict(const char *line, const char *end)
{
	for (; line < end; line += LINE)
		__asm__ volatile("dc civac, %0" : : "r"(line) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}
#else
#error "the benchmark needs an instruction that evicts a cache line"
#endif

static const char *line_of(const void *ptr)
{
	return (const char *)((uintptr_t)ptr & ~(uintptr_t)(LINE - 1));
}

void cache_flush(const void *ptr, size_t length)
{
	evict(line_of(ptr), (const char *)ptr + length);
}

void cache_load(const void *ptr, size_t length)
{
	const char *end = (const char *)ptr + length;

	for (const char *line = line_of(ptr); line < end; line += LINE)
		(void)*(const volatile char *)line;
}

void cache_dirty(void *ptr, size_t length)
{
	const volatile char *end = (volatile char *)ptr + length;

	for (volatile char *byte = ptr; byte < end; byte += LINE)
		*byte = *byte;
}

void cache_spill_first_level(void)
{
	static char scratch[96 << 10];

	cache_load(scratch, sizeof(scratch));
}

uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *map_window(int fd)
{
	int flags = fd >= 0 ? MAP_SHARED | MAP_POPULATE : MAP_PRIVATE | MAP_ANONYMOUS;
	void *ptr = mmap(NULL, COLD_WINDOW + 4096, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (ptr == MAP_FAILED)
		err(1, "mmap of %zu bytes", COLD_WINDOW);
	/* the same pages on every machine, whatever its setting for huge ones */
	madvise(ptr, COLD_WINDOW + 4096, MADV_NOHUGEPAGE);
	return ptr;
}

void memory_init(struct memory *mem, int fd)
{
	uint64_t state = 88172645463325252ULL;

	if (ftruncate(fd, (off_t)(COLD_WINDOW + 4096)) != 0)
		err(1, "ftruncate to %zu bytes", COLD_WINDOW);
	mem->dst = map_window(fd);
	mem->src = map_window(-1);
	for (size_t i = 0; i < COLD_WINDOW + 4096; i += sizeof(uint64_t)) {
		uint64_t word = random_next(&state);

		memcpy(mem->src + i, &word, sizeof(word));
	}
	memset(mem->dst, 1, COLD_WINDOW + 4096);
}
