/* SPDX-License-Identifier: BSD-3-Clause */
/* page.c -- PAGE, where a flush is a system call and can fail. */
#include "page.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "handler.h"
#include "notes.h"
#include "roster.h"
#include "writeback.h"

/* What a call does about a failure, and what the backend is told of it. */
struct act {
	bool asks;        /* the handler is asked: nobody else is told */
	unsigned how;     /* PMEM2_SYNC_* */
	const void *site; /* where the program called */
};

#define SITE           __builtin_return_address(0)
#define VOID_ACT(bits) ((struct act){.asks = true, .how = (bits), .site = SITE})

static uintptr_t round_up(uintptr_t address)
{
	uintptr_t mask = pmem2_page_size() - 1;

	return address > UINTPTR_MAX - mask ? ~mask : (address + mask) & ~mask;
}

static uintptr_t round_down(uintptr_t address)
{
	return address & ~(uintptr_t)(pmem2_page_size() - 1);
}

static struct pmem2_note range_of(const struct pmem2_map *map)
{
	uintptr_t begin = (uintptr_t)map->address;

	return (struct pmem2_note){begin,
		map->length < UINTPTR_MAX - begin ? begin + map->length : UINTPTR_MAX};
}

/* The pages that the map has a part of. */
static struct pmem2_note pages_of(const struct pmem2_map *map)
{
	struct pmem2_note range = range_of(map);

	return (struct pmem2_note){round_down(range.begin), round_up(range.end)};
}

/* ---- writing ---- */

/* What a backend returns, as an errno. */
static int errno_of(int ret)
{
	if (ret == 0)
		return 0;

	return ret < 0 && ret > -4096 ? -ret : EIO;
}

/* Writes a range of a map. An error that the map is in is one of every call. */
static int write_map(struct pmem2_map *map, struct pmem2_note range, const struct act *act)
{
	const struct pmem2_choice *choice = map->choice;
	void *ptr = (void *)range.begin;
	size_t size = range.end - range.begin;
	int error = 0;

	struct pmem2_writing *writing = pmem2_writeback_begin(map->file);
	if (choice->backend->sync != NULL)
		error = errno_of(choice->backend->sync(ptr, size, act->how, act->site));
	else
		choice->variant->persist(ptr, size);
	pmem2_writeback_end(map->file, writing, error);

	int kept = pmem2_writeback_error(map->file, atomic_load(&map->told));
	if (error == 0)
		error = kept;
	if (error != 0 && act->asks)
		pmem2_handler_ask(&map->handler, map, ptr, size, error);
	return -error;
}

/* What is in no map may be the program's own mapping, or nothing, which ENOMEM says. */
static int write_foreign(struct pmem2_note range, const struct act *act)
{
	void *begin = (void *)round_down(range.begin);
	size_t length = round_up(range.end) - (uintptr_t)begin;

	while (length > 0 && msync(begin, length, MS_SYNC) != 0) {
		int error = errno;

		if (error == ENOMEM)
			break;
		if (error == EINTR)
			continue;
		if (act->asks)
			pmem2_handler_ask(&(struct pmem2_handler){NULL, NULL}, NULL, begin, length,
				error);
		return -error;
	}
	return 0;
}

static int write_gap(uintptr_t begin, uintptr_t end, const struct act *act)
{
	return begin < end ? write_foreign((struct pmem2_note){begin, end}, act) : 0;
}

/*
 * Any memory: each map's part, and what lies between maps. A page that a map has a part of is the map's, for the
 * kernel tells a failure once, and the map must have it. The first error.
 */
static int write_parts(struct pmem2_note rest, const struct act *act)
{
	uintptr_t written = 0; /* up to here by the map before */
	int first = 0;

	while (rest.begin < rest.end) {
		struct pmem2_map *map = pmem2_roster_find(rest.begin, rest.end);
		struct pmem2_note part =
			map != NULL ? range_of(map) : (struct pmem2_note){rest.end, rest.end};
		uintptr_t gap = rest.begin > written ? rest.begin : written;

		int ret = write_gap(gap, map != NULL ? round_down(part.begin) : part.begin, act);
		first = first != 0 ? first : ret;
		if (map == NULL)
			break;

		part.begin = part.begin > rest.begin ? part.begin : rest.begin;
		part.end = part.end < rest.end ? part.end : rest.end;
		ret = write_map(map, part, act);
		first = first != 0 ? first : ret;
		written = round_up(part.end);
		rest.begin = part.end;
	}
	return first;
}

static int write_range(const void *ptr, size_t size, const struct act *act)
{
	struct pmem2_note range = {(uintptr_t)ptr, (uintptr_t)ptr + size};

	if (size == 0)
		return 0;
	if (range.end < range.begin)
		range.end = UINTPTR_MAX;

	struct pmem2_map *map = pmem2_roster_find(range.begin, range.end);
	if (map != NULL && range_of(map).begin <= range.begin && range.end <= range_of(map).end)
		return write_map(map, range, act);

	return write_parts(range, act);
}

/* ---- what is noted ---- */

static const struct pmem2_note everywhere = {0, UINTPTR_MAX};

/*
 * The one place that decides what one call writes. A call of msync(2) costs as much as writing MANY pages does, and
 * passes over clean pages at no cost; those between two notes are written as well if another thread has
 * stored to them. So a gap is bridged unless it is longer than BRIDGED: the worst case stays bounded.
 */
enum { BRIDGED = 64 << 20 }; /* bytes */

static size_t last_of_call(const struct pmem2_note *notes, size_t first, size_t count,
	uintptr_t map_end)
{
	size_t last = first;

	while (last + 1 < count && notes[last + 1].begin < map_end &&
		(notes[last + 1].begin <= notes[last].end ||
			notes[last + 1].begin - notes[last].end <= BRIDGED))
		last++;
	return last;
}

/* Writes what this thread has noted in a range. The first error. */
static int drain(struct pmem2_note within, struct act act)
{
	size_t count;
	const struct pmem2_note *notes = pmem2_notes_begin(&count);
	int first = 0;

	act.how |= PMEM2_SYNC_DRAIN;
	for (size_t i = 0, last; i < count; i = last + 1) {
		struct pmem2_note part = notes[i];

		last = i;
		if (part.begin < within.begin || part.end > within.end || part.begin >= part.end)
			continue;

		struct pmem2_map *map = pmem2_roster_find(part.begin, part.end);
		if (map == NULL) /* deleted, which has written it */
			continue;

		last = last_of_call(notes, i, count, pages_of(map).end);
		struct pmem2_note range = range_of(map);
		part.begin = part.begin > range.begin ? part.begin : range.begin;
		part.end = notes[last].end < range.end ? notes[last].end : range.end;
		int ret = write_map(map, part, &act);
		first = first != 0 ? first : ret;
	}
	if (notes != NULL)
		pmem2_notes_done(within);
	return first;
}

/* Nobody but the handler can be told. */
static void drain_at_exit(void)
{
	drain(everywhere, VOID_ACT(0));
}

/* Whether a flush was noted: else it is to be done. */
static bool note(struct pmem2_map *map, struct pmem2_note range, const struct act *act)
{
	if (map == NULL || !map->deferred || range.begin < range_of(map).begin ||
		range.end > range_of(map).end)
		return false;

	const struct pmem2_note pages = {round_down(range.begin), round_up(range.end)};
	if (!pmem2_notes_add(pages, pages_of(map), drain_at_exit))
		return false;

	if (!atomic_load_explicit(&map->noted, memory_order_relaxed))
		atomic_store(&map->noted, true);
	if (map->choice->backend->attach != NULL)
		map->choice->backend->sync((void *)range.begin, range.end - range.begin,
			act->how | PMEM2_SYNC_LATER, act->site);
	return true;
}

static int flush_later(const void *ptr, size_t size, struct pmem2_note within, struct act act)
{
	struct pmem2_note range = {(uintptr_t)ptr, (uintptr_t)ptr + size};

	if (size == 0)
		return 0;

	struct pmem2_map *map = pmem2_roster_find(range.begin, range.end);
	if (note(map, range, &act))
		return 0;

	/* the notes may be full */
	int ret = drain(within, act);
	if (ret != 0 || !note(map, range, &act))
		ret = write_range(ptr, size, &act);
	return ret;
}

/* What is noted goes with it. */
static int persist(const void *ptr, size_t size, struct pmem2_note within, struct act act)
{
	struct pmem2_note range = {(uintptr_t)ptr, (uintptr_t)ptr + size};

	if (pmem2_notes_exist() && size > 0 &&
		note(pmem2_roster_find(range.begin, range.end), range, &act))
		return drain(within, act);

	int ret = write_range(ptr, size, &act);
	int other = drain(within, act);

	return ret != 0 ? ret : other;
}

/* ---- the functions that programs get ---- */

static void persist_now(const void *ptr, size_t size)
{
	int saved = errno;

	persist(ptr, size, everywhere, VOID_ACT(0));
	errno = saved;
}

static void flush_deferred(const void *ptr, size_t size)
{
	int saved = errno;

	flush_later(ptr, size, everywhere, VOID_ACT(0));
	errno = saved;
}

static void drain_all(void)
{
	int saved = errno;

	drain(everywhere, VOID_ACT(0));
	errno = saved;
}

/* Whose memmove and memset store: those of the backend that serves PAGE, which is one in a process. */
static _Atomic(const struct pmem2_variant *) stores;

enum { STORE = PMEM2_F_MEM_NOFLUSH | PMEM2_F_MEM_TEMPORAL };

static void copied(const void *dest, size_t len, unsigned flags, bool deferred, struct act act)
{
	int saved = errno;

	if ((flags & PMEM2_F_MEM_NOFLUSH) != 0)
		return;
	if (deferred && (flags & PMEM2_F_MEM_NODRAIN) != 0)
		flush_later(dest, len, everywhere, act);
	else
		persist(dest, len, everywhere, act);
	errno = saved;
}

#define COPIES(name, deferred) \
	static void *memmove_##name(void *dest, const void *src, size_t len, unsigned flags) \
	{ \
		atomic_load(&stores)->memmove(dest, src, len, STORE); \
		copied(dest, len, flags, deferred, VOID_ACT(PMEM2_SYNC_COPY)); \
		return dest; \
	} \
	static void *memset_##name(void *dest, int c, size_t len, unsigned flags) \
	{ \
		atomic_load(&stores)->memset(dest, c, len, STORE); \
		copied(dest, len, flags, deferred, VOID_ACT(PMEM2_SYNC_COPY)); \
		return dest; \
	}

COPIES(now, false)
COPIES(deferred, true)

static const struct pmem2_variant functions_now = {
	.persist = persist_now,
	.flush = persist_now,
	.drain = drain_all,
	.memmove = memmove_now,
	.memset = memset_now,
};

static const struct pmem2_variant functions_deferred = {
	.persist = persist_now,
	.flush = flush_deferred,
	.drain = drain_all,
	.memmove = memmove_deferred,
	.memset = memset_deferred,
};

const struct pmem2_variant *pmem2_page_functions(const struct pmem2_choice *choice,
	enum pmem2_granularity granularity, bool deferred)
{
	if (granularity != PMEM2_GRANULARITY_PAGE || choice->backend->sync == NULL ||
		(choice->variant->serves & PMEM2_SERVES_PAGE) == 0)
		return choice->variant;

	atomic_store(&stores, choice->variant);
	return deferred ? &functions_deferred : &functions_now;
}

bool pmem2_page_reports(const struct pmem2_map *map)
{
	return map->functions == &functions_now || map->functions == &functions_deferred;
}

/* ---- for functions that return an error ---- */

int pmem2_page_persist(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site)
{
	return persist(ptr, size, pages_of(map), (struct act){.how = how, .site = site});
}

int pmem2_page_flush(struct pmem2_map *map, const void *ptr, size_t size, unsigned how,
	const void *site)
{
	return flush_later(ptr, size, pages_of(map), (struct act){.how = how, .site = site});
}

int pmem2_page_drain(struct pmem2_map *map, const void *site)
{
	return drain(pages_of(map), (struct act){.site = site});
}

int pmem2_page_settle(struct pmem2_map *map)
{
	if (!atomic_exchange(&map->noted, false))
		return 0;

	return write_map(map, range_of(map),
		&(struct act){.how = PMEM2_SYNC_DRAIN | PMEM2_SYNC_ALL, .site = SITE});
}

int pmem2_page_msync(struct pmem2_map *map, const void *ptr, size_t size)
{
	void *begin = (void *)round_down((uintptr_t)ptr);
	size_t length = (uintptr_t)ptr + size - (uintptr_t)begin;
	int error;

	struct pmem2_writing *writing = pmem2_writeback_begin(map->file);
	do
		error = msync(begin, length, MS_SYNC) != 0 ? errno : 0;
	while (error == EINTR);
	/* a hole that the program has made in its map is found each time, and no failure of the file */
	bool hole = error == ENOMEM && msync(begin, length, MS_ASYNC) != 0;
	pmem2_writeback_end(map->file, writing, hole ? 0 : error);

	int kept = pmem2_writeback_error(map->file, atomic_load(&map->told));
	return -(error != 0 ? error : kept);
}
