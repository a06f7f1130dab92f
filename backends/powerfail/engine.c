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
	.said_socket = &settings.said_socket,
	.ops = &settings.ops,
	.msync = &msync_thread,
};

_Thread_local struct pf_self pmem2_pf_self;

int pmem2_pf_engine_init(void)
{
	struct pf_shared *page =
		mmap(NULL, PF_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret;

	if (page == MAP_FAILED || madvise(page, PF_PAGE, MADV_WIPEONFORK) != 0)
		return -errno;
	page->alive = 1;
	pmem2_pf_engine.shared = page;

	pmem2_pf_settings_read(&settings);
	pmem2_pf_engine.notes_said = settings.said[0] != '\0' || settings.ops;
	ret = pmem2_pf_model_init(&model, false);
	if (ret == 0)
		ret = pmem2_pf_report_init(&report);
	if (ret == 0)
		ret = pmem2_pf_arena_init(&threads, thread_reserve);
	return ret;
}

void pmem2_pf_engine_wait(void)
{
	int *locked = &pmem2_pf_engine.shared->locked;

	for (unsigned tries = 1; __atomic_exchange_n(locked, 1, __ATOMIC_ACQUIRE); tries++)
		if (tries % 64 == 0)
			sched_yield();
}

void pmem2_pf_engine_forked(void)
{
	pmem2_pf_engine.shared->alive = 1;
	pmem2_pf_engine.forked = true;
	pmem2_pf_engine.events = 0;
	pmem2_pf_engine.last_map = NULL;
	pmem2_pf_settings_forked(&settings);
	pmem2_pf_model_forget(&model);
	pmem2_pf_report_clear(&report);
}

bool pmem2_pf_engine_is_inside(void)
{
	return pmem2_pf_self.inside;
}

void pmem2_pf_engine_starts(bool starts)
{
	pmem2_pf_self.inside = starts;
}

struct pf_thread *pmem2_pf_engine_make_thread(void)
{
	struct pf_thread *t = pmem2_pf_arena_take(&threads, sizeof(*t));

	if (t != NULL)
		t->id = (uint32_t)(threads.used / sizeof(*t));
	return t;
}

struct pf_thread *pmem2_pf_engine_syncer(void)
{
	if (pmem2_pf_self.syncer == NULL)
		pmem2_pf_self.syncer = pmem2_pf_engine_make_thread();
	return pmem2_pf_self.syncer;
}

void pmem2_pf_engine_abandon_syncer(void)
{
	pmem2_pf_self.syncer = NULL;
}
