/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops that are timed, and the state before them. */
#include "job.h"

enum {
	COUNT_MAX = 1024, /* short samples meet an interrupt less often */
};

void job_plan(struct job *job)
{
	size_t skew = job->dst_skew > job->src_skew ? job->dst_skew : job->src_skew;
	size_t window = job->window != 0 ? job->window : HOT_WINDOW;

	job->stride = (skew + job->size + job->distance + LINE - 1) & ~(LINE - 1);
	job->count = window > job->stride ? window / job->stride : 1;
	if (job->count > COUNT_MAX)
		job->count = COUNT_MAX;
}

/* sets dst and src for operations that begin at offset of the job's area; says how far they reach
 */
static size_t job_at(struct job *job, size_t offset)
{
	const struct memory *mem = job->memory;

	offset += job->origin;
	job->dst = mem->dst + offset + job->dst_skew;
	job->src = mem->src + offset + job->src_skew;
	if (job->distance != 0 && job->forward)
		job->src = job->dst + job->distance;
	if (job->distance != 0 && !job->forward) {
		job->src = job->dst;
		job->dst += job->distance;
	}
	return job->stride * job->count;
}

void job_cold(void *arg, unsigned round)
{
	struct job *job = arg;
	size_t length = job->stride * job->count;
	size_t area = job->area != 0 ? job->area : COLD_WINDOW;

	job_at(job, round * length % (area - length) & ~(LINE - 1));
	cache_flush(job->dst, length);
	cache_flush(job->src, length);
}

void job_first_level(void *arg, unsigned round)
{
	struct job *job = arg;
	size_t length = job_at(job, 0);

	(void)round;
	cache_load(job->src, length);
	cache_load(job->dst, length);
}

void job_hot(void *arg, unsigned round)
{
	job_first_level(arg, round);
	cache_spill_first_level();
}

void job_dirty(void *arg, unsigned round)
{
	struct job *job = arg;
	size_t length = job_at(job, 0);

	(void)round;
	cache_dirty(job->dst, length);
	cache_spill_first_level();
}

void job_memmove(const struct side *side)
{
	const struct job *job = side->job;
	pmem2_memmove_fn memmove_fn = side->ops->memmove;
	size_t size = job->size, stride = job->stride;
	unsigned flags = job->flags;
	const char *src = job->src;
	char *dst = job->dst;

	for (size_t n = job->count; n > 0; n--, dst += stride, src += stride)
		memmove_fn(dst, src, size, flags);
}

void job_memmove_by_hand(const struct side *side)
{
	const struct job *job = side->job;
	pmem2_memmove_fn memmove_fn = side->ops->memmove;
	pmem2_persist_fn persist_fn = side->ops->persist;
	size_t size = job->size, stride = job->stride;
	const char *src = job->src;
	char *dst = job->dst;

	for (size_t n = job->count; n > 0; n--, dst += stride, src += stride) {
		memmove_fn(dst, src, size, PMEM2_F_MEM_NOFLUSH);
		persist_fn(dst, size);
	}
}

void job_memset(const struct side *side)
{
	const struct job *job = side->job;
	pmem2_memset_fn memset_fn = side->ops->memset;
	size_t size = job->size, stride = job->stride;
	unsigned flags = job->flags;
	int byte = job->byte;
	char *dst = job->dst;

	for (size_t n = job->count; n > 0; n--, dst += stride)
		memset_fn(dst, byte, size, flags);
}

void job_memset_by_hand(const struct side *side)
{
	const struct job *job = side->job;
	pmem2_memset_fn memset_fn = side->ops->memset;
	pmem2_persist_fn persist_fn = side->ops->persist;
	size_t size = job->size, stride = job->stride;
	int byte = job->byte;
	char *dst = job->dst;

	for (size_t n = job->count; n > 0; n--, dst += stride) {
		memset_fn(dst, byte, size, PMEM2_F_MEM_NOFLUSH);
		persist_fn(dst, size);
	}
}

/* persist and flush have one type */
static inline void each_range(const struct job *job, pmem2_persist_fn fn)
{
	size_t size = job->size, stride = job->stride;
	char *dst = job->dst;

	for (size_t n = job->count; n > 0; n--, dst += stride)
		fn(dst, size);
}

void job_persist(const struct side *side)
{
	each_range(side->job, side->ops->persist);
}

void job_flush(const struct side *side)
{
	each_range(side->job, side->ops->flush);
}

void job_drain(const struct side *side)
{
	pmem2_drain_fn drain_fn = side->ops->drain;

	for (size_t n = ((const struct job *)side->job)->count; n > 0; n--)
		drain_fn();
}

void job_sides(struct bench *bench, struct work *work, enum contract contract, struct job *job,
	void (*plain)(const struct side *side), void (*by_hand)(const struct side *side))
{
	bench_sides(bench, work, contract, job->granularity, plain, job);
	if (contract == CONTRACT_DURABLE && !bench->self)
		work->sides[1].run = by_hand;
	work->count = job->count;
}
