/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stepping.c -- steps through calls of a variant, one instruction after the other, and sees every line of the
 * range flushed after its last store, and fenced, and no aligned value of 8 bytes stored in parts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conformance.h"
#include "judge.h"
#include "tracer.h"

enum {
	FLAGS = 64,    /* combinations of PMEM2_F_MEM_* */
	MIDDLE = 8192, /* offset that small calls are near */
};

/* What the victim is told: nt_evicts is the promise of the CPU that the backend is to go by. */
struct order {
	const struct subject *subject;
	unsigned nt_evicts;
};

static struct lines lines;
static struct tracer tracer = {.lines = &lines};
static const struct order *order;
static struct finding *finding;
static unsigned long flushes;

static void perform(const struct pmem2_variant *v, const struct call *call, char *base,
	const char *elsewhere)
{
	char *at = base + call->at;
	const char *from =
		call->from == ELSEWHERE ? elsewhere + call->at % PAGE : base + call->from;

	switch (call->operation) {
	case MEMMOVE:
	case MEMCPY:
		v->memmove(at, from, call->size, call->flags);
		break;
	case MEMSET:
		v->memset(at, 0x5a, call->size, call->flags);
		break;
	case FLUSH:
		v->flush(at, call->size);
		break;
	case PERSIST:
		v->persist(at, call->size);
		break;
	case DEEP_FLUSH:
	case DEEP_PERSIST:
		v->deep_persist(at, call->size);
		break;
	case DRAIN:
		v->drain();
		break;
	}
}

static void victim(struct shared *shared, const void *setting)
{
	const struct order *given = setting;
	const struct subject *subject = given->subject;
	int fd = memfd_create("conformance", MFD_CLOEXEC);
	char *base = MAP_FAILED, *elsewhere = malloc(AREA + PAGE);

	if (fd >= 0 && ftruncate(fd, AREA) == 0)
		base = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED || elsewhere == NULL) {
		snprintf(shared->error, sizeof(shared->error), "no memory: %s", strerror(errno));
		free(elsewhere);
		return;
	}
	memset(elsewhere, 7, AREA + PAGE);
	if (subject->backend->tuning != NULL)
		subject->backend->tuning->nt_evicts = given->nt_evicts;
	shared->base = base;
	tracer_be_stepped(shared);
	shared->ready = true;

	for (;;) {
		__asm__ volatile("int3" ::: "memory");
		perform(subject->variant, &shared->call, base, elsewhere);
	}
}

/* ---- calls ---- */

static void complain(const struct call *call, const char *rule)
{
	static const char *const names[] = {"memmove", "memmove", "memset", "flush", "persist",
		"deep_persist", "deep_persist", "drain"};

	if (finding->outcome == BROKEN)
		return;
	finding->outcome = BROKEN;
	snprintf(finding->text, sizeof(finding->text),
		"%s of %zu bytes at %zu, flags %#x, nt_evicts %u: %s", names[call->operation],
		call->size, call->at % LINE, call->flags, order->nt_evicts, rule);
}

/* Nothing forbids to do more than a granularity asks for; volatile memory asks for nothing but contents. */
static const char *rule_broken(const struct call *call)
{
	unsigned serves = order->subject->serves;

	if (lines.broken != NULL)
		return lines.broken;
	if (serves == PMEM2_SERVES_VOLATILE)
		return call->operation <= MEMSET ? lines_all_stored(&lines) : NULL;
	if (serves == PMEM2_SERVES_BYTE)
		lines.flushes = 0;
	return judge(&lines, call, serves);
}

static bool step(const struct call *call)
{
	if (!tracer_call(&tracer, call)) {
		complain(call, tracer.shared->error[0] ? tracer.shared->error : "it died");
		return false;
	}

	flushes += lines.flushes;
	const char *rule = rule_broken(call);
	if (rule != NULL)
		complain(call, rule);
	finding->calls++;
	return rule == NULL;
}

static bool check(struct call call)
{
	lines_start(&lines, call.at, call.at + call.size);
	if (call.operation > MEMSET && call.operation != DRAIN)
		lines_make_dirty(&lines);
	if (!step(&call))
		return false;
	if (call.operation != FLUSH && !(call.flags & PMEM2_F_MEM_NODRAIN))
		return true;

	/* what it left under way is the drain's */
	lines.fences = lines.flushes = lines.streams = 0;
	return step(&(struct call){.operation = DRAIN});
}

/* In half of the cases on boundaries of 8 bytes, where no value may be torn. */
static size_t place(size_t limit)
{
	return conformance_random(limit) & ~(conformance_random(2) ? (size_t)7 : 0);
}

static bool check_copies(unsigned flags)
{
	size_t at = MIDDLE + place(LINE), size = place(400);
	size_t shift = 1 + conformance_random(size + LINE);
	size_t from = conformance_random(2) ? at - shift : at + shift;

	return check((struct call){conformance_random(2) ? MEMSET : MEMMOVE, at, ELSEWHERE,
		       place(400), flags}) &&
	       check((struct call){MEMMOVE, at, from, size, flags});
}

static void check_all(void)
{
	static const enum operation flushing[] = {FLUSH, PERSIST, DEEP_PERSIST};
	static const size_t sizes[] = {0, 1, 64, 65, 4096};

	for (unsigned flags = 0; flags < FLAGS; flags++)
		if (!check_copies(flags))
			return;
	if (!check((struct call){MEMMOVE, MIDDLE + 8, ELSEWHERE, 40000, 0}) ||
		!check((struct call){MEMSET, MIDDLE + 3, ELSEWHERE, 3001, 0}))
		return;
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < 5; j++)
			if (!check((struct call){flushing[i], MIDDLE + conformance_random(LINE), 0,
				    sizes[j], 0}))
				return;
		for (size_t j = 0; j < 30; j++)
			if (!check((struct call){flushing[i], MIDDLE + conformance_random(LINE), 0,
				    conformance_random(700), 0}))
				return;
	}
}

/* Who flushes by no instruction that is known may do it in another way: then lines are no measure. */
static void not_shown(const char *why)
{
	finding->outcome = NOT_SHOWN;
	snprintf(finding->text, sizeof(finding->text), "%.250s", why);
}

static bool step_through(void)
{
	if (!tracer_start(&tracer, victim, order)) {
		if (tracer.shared->forbidden)
			not_shown(tracer.shared->error);
		else
			complain(&(struct call){.operation = FLUSH},
				tracer.shared->error[0] ? tracer.shared->error : "it died");
		return false;
	}
	check_all();
	tracer_stop(&tracer);
	return finding->outcome == KEPT;
}

void stepping_check(const struct subject *subject, struct finding *found)
{
	struct order orders[] = {{subject, 0}, {subject, 1}};
	bool of_lines = subject->serves == PMEM2_SERVES_CACHE_LINE;

	finding = found;
	flushes = 0;
	tracer.shared = mmap(NULL, sizeof(*tracer.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tracer.shared == MAP_FAILED) {
		not_shown("no memory to share with what is stepped through");
		return;
	}

	lines.flush = TRAP; /* any */
	for (size_t i = 0; i < (of_lines && subject->backend->tuning != NULL ? 2 : 1); i++) {
		order = &orders[i];
		lines.streams_count = orders[i].nt_evicts != 0;
		if (!step_through())
			break;
	}
	munmap(tracer.shared, sizeof(*tracer.shared));
	if (of_lines && flushes == 0 && found->outcome != NOT_SHOWN)
		not_shown("it flushes by no instruction that this test knows");
}
