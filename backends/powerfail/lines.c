/* SPDX-License-Identifier: BSD-3-Clause */
/* lines.c -- what happens to lines. */
#include "lines.h"

#include "family.h"
#include "powerfail/model.h"
#include "powerfail/report.h"
#include "records.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

static struct pf_thread *thread_of(const struct pf_call *call)
{
	if (call->syncer != NULL)
		return call->syncer;
	return call->msync ? engine->msync : call->thread;
}

/* In records, an msync(2) that takes its time has a number of its own. */
static struct pf_who recorded(const struct pf_call *call)
{
	struct pf_who who = {call->thread->id, call->stack};

	if (call->syncer != NULL)
		who.thread = call->syncer->id;
	return who;
}

struct pf_who pmem2_pf_lines_who(const struct pf_call *call)
{
	return (struct pf_who){call->thread->id, call->stack};
}

static __attribute__((noinline)) void blame(const struct pf_call *call, enum pf_class class,
	const struct pf_lines *lines)
{
	pmem2_pf_report_count(engine->report, class, call->stack, lines->map->medium->id,
		lines->offset, lines->length);
}

/* From the record, where there is one: the program cannot change that meanwhile. */
static inline const char *record_flush(const struct pf_call *call, const struct pf_lines *lines)
{
	return pmem2_pf_records_are_wanted()
	               ? pmem2_pf_record_flush(recorded(call), call->copy, call->msync, lines)
	               : lines->content;
}

void pmem2_pf_lines_flush(const struct pf_call *call, const struct pf_lines *lines)
{
	struct pf_medium *medium = lines->map->medium;
	struct pf_thread *thread = thread_of(call);
	size_t first = pmem2_pf_first_line(lines), count = pmem2_pf_line_count(lines);
	const struct pf_origin origin = {engine->events, call->stack};
	const char *content = record_flush(call, lines);

	engine->report->lines += count;
	for (size_t i = 0; i < count; i++) {
		enum pf_flushed flushed = pmem2_pf_model_flush(engine->model, thread, medium,
			first + i, content + i * PF_LINE, origin);

		if (flushed != PF_FLUSHED)
			blame(call, flushed == PF_TWICE ? PF_REPEATED_FLUSH : PF_REDUNDANT_FLUSH,
				lines);
	}
}

void pmem2_pf_lines_stray(const struct pf_call *call, const void *address, size_t length)
{
	pmem2_pf_record_stray(pmem2_pf_lines_who(call), address, length);
	pmem2_pf_report_count(engine->report, PF_STRAY_FLUSH, call->stack, 0, (size_t)address,
		length);
}

static void tell(void *arg, struct pf_medium *medium, size_t line, const char *content)
{
	(void)arg;
	if (!pmem2_pf_medium_is_size(medium))
		pmem2_pf_family_tell(medium, line, content);
}

void pmem2_pf_lines_drain(const struct pf_call *call)
{
	size_t drained;

	if (pmem2_pf_records_are_wanted())
		pmem2_pf_record_drain(recorded(call), call->msync);
	engine->report->drains++;
	/* by a drain, and not by what is only taken for durable */
	engine->model->settling = pmem2_pf_family_listens() ? tell : NULL;
	drained = pmem2_pf_model_drain(engine->model, thread_of(call));
	engine->model->settling = NULL;
	if (drained == 0 && !call->msync)
		pmem2_pf_report_count(engine->report, PF_EMPTY_DRAIN, call->stack, 0, 0, 0);
}

bool pmem2_pf_lines_wait(const struct pf_call *call, const struct pf_medium *medium, size_t line)
{
	uint32_t i = *pmem2_pf_slot(engine->model, medium, line);

	while (i != 0) {
		const struct pf_version *v = pmem2_pf_version(engine->model, i);

		if (v->thread == call->thread || (call->any && v->thread != NULL))
			return true;
		i = v->older;
	}
	return false;
}

bool pmem2_pf_lines_are_flushed(const struct pf_call *call, const struct pf_medium *medium,
	size_t line, const char *content)
{
	uint32_t newest = *pmem2_pf_slot(engine->model, medium, line);
	const struct pf_version *v = pmem2_pf_version(engine->model, newest);

	return newest != 0 && v->thread == call->thread && pmem2_pf_same_line(v->content, content);
}

void pmem2_pf_lines_tidy(const struct pf_call *call)
{
	if (call->thread->pending == 0)
		pmem2_pf_model_drain(engine->model, call->thread);
}

uint64_t pmem2_pf_lines_flushed(void)
{
	return engine->report->lines;
}

void pmem2_pf_lines_redundant(const struct pf_call *call, const struct pf_lines *lines)
{
	blame(call, PF_REDUNDANT_FLUSH, lines);
}

void pmem2_pf_lines_dirty(struct pf_who who, bool last, const struct pf_lines *lines)
{
	size_t first = pmem2_pf_first_line(lines), count = pmem2_pf_line_count(lines);
	const struct pf_origin origin = {engine->events, who.stack};

	pmem2_pf_record_dirty(who, last, lines);
	for (size_t i = 0; i < count; i++)
		pmem2_pf_model_dirty(engine->model, lines->map->medium, first + i,
			lines->content + i * PF_LINE, origin);
}

void pmem2_pf_lines_written(const struct pf_lines *lines)
{
	size_t first = pmem2_pf_first_line(lines), count = pmem2_pf_line_count(lines);
	const char *content = pmem2_pf_record_written(lines);

	for (size_t i = 0; i < count; i++)
		pmem2_pf_model_write(engine->model, lines->map->medium, first + i,
			content + i * PF_LINE);
}
