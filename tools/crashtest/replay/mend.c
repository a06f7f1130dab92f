/* SPDX-License-Identifier: BSD-3-Clause */
/* mend.c -- a flush or a drain that the program lacks, put into its trace. */
#include "mend.h"

#include <string.h>

#include "powerfail/model.h"
#include "replay.h"
#include "replay_parts.h"
#include "trace.h"

bool mend_add(struct mend *mend, const struct bytes *bytes)
{
	if (mend->count == MEND_LINES)
		return false;
	mend->bytes[mend->count++] = *bytes;
	return true;
}

static void flush(struct replay *r, struct pf_thread *t, const struct bytes *b, bool with_bytes)
{
	struct pf_medium *m = b->medium->id < r->media_count ? r->media[b->medium->id] : NULL;
	char content[PF_LINE];

	if (m == NULL || (b->line + 1) * PF_LINE > m->capacity)
		return;
	memcpy(content, pmem2_pf_model_last(r->model, m, b->line), PF_LINE);
	if (with_bytes)
		memcpy(content + b->at, b->content, b->size);
	pmem2_pf_model_flush(r->model, t, m, b->line, content,
		(struct pf_origin){.event = r->event});
}

/* Whether a record is of the kind, and of the call stack, of another. */
static bool is_like(const struct replay *r, uint64_t event, uint64_t other)
{
	const struct pf_record *a = trace_record(r->trace, event),
			       *b = trace_record(r->trace, other);

	return a != NULL && b != NULL && a->stack == b->stack &&
	       pmem2_pf_record_kind(a) == pmem2_pf_record_kind(b);
}

bool mend_is_here(const struct mend *mend, const struct replay *r)
{
	switch (mend->kind) {
	case MEND_DRAIN:
		return mend->event == r->event;
	case MEND_DRAIN_ALL:
		return is_like(r, r->event, mend->event);
	case MEND_FLUSH_ALL:
		return is_like(r, r->event + 1, mend->event);
	default:
		return mend->event == r->event + 1;
	}
}

void mend_correct(const struct mend *mend, const struct replay *r, const struct pf_medium *medium,
	size_t line, char *content)
{
	if (r->event < mend->event || r->event >= mend->until)
		return;
	for (size_t i = 0; i < mend->count; i++) {
		const struct bytes *b = &mend->bytes[i];

		if (b->medium->id == medium->id && b->line == line)
			memcpy(content + b->at, b->content, b->size);
	}
}

static void flush_all(struct replay *r, struct pf_thread *t)
{
	uint32_t count = pmem2_pf_versions(r->model);

	for (uint32_t i = 1; t != NULL && i < count; i++) {
		const struct pf_version *v = pmem2_pf_version(r->model, i);
		struct bytes b = {.medium = v->medium, .line = v->line, .size = 0};

		if (pmem2_pf_is_newest(r->model, i) && v->thread == NULL)
			flush(r, t, &b, false);
	}
}

bool mend_is_everywhere(const struct mend *mend)
{
	return mend->kind == MEND_DRAIN_ALL || mend->kind == MEND_FLUSH_ALL;
}

/* Where it is at many events, the thread is that of each. */
static struct pf_thread *thread_of(const struct mend *mend, struct replay *r)
{
	uint64_t event = mend->kind == MEND_DRAIN_ALL ? r->event : r->event + 1;

	return replay_know_thread(r,
		mend_is_everywhere(mend) ? trace_record(r->trace, event)->thread : mend->thread);
}

size_t mend_steps(const struct mend *mend)
{
	return mend->in_order ? mend->count : 1;
}

void mend_flush(const struct mend *mend, struct replay *r, size_t step)
{
	struct pf_thread *t = thread_of(mend, r);
	size_t first = mend->in_order ? step : 0, end = mend->in_order ? step + 1 : mend->count;

	if (mend->kind == MEND_FLUSH_ALL)
		flush_all(r, t);
	for (size_t i = first; t != NULL && i < end; i++)
		flush(r, t, &mend->bytes[i], mend->kind == MEND_PERSIST);
}

void mend_drain(const struct mend *mend, struct replay *r)
{
	struct pf_thread *t = thread_of(mend, r);

	if (t != NULL && mend->kind != MEND_FLUSH && mend->kind != MEND_FLUSH_ALL)
		pmem2_pf_model_drain(r->model, t);
}
