/* SPDX-License-Identifier: BSD-3-Clause */
/* follow.c -- follows mappings that a program makes without the library. */
#include "powerfail/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act.h"
#include "dirty.h"
#include "files.h"
#include "maps.h"
#include "powerfail/model.h"
#include "records.h"
#include "session.h"
#include "unmapped.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

/* Takes the lock, if there is something that is followed. */
static bool enter(void)
{
	return engine->media_count > 0 && !pmem2_pf_engine_is_inside() && pmem2_pf_session_enter();
}

static size_t whole_pages(size_t length)
{
	return (length + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
}

/* ---- mappings ---- */

static int attach(struct pf_map *map, int fd)
{
	struct pf_medium *wanted = calloc(1, sizeof(*wanted));
	int ret = wanted == NULL ? -ENOMEM : pmem2_pf_session_start();

	if (ret == 0 && pmem2_pf_files_identify(map, fd, wanted)) {
		ret = -EDEADLK;
		if (pmem2_pf_session_enter()) {
			ret = pmem2_pf_maps_add(map, wanted, fd);
			pmem2_pf_session_leave();
		}
	}
	free(wanted);
	return ret;
}

static int mapped(void *address, size_t length, int fd, enum pmem2_granularity granularity)
{
	struct pf_map map = {
		.address = address,
		.length = whole_pages(length),
		.reach = whole_pages(length),
		.granularity = granularity,
		.followed = true,
	};
	int own = fd, saved = errno, ret;

	if (pmem2_pf_engine_is_inside())
		return 0;
	if (fd < 0)
		own = pmem2_pf_files_open(address);
	ret = attach(&map, own);
	if (fd < 0 && own >= 0)
		close(own);
	errno = saved;
	return ret;
}

static void remove_all(const char *begin, const char *end)
{
	struct pf_map *m;

	while ((m = pmem2_pf_maps_followed(begin, end)) != NULL)
		pmem2_pf_maps_remove(m, !pmem2_pf_files_is_shown(m));
}

static void unmapping(void *address, size_t length)
{
	char *begin = address, *end = begin + whole_pages(length);
	int saved = errno;

	if (!enter())
		return;
	engine->events++; /* what is found now is of this moment */
	if (pmem2_pf_maps_followed(begin, end) != NULL && pmem2_pf_maps_split(begin) &&
		pmem2_pf_maps_split(end))
		remove_all(begin, end);
	pmem2_pf_session_leave();
	errno = saved;
}

/* As much of the mapping as the file has now. */
static void extend(struct pf_map *m, size_t size)
{
	size_t length = whole_pages(size) > m->offset ? whole_pages(size) - m->offset : 0;

	if (length > m->reach)
		length = m->reach;
	if (length <= m->length || pmem2_pf_medium_grow(m->medium, m->offset + length) != 0)
		return;
	m->length = length;
	engine->last_map = NULL;
	pmem2_pf_dirty_watch(m);
	pmem2_pf_maps_changed(m);
}

static size_t file_size(const struct pf_map *m)
{
	struct stat st;

	return m->medium->fd >= 0 && fstat(m->medium->fd, &st) == 0 ? (size_t)st.st_size
	                                                            : m->medium->size;
}

/* The map's memory is elsewhere by now, and is compared there. */
static void move(struct pf_map *m, char *to)
{
	struct pf_map old = *m;

	m->address = to;
	pmem2_pf_dirty_watch(m);
	pmem2_pf_record_attach(m);
	pmem2_pf_record_detach(&old);
}

static void moved(void *from, size_t length, void *to, size_t new_length)
{
	char *begin = from, *end = begin + whole_pages(length);
	ptrdiff_t by = (char *)to - begin;
	int saved = errno;
	size_t grown = whole_pages(new_length) - whole_pages(length);

	if (!enter())
		return;
	if (pmem2_pf_maps_split(begin) && pmem2_pf_maps_split(end)) {
		for (size_t i = 0; i < engine->map_count; i++) {
			struct pf_map *m = &engine->maps[i];

			if (!m->followed || m->address < begin || m->address >= end)
				continue;
			if (by != 0)
				move(m, m->address + by);
			if (whole_pages(new_length) > whole_pages(length) &&
				m->address + m->reach == (char *)to + whole_pages(length)) {
				m->reach += grown;
				extend(m, file_size(m));
			}
		}
		pmem2_pf_maps_sort();
	}
	pmem2_pf_session_leave();
	errno = saved;
}

static int grade(const void *address, size_t length)
{
	const char *at = address, *end = at + length;
	int saved = errno, grade = PF_GRADE_NONE;

	if (length == 0 || !enter())
		return PF_GRADE_NONE;
	for (size_t i = 0; i < engine->map_count; i++) {
		const struct pf_map *m = &engine->maps[i];

		if (m->address > at || at >= m->address + m->length || at >= end)
			continue;
		at = m->address + m->length;
		if ((int)m->granularity > grade)
			grade = (int)m->granularity;
	}
	pmem2_pf_session_leave();
	errno = saved;
	return at >= end ? grade : PF_GRADE_NONE;
}

static void regrade(void *address, size_t length, enum pmem2_granularity granularity)
{
	char *begin = address, *end = begin + length;
	int saved = errno;

	if (!enter())
		return;
	for (size_t i = 0; i < engine->map_count; i++) {
		struct pf_map *m = &engine->maps[i];

		if (!m->followed || m->address >= end || begin >= m->address + m->reach ||
			m->granularity == granularity)
			continue;
		m->granularity = granularity;
		pmem2_pf_maps_changed(m);
	}
	pmem2_pf_session_leave();
	errno = saved;
}

/* ---- what takes its time ---- */

static bool begin_call(struct pf_actor *actor, const void *site)
{
	return engine->media_count > 0 && !pmem2_pf_engine_is_inside() &&
	       pmem2_pf_act_begin(actor, site);
}

/* Programs write to many other files, too. */
static bool is_followed(int fd)
{
	bool followed;

	if (!enter())
		return false;
	followed = pmem2_pf_unmapped_find(fd) != NULL;
	pmem2_pf_session_leave();
	return followed;
}

static bool overlaps_any(const char *begin, const char *end)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].address < end &&
			begin < engine->maps[i].address + engine->maps[i].length)
			return true;
	return false;
}

static bool sync_begins(const void *address, size_t length, const void *site)
{
	int saved = errno;
	struct pf_actor actor;
	bool any = false;

	if (begin_call(&actor, site)) {
		any = overlaps_any(address, (const char *)address + whole_pages(length));
		if (any)
			pmem2_pf_ranges_sync(&actor, address, length, 0);
		pmem2_pf_act_end();
	}
	errno = saved;
	return any;
}

static bool file_sync_begins(int fd, const void *site)
{
	int saved = errno;
	struct pf_medium *medium;
	struct pf_actor actor;

	if (!is_followed(fd) || !begin_call(&actor, site))
		return false;
	medium = pmem2_pf_unmapped_find(fd);
	for (size_t i = 0; medium != NULL && i < engine->map_count; i++)
		if (engine->maps[i].medium == medium && engine->maps[i].length > 0)
			pmem2_pf_ranges_sync(&actor, engine->maps[i].address,
				engine->maps[i].length, PF_FILE);
	if (medium != NULL)
		pmem2_pf_unmapped_sync(&actor, medium, fd);
	pmem2_pf_act_end();
	errno = saved;
	return true;
}

static void sync_ends(bool done, const void *site)
{
	int saved = errno;
	struct pf_actor actor;

	if (!begin_call(&actor, site))
		return;
	if (done)
		pmem2_pf_ranges_synced(&actor);
	else
		pmem2_pf_engine_abandon_syncer();
	pmem2_pf_act_end();
	errno = saved;
}

/* ---- what changes without a store ---- */

static void file_changed(int fd, off_t offset, size_t length, const void *site)
{
	int saved = errno;
	struct pf_medium *medium;
	struct pf_actor actor;
	struct stat st;

	if (!is_followed(fd) || !begin_call(&actor, site))
		return;
	medium = pmem2_pf_unmapped_find(fd);
	if (medium != NULL && fstat(fd, &st) == 0) {
		struct pf_who who = {actor.thread->id, actor.stack};

		pmem2_pf_unmapped_resized(who, medium, fd);
		for (size_t i = 0; i < engine->map_count; i++)
			if (engine->maps[i].followed && engine->maps[i].medium == medium)
				extend(&engine->maps[i], (size_t)st.st_size);
		pmem2_pf_unmapped_note(who, medium, fd, (size_t)offset, length);
	}
	pmem2_pf_act_end();
	errno = saved;
}

static void look(const void *site)
{
	int saved = errno;
	struct pf_actor actor;

	if (begin_call(&actor, site)) {
		pmem2_pf_dirty_drain((struct pf_who){actor.thread->id, actor.stack});
		pmem2_pf_act_end();
	}
	errno = saved;
}

const struct pf_follow pmem2_pf_follow_v1 = {
	.is_inside = pmem2_pf_engine_is_inside,
	.mapped = mapped,
	.unmapping = unmapping,
	.moved = moved,
	.grade = grade,
	.regrade = regrade,
	.sync_begins = sync_begins,
	.file_sync_begins = file_sync_begins,
	.sync_ends = sync_ends,
	.file_changed = file_changed,
	.look = look,
};
