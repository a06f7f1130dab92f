/* SPDX-License-Identifier: BSD-3-Clause */
/* engine.c -- follows flushes and drains: what each does to the model, and its record in the trace. */
#include "engine.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "session.h"

enum { CHEAP = 16 << 20 }; /* bytes that may be compared at each drain */

struct pf_engine pmem2_pf_engine;

static struct pf_engine *const engine = &pmem2_pf_engine;

/* ---- the lock ---- */

/* In a page that a child process gets filled with zeros: unlocked, and not alive. */
struct shared {
	int locked;
	int alive;
};

static struct shared *shared;

/* Its address is the program's for good, so that the fast kind of thread-local memory serves. */
static _Thread_local struct {
	struct pf_thread *thread;
	bool inside;
} self __attribute__((tls_model("initial-exec")));

static void lock(void)
{
	for (unsigned tries = 1; __atomic_exchange_n(&shared->locked, 1, __ATOMIC_ACQUIRE); tries++)
		if (tries % 64 == 0)
			sched_yield();
}

static int start_error;

static void start(void)
{
	struct shared *page =
		mmap(NULL, PF_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED || madvise(page, PF_PAGE, MADV_WIPEONFORK) != 0) {
		start_error = -errno;
		return;
	}
	page->alive = 1;
	shared = page;
	start_error = pmem2_pf_session_begin();
}

int pmem2_pf_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
	return start_error;
}

bool pmem2_pf_enter(void)
{
	if (self.inside) {
		engine->unseen++;
		return false;
	}
	self.inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	lock();
	if (!shared->alive) {
		shared->alive = 1;
		pmem2_pf_session_forked();
	}
	return true;
}

void pmem2_pf_leave(void)
{
	__atomic_store_n(&shared->locked, 0, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	self.inside = false;
}

/* ---- who calls ---- */

struct call {
	struct pf_thread *thread;
	uint32_t stack;
	unsigned what;
};

static struct pf_thread *this_thread(void)
{
	struct pf_thread *t = self.thread;

	if (t != NULL)
		return t;
	t = pmem2_pf_arena_take(&engine->threads, sizeof(*t));
	if (t != NULL)
		t->id = (uint32_t)(engine->threads.used / sizeof(*t));
	self.thread = t;
	return t;
}

static struct pf_who who_is(const struct call *call)
{
	return (struct pf_who){call->thread->id, call->stack};
}

static struct pf_origin origin_of(const struct call *call)
{
	return (struct pf_origin){engine->events, call->stack};
}

/* ---- lines ---- */

const char *pmem2_pf_trace_lines(enum pf_record_kind kind, struct pf_who who, unsigned flags,
	const struct pf_lines *lines)
{
	size_t content = pmem2_pf_line_count(lines) * PF_LINE;
	struct pf_record_lines *r = NULL;

	if (engine->trace.on)
		r = pmem2_pf_trace_reserve(&engine->trace, sizeof(*r) + content);
	if (r == NULL)
		return lines->content;

	r->record.thread = who.thread;
	r->record.stack = who.stack;
	r->file = lines->map->medium->id;
	r->flags = flags;
	r->offset = lines->offset;
	r->length = lines->length;
	memcpy(r->content, lines->content, content);
	pmem2_pf_trace_commit(&engine->trace, r, kind, sizeof(*r) + content);
	return r->content;
}

static void blame(const struct call *call, enum pf_class class, const struct pf_lines *lines)
{
	pmem2_pf_report_count(&engine->report, class, call->stack, lines->map->medium->id,
		lines->offset, lines->length);
}

static void flush_lines(const struct call *call, struct pf_thread *thread,
	const struct pf_lines *lines)
{
	struct pf_who who = who_is(call);
	unsigned flags = (call->what & PF_COPIED) != 0 ? PF_LINES_COPY : 0;
	struct pf_medium *medium = lines->map->medium;
	size_t first = pmem2_pf_first_line(lines), count = pmem2_pf_line_count(lines);

	engine->report.lines += count;
	if (thread == &engine->msync)
		who.thread |= PF_THREAD_MSYNC;
	/* from the record, as the program's memory may change meanwhile */
	const char *content = pmem2_pf_trace_lines(PF_RECORD_FLUSH, who, flags, lines);

	for (size_t i = 0; i < count; i++) {
		enum pf_flushed flushed = pmem2_pf_model_flush(&engine->model, thread, medium,
			first + i, content + i * PF_LINE, origin_of(call));

		if (flushed == PF_REDUNDANT)
			blame(call, PF_REDUNDANT_FLUSH, lines);
		else if (flushed == PF_TWICE)
			blame(call, PF_REPEATED_FLUSH, lines);
	}
}

/* ---- ranges ---- */

/* The first map that ends behind an address, or the one behind all. */
static const struct pf_map *find_map(const char *address)
{
	const struct pf_map *last = engine->last_map;
	size_t low = 0, high = engine->map_count;

	if (last != NULL && address >= last->address && address < last->address + last->length)
		return last;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct pf_map *m = &engine->maps[middle];

		if (m->address + m->length <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return &engine->maps[low];
}

/* Flushes the part of a map in [begin, end), offsets in it. */
static void flush_part(const struct call *call, const struct pf_map *map, size_t begin, size_t end)
{
	const char *at = map->address + begin;
	struct pf_lines lines = {
		.map = map,
		.offset = map->offset + begin,
		.length = end - begin,
		.content = at - (uintptr_t)at % PF_LINE,
	};

	/* a line's flush does nothing for the page cache */
	if (map->granularity != PMEM2_GRANULARITY_PAGE)
		flush_lines(call, call->thread, &lines);
}

static void flush_changed(const struct pf_lines *lines, void *arg)
{
	const struct call *call = arg;

	flush_lines(call, (call->what & PF_MSYNC) != 0 ? &engine->msync : call->thread, lines);
}

/* msync(2): the pages that have a part in it. What did not change is durable. */
static void sync_part(struct call *call, const struct pf_map *map, size_t begin, size_t end)
{
	const struct pf_lines named = {map, map->offset + begin, end - begin, NULL};
	size_t into = (uintptr_t)map->address % PF_PAGE;
	uint64_t before = engine->report.lines;

	begin = (begin + into) / PF_PAGE * PF_PAGE;
	end = (end + into + PF_PAGE - 1) / PF_PAGE * PF_PAGE - into;
	pmem2_pf_changed(map, begin > into ? begin - into : 0,
		end < map->length ? end : map->length, PF_DURABLE, flush_changed, call);
	if (engine->report.lines == before)
		blame(call, PF_REDUNDANT_FLUSH, &named);
}

static void flush_range(struct call *call, const char *ptr, size_t size)
{
	const char *end =
		(uintptr_t)ptr + size < (uintptr_t)ptr ? (const char *)UINTPTR_MAX : ptr + size;
	const struct pf_map *behind = engine->maps + engine->map_count;

	engine->report.flushes++;
	for (const struct pf_map *m = find_map(ptr); m < behind && m->address < end; m++) {
		size_t first = ptr > m->address ? (size_t)(ptr - m->address) : 0;
		size_t last = end < m->address + m->length ? (size_t)(end - m->address) : m->length;

		engine->last_map = m;
		if ((call->what & PF_MSYNC) != 0)
			sync_part(call, m, first, last);
		else
			flush_part(call, m, first, last);
	}
}

/* ---- drains ---- */

static void note_dirty(const struct pf_lines *lines, void *arg)
{
	const struct pf_who *who = arg;
	size_t first = pmem2_pf_first_line(lines), count = pmem2_pf_line_count(lines);

	for (size_t i = 0; i < count; i++)
		pmem2_pf_model_dirty(&engine->model, lines->map->medium, first + i,
			lines->content + i * PF_LINE,
			(struct pf_origin){engine->events, who->stack});
}

struct noting {
	struct pf_who who;
	unsigned flags;
};

static void visit_dirty(const struct pf_lines *lines, void *arg)
{
	struct noting *n = arg;

	pmem2_pf_trace_lines(PF_RECORD_DIRTY, n->who, n->flags, lines);
	note_dirty(lines, &n->who);
}

void pmem2_pf_note_dirty(struct pf_map *map, struct pf_who who, unsigned flags)
{
	struct noting noting = {who, flags};

	if (map != NULL) {
		pmem2_pf_changed_since(map, PF_LAST_SEEN, visit_dirty, &noting);
		return;
	}
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].granularity != PMEM2_GRANULARITY_BYTE)
			pmem2_pf_note_dirty(&engine->maps[i], who, flags);
}

static void trace_drain(struct pf_who who)
{
	struct pf_record *r = pmem2_pf_trace_reserve(&engine->trace, sizeof(*r));

	if (r == NULL)
		return;
	r->thread = who.thread;
	r->stack = who.stack;
	pmem2_pf_trace_commit(&engine->trace, r, PF_RECORD_DRAIN, sizeof(*r));
}

/* At BYTE all that is stored when a fence has passed is durable. */
static void flush_byte_maps(struct call *call)
{
	for (size_t i = 0; i < engine->map_count; i++) {
		struct pf_map *m = &engine->maps[i];

		if (m->granularity == PMEM2_GRANULARITY_BYTE)
			pmem2_pf_changed_since(m, PF_DURABLE, flush_changed, call);
	}
}

static bool looks_for_dirty(void)
{
	size_t dear = 0; /* bytes to be compared */

	for (size_t i = 0; i < engine->map_count; i++)
		if (!engine->maps[i].watched)
			dear += engine->maps[i].length;
	return engine->settings.dirty == PF_DIRTY_ON ||
	       (engine->settings.dirty == PF_DIRTY_IF_CHEAP && dear <= CHEAP);
}

static void drain(struct call *call)
{
	struct pf_thread *thread = (call->what & PF_MSYNC) != 0 ? &engine->msync : call->thread;
	struct pf_who who = who_is(call);

	if ((call->what & PF_FENCE) != 0)
		flush_byte_maps(call);
	if (looks_for_dirty())
		pmem2_pf_note_dirty(NULL, who, 0);
	if (thread == &engine->msync)
		who.thread |= PF_THREAD_MSYNC;

	trace_drain(who);
	engine->report.drains++;
	if (pmem2_pf_model_drain(&engine->model, thread) == 0 && (call->what & PF_MSYNC) == 0)
		pmem2_pf_report_count(&engine->report, PF_EMPTY_DRAIN, call->stack, 0, 0, 0);
}

/* ---- what operations call ---- */

static void act(const void *ptr, size_t size, unsigned what, const struct pf_frames *frames)
{
	struct call call = {.what = what, .thread = this_thread()};

	if (call.thread == NULL)
		return;
	call.stack = pmem2_pf_session_stack(frames);
	engine->events++;
	if ((what & PF_FLUSHES) != 0 && size > 0)
		flush_range(&call, ptr, size);
	if ((what & PF_DRAINS) != 0)
		drain(&call);
}

void pmem2_pf_act(const void *ptr, size_t size, unsigned what, const void *site)
{
	struct pf_frames frames;
	int saved = errno;

	if (engine->map_count == 0)
		return;
	if (engine->settings.stacks) {
		pmem2_pf_unwind(&frames, site);
	} else {
		frames.count = 1;
		frames.frame[0] = (uintptr_t)site;
	}

	if (pmem2_pf_enter()) {
		act(ptr, size, what, &frames);
		pmem2_pf_leave();
	}
	errno = saved;
}
