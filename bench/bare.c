/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bound of long durable copies: ours beside a bare loop of streams and flushes, which asks
 * nothing, has no edges and knows its sizes. By the bytes that are streamed before they are fenced
 * and flushed; "unfenced" flushes each line just after its stream, which is durable only where a
 * flush is known to wait for a non-temporal store to its line.
 */
#include "job.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,clwb")))

struct bare {
	struct job job; /* first: what prepares the lines takes it for one */
	size_t block;   /* bytes; 0: unfenced */
};

TARGET static inline void stream_line(char *dest, const char *src, __m256i byte)
{
	__m256i a = src != NULL ? _mm256_loadu_si256((const __m256i *)src) : byte;
	__m256i b = src != NULL ? _mm256_loadu_si256((const __m256i *)(src + 32)) : byte;

	_mm256_stream_si256((__m256i *)dest, a);
	_mm256_stream_si256((__m256i *)(dest + 32), b);
}

/* src NULL: memset */
TARGET static inline void put(char *dest, const char *src, int byte, size_t len, size_t block)
{
	__m256i bytes = _mm256_set1_epi8((char)byte);

	if (block == 0) {
		for (size_t at = 0; at < len; at += LINE) {
			stream_line(dest + at, src != NULL ? src + at : NULL, bytes);
			_mm_clwb(dest + at);
		}
		_mm_sfence();
		return;
	}
	for (size_t begin = 0; begin < len; begin += block) {
		size_t end = len - begin < block ? len : begin + block;

		for (size_t at = begin; at < end; at += LINE)
			stream_line(dest + at, src != NULL ? src + at : NULL, bytes);
		_mm_sfence();
		for (size_t at = begin; at < end; at += LINE)
			_mm_clwb(dest + at);
	}
	_mm_sfence();
}

static void bare_memmove(const struct side *side)
{
	const struct bare *bare = side->job;
	size_t stride = bare->job.stride;

	for (size_t i = 0; i < bare->job.count; i++)
		put(bare->job.dst + i * stride, bare->job.src + i * stride, 0, bare->job.size,
			bare->block);
}

static void bare_memset(const struct side *side)
{
	const struct bare *bare = side->job;

	for (size_t i = 0; i < bare->job.count; i++)
		put(bare->job.dst + i * bare->job.stride, NULL, bare->job.byte, bare->job.size,
			bare->block);
}

static const struct {
	const char *copies, *sets;
	size_t block;
} blocks[] = {
	{"memcpy 4K blocks", "memset 4K blocks", 4 << 10},
	{"memcpy 8K blocks", "memset 8K blocks", 8 << 10},
	{"memcpy 16K blocks", "memset 16K blocks", 16 << 10},
	{"memcpy 32K blocks", "memset 32K blocks", 32 << 10},
	{"memcpy 64K blocks", "memset 64K blocks", 64 << 10},
	{"memcpy 256K blocks", "memset 256K blocks", 256 << 10},
	{"memcpy unfenced", "memset unfenced", 0},
};

static const size_t sizes[] = {65536, 262144, 1 << 20};

static void bare_row(struct bench *bench, bool copies, size_t b, size_t size)
{
	struct row row = {"bare", copies ? blocks[b].copies : blocks[b].sets, "aligned", "cold",
		size};
	struct work work = {.prepare = job_cold};
	struct bare bare = {
		.job = {.memory = &bench->memory,
			.granularity = PMEM2_GRANULARITY_CACHE_LINE,
			.byte = 0x5a,
			.size = size},
		.block = blocks[b].block,
	};

	job_plan(&bare.job);
	job_sides(bench, &work, CONTRACT_DURABLE, &bare.job, copies ? job_memmove : job_memset,
		NULL);
	work.sides[1].run = copies ? bare_memmove : bare_memset;
	bench_row(bench, &row, &work);
}

void bare_group(struct bench *bench)
{
	unsigned a, b = 0, c, d;

	if (!__builtin_cpu_supports("avx2") || !__get_cpuid_count(7, 0, &a, &b, &c, &d) ||
		(b & bit_CLWB) == 0)
		return;
	for (size_t block = 0; block < sizeof(blocks) / sizeof(blocks[0]); block++) {
		for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			bare_row(bench, true, block, sizes[s]);
			bare_row(bench, false, block, sizes[s]);
		}
	}
}
#else
void bare_group(struct bench *bench)
{
	(void)bench;
}
#endif
