/* SPDX-License-Identifier: BSD-3-Clause */
/* judge.c -- what a call owes, by what its variant serves. */
#include "judge.h"

#include <libpmem2/backend.h>

#define NO_WAIT (PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NOFLUSH)

static const char *judge_copy_of_lines(const struct lines *lines, unsigned flags)
{
	const char *rule;

	if (flags & PMEM2_F_MEM_NOFLUSH)
		return lines->flushes           ? "NOFLUSH, and it flushes"
		       : lines->unfenced_stream ? "NOFLUSH leaves streams unfenced"
		                                : NULL;
	if ((rule = lines_flushed(lines)))
		return rule;
	if (flags & PMEM2_F_MEM_NODRAIN)
		return NULL;
	return lines->fences ? lines_fenced(lines) : "no fence";
}

static const char *judge_copy_of_bytes(const struct lines *lines, unsigned flags)
{
	if (lines->flushes)
		return "BYTE, and it flushes";
	if (lines->unfenced_stream)
		return "streams left unfenced";
	return !(flags & NO_WAIT) && lines->unfenced_store ? "a store without a fence after it"
	                                                   : NULL;
}

static const char *judge_copy(const struct lines *lines, const struct call *call, unsigned serves)
{
	const char *rule = lines_all_stored(lines);

	if (rule)
		return rule;
	switch (serves) {
	case PMEM2_SERVES_CACHE_LINE:
		return judge_copy_of_lines(lines, call->flags);
	case PMEM2_SERVES_PAGE:
		return (call->flags & PMEM2_F_MEM_NOFLUSH) ? NULL : lines_flushed(lines);
	default:
		return judge_copy_of_bytes(lines, call->flags);
	}
}

static const char *judge_flush(const struct lines *lines, const struct call *call, unsigned serves)
{
	const char *rule = NULL;

	/* pmem2_deep_flush() of a file is msync(2), whatever the granularity */
	if (serves == PMEM2_SERVES_CACHE_LINE || serves == PMEM2_SERVES_PAGE ||
		call->operation == DEEP_FLUSH)
		rule = lines_flushed(lines);
	else if (lines->flushes)
		rule = "BYTE, and it flushes";
	if (rule || call->operation == FLUSH || serves == PMEM2_SERVES_PAGE)
		return rule;
	if (serves != PMEM2_SERVES_CACHE_LINE && lines->unfenced_store)
		return "a store without a fence after it";
	return lines_fenced(lines);
}

static const char *judge_drain(const struct lines *lines, unsigned serves)
{
	if (serves != PMEM2_SERVES_PAGE && !lines->fences)
		return "drain, and no fence";
	return lines_fenced(lines);
}

const char *judge(const struct lines *lines, const struct call *call, unsigned serves)
{
	if (lines->broken)
		return lines->broken;
	if (call->operation <= MEMSET)
		return judge_copy(lines, call, serves);
	return call->operation == DRAIN ? judge_drain(lines, serves)
	                                : judge_flush(lines, call, serves);
}
