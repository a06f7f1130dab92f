/* SPDX-License-Identifier: BSD-3-Clause */
/* engine.c -- the state of the backend in a process, and its lock. */
#include "engine.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>

#include "powerfail/model.h"
#include "powerfail/report.h"
#include "settings.h"

static const size_t thread_reserve = (size_t)256 << 20; /* bytes of address space */

static struct pf_settings settings;
static struct pf_model model;
static struct pf_report report;
static struct pf_thread msync_thread;
static struct pf_arena threads;

struct pf_engine pmem2_pf_engine = {
	.settings = &settings,
	.model = &model,
	.report = &report,
	.trace_path = settings.trace,
	.said_path = settings.said,
	.ops = &settings.ops,
	.msync = &msync_thread,
};

/* In a page that a child process gets filled with zeros: unlocked, and not alive. */
struct shared {
	int locked;
	int alive;
};

static struct shared *shared;

/*
 * The backend is never unloaded, and the fast kind of thread-local memory needs no call that
 * could allocate.
 */
static _Thread_local struct {
	struct pf_thread *thread, *syncer;
	bool inside;
} self __attribute__((tls_model("initial-exec")));

int pmem2_pf_engine_init(void)
{
	struct shared *page =
		mmap(NULL, PF_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret;

	if (page == MAP_FAILED || madvise(page, PF_PAGE, MADV_WIPEONFORK) != 0)
		return -errno;
	page->alive = 1;
	shared = page;

	pmem2_pf_settings_read(&settings);
	ret = pmem2_pf_model_init(&model, false);
	if (ret == 0)
		ret = pmem2_pf_report_init(&report);
	if (ret == 0)
		ret = pmem2_pf_arena_init(&threads, thread_reserve);
	return ret;
}

bool pmem2_pf_engine_lock(bool *child)
{
	if (self.inside) {
		pmem2_pf_engine.unseen++;
		return false;
	}
	self.inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	for (unsigned tries = 1; __atomic_exchange_n(&shared->locked, 1, __ATOMIC_ACQUIRE); tries++)
		if (tries % 64 == 0)
			sched_yield();
	*child = !shared->alive;
	shared->alive = 1;
	return true;
}

void pmem2_pf_engine_unlock(void)
{
	__atomic_store_n(&shared->locked, 0, __ATOMIC_RELEASE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	self.inside = false;
}

void pmem2_pf_engine_forked(void)
{
	pmem2_pf_engine.forked = true;
	pmem2_pf_engine.events = 0;
	pmem2_pf_engine.last_map = NULL;
	pmem2_pf_settings_forked(&settings);
	pmem2_pf_model_forget(&model);
	pmem2_pf_report_clear(&report);
}

bool pmem2_pf_engine_is_inside(void)
{
	return self.inside;
}

void pmem2_pf_engine_starts(bool starts)
{
	self.inside = starts;
}

static struct pf_thread *make_thread(void)
{
	struct pf_thread *t = pmem2_pf_arena_take(&threads, sizeof(*t));

	if (t != NULL)
		t->id = (uint32_t)(threads.used / sizeof(*t));
	return t;
}

struct pf_thread *pmem2_pf_engine_thread(void)
{
	if (self.thread == NULL)
		self.thread = make_thread();
	return self.thread;
}

struct pf_thread *pmem2_pf_engine_syncer(void)
{
	if (self.syncer == NULL)
		self.syncer = make_thread();
	return self.syncer;
}

void pmem2_pf_engine_abandon_syncer(void)
{
	self.syncer = NULL;
}
