/* SPDX-License-Identifier: BSD-3-Clause */
/* replay_end.c -- the end of a trace: what is lost, and the names of all that is in it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "powerfail/losses.h"
#include "powerfail/report.h"
#include "powerfail/snapshot.h"
#include "replay.h"
#include "replay_parts.h"
#include "trace.h"

bool replay_is_in_any_map(const struct pf_version *v, const void *arg)
{
	const struct replay *r = arg;

	if (v->medium->pages)
		return true; /* to unmap it has written nothing */
	for (size_t i = 0; i < r->map_count; i++)
		if (replay_is_in_map(v, &r->maps[i]))
			return true;
	return false;
}

struct looking {
	struct replay *replay;
	const struct attached *map;
};

static bool is_lost(const struct pf_version *v, const void *arg)
{
	const struct looking *l = arg;
	struct replay *r = l->replay;

	if (l->map != NULL ? !replay_is_in_map(v, l->map) : !replay_is_in_any_map(v, r))
		return false;
	if (r->is_later == NULL || !r->is_later(r->later_arg, v))
		return true;
	r->later++;
	return false;
}

void replay_find_losses(struct replay *r, const struct attached *map)
{
	const struct looking looking = {r, map};

	pmem2_pf_find_losses(r->model, r->report, is_lost, &looking);
}

static void compare_block(struct replay *r, struct pf_medium *m, size_t at, const char *block,
	size_t size)
{
	for (size_t i = 0; i < size; i += PF_LINE) {
		size_t line = (at + i) / PF_LINE;

		if (!pmem2_pf_same_line(block + i, pmem2_pf_model_last(r->model, m, line)))
			pmem2_pf_model_dirty(r->model, m, line, block + i,
				(struct pf_origin){.event = r->event});
	}
}

/* The next part before *end, as data or as what had some: the other holes are passed over. */
static bool next_part(const struct pf_medium *m, int fd, size_t *begin, size_t *end)
{
	size_t at = *begin, stop = *end, known = *begin, known_stop = *end;
	bool is_data = pmem2_pf_snapshot_extent(fd, &at, &stop);
	bool is_known = pmem2_pf_medium_next(m, &known, &known_stop);

	if (!is_data && !is_known)
		return false;
	if (!is_data || (is_known && known < at)) {
		at = known;
		stop = known_stop;
	}
	*begin = at / PF_PAGE * PF_PAGE > *begin ? at / PF_PAGE * PF_PAGE : *begin;
	*end = stop;
	return true;
}

static void compare_file(struct replay *r, const struct attached *map)
{
	char block[16 * PF_PAGE];
	int fd = open(map->medium->path, O_RDONLY | O_CLOEXEC);
	size_t at = map->offset / PF_PAGE * PF_PAGE, end = map->offset + map->length;
	size_t stop = at;

	while (fd >= 0 && at < end) {
		if (at >= stop) {
			stop = end;
			if (!next_part(map->medium, fd, &at, &stop))
				break;
		}
		size_t want = stop - at < sizeof(block) ? stop - at : sizeof(block);
		ssize_t n;

		memset(block, 0, sizeof(block));
		n = pread(fd, block, want, (off_t)at);
		if (n <= 0)
			break;
		compare_block(r, map->medium, at, block, (size_t)n);
		at += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
}

void replay_finish(struct replay *r, bool by_files)
{
	for (size_t i = 0; by_files && !r->exited && i < r->map_count; i++)
		compare_file(r, &r->maps[i]);
	replay_find_losses(r, NULL);
}

void replay_forget(struct replay *r)
{
	for (size_t i = 0; i < r->media_count; i++)
		pmem2_pf_medium_forget(r->media[i]);
}

/* ---- names ---- */

static const char *file_name(uint32_t file, void *arg)
{
	const struct replay *r = arg;

	uint32_t number = file & ~PF_SIZE_OF;
	struct pf_medium *m = number < r->media_count ? r->media[number] : NULL;

	if (m != NULL && file != number)
		m = pmem2_pf_medium_sizes(m);
	return m != NULL ? m->path : "?";
}

/* Numbers rise in the order of the records. */
static size_t stack_frames(uint32_t stack, const uintptr_t **frames, void *arg)
{
	const struct replay *r = arg;
	size_t low = 0, high = r->stack_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (r->stacks[middle]->record.stack < stack)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->stack_count || r->stacks[low]->record.stack != stack)
		return 0;
	*frames = (const uintptr_t *)r->stacks[low]->frame;
	return r->stacks[low]->frames;
}

struct pf_names replay_names(const struct replay *r)
{
	return (struct pf_names){
		.program = r->trace->reader.header->program,
		.process = r->trace->reader.header->process,
		.file = file_name,
		.stack = stack_frames,
		.modules = r->modules,
		.module_count = r->module_count,
		.arg = (void *)r,
	};
}
