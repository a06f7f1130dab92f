/* SPDX-License-Identifier: BSD-3-Clause */
/* mend.c -- a flush or a drain that the program lacks, put into its trace. */
#include "mend.h"

#include <string.h>

#include "powerfail/model.h"
#include "replay.h"
#include "replay_parts.h"

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

bool mend_is_here(const struct mend *mend, const struct replay *r)
{
	return mend->event + (mend->kind == MEND_DRAIN) == r->event + 1;
}

void mend_flush(const struct mend *mend, struct replay *r)
{
	struct pf_thread *t = replay_know_thread(r, mend->thread);

	for (size_t i = 0; t != NULL && i < mend->count; i++)
		flush(r, t, &mend->bytes[i], mend->kind == MEND_PERSIST);
}

void mend_drain(const struct mend *mend, struct replay *r)
{
	struct pf_thread *t = replay_know_thread(r, mend->thread);

	if (t != NULL && mend->kind != MEND_FLUSH)
		pmem2_pf_model_drain(r->model, t);
}
