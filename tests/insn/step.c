/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * step.c BACKEND -- steps through real calls of the library, one instruction after the other, and sees every
 * line of the range flushed after its last store (or stored non-temporally, where that counts) and fenced, by each
 * variant of the backend that this CPU can run.
 *
 * PMEM2_TEST_SEED: where the random sizes and places begin.
 */
#include <libpmem2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../backends/variants.h"
#include "judge.h"
#include "tracer.h"
#include "victim.h"

enum {
	FLAGS = 64,    /* combinations of PMEM2_F_MEM_* */
	SMALL = 600,   /* bytes */
	MIDDLE = 8192, /* offset that small calls are near */
};

static struct lines lines;
static struct tracer tracer = {.lines = &lines};
static const struct setting *setting; /* the present one */
static uint64_t random_state;
static int failures;
static struct {
	unsigned long variants, calls, lines, flushes, fences, streams;
} total;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * UINT64_C(0x2545F4914F6CDD1D) >> 11) % limit;
}

/* ---- calls ---- */

static void complain(const struct call *call, const char *rule)
{
	static const char *const names[] = {"memmove", "memcpy", "memset", "flush", "persist",
		"deep_flush", "deep_persist", "drain"};

	printf("%s %s of %zu bytes at %zu from %zd, flags %#x, nt_evicts %d, shape %u: %s\n",
		setting->variant->name, names[call->operation], call->size, call->at,
		(ssize_t)call->from, call->flags, setting->nt_evicts, setting->shape, rule);
	if (++failures >= 20) {
		printf("too many failures\n");
		exit(EXIT_FAILURE);
	}
}

static void step_and_judge(const struct call *call)
{
	if (!tracer_call(&tracer, call)) {
		complain(call, tracer.shared->error[0] ? tracer.shared->error : "it died");
		exit(EXIT_FAILURE);
	}

	const char *rule = judge(&lines, call, setting->serves);

	if (rule)
		complain(call, rule);
	total.calls++;
	total.flushes += lines.flushes;
	total.fences += lines.fences;
	total.streams += lines.streams;
}

static void check(struct call call)
{
	lines_start(&lines, call.at, call.at + call.size);
	if (call.operation > MEMSET)
		lines_make_dirty(&lines);
	step_and_judge(&call);
	total.lines += call.size ? (call.at + call.size - 1) / LINE - call.at / LINE + 1 : 0;

	/* what it left under way is the drain's */
	if (call.operation == FLUSH || call.flags & PMEM2_F_MEM_NODRAIN) {
		lines.fences = lines.flushes = lines.streams = 0;
		step_and_judge(&(struct call){.operation = DRAIN});
	}
}

/* In half of the cases on boundaries of 8 bytes, where no value may be torn. */
static size_t random_place(size_t limit)
{
	return random_below(limit) & ~(random_below(2) ? (size_t)7 : 0);
}

/* In a third of the cases the range ends with a line, or a byte before or after its end. */
static size_t random_size(size_t at, size_t limit)
{
	size_t size = random_place(limit + 1);

	if (random_below(3))
		return size;
	size += LINE - (at + size) % LINE;
	return size + random_below(3) - 1;
}

static void check_copies(size_t limit, unsigned flags)
{
	size_t at = MIDDLE + random_place(LINE);
	size_t size = random_size(at, limit);
	size_t shift = 1 + random_below(size + 64);

	check((struct call){random_below(2) ? MEMSET : MEMCPY, at, ELSEWHERE, size, flags});
	check((struct call){MEMMOVE, at, random_below(2) ? at - shift : at + shift, size, flags});
}

static void check_variant(void)
{
	static const size_t sizes[] = {0, 1, 64, 4096, 65536 + 100};

	for (unsigned flags = 0; flags < FLAGS; flags++)
		check_copies(random_below(2) ? 2 * LINE : SMALL, flags);
	for (int i = 0; i < 3; i++)
		check_copies(4096, (unsigned)random_below(FLAGS));

	/* a long one: what the library does when nothing is asked, in half of the cases */
	size_t at = AREA / 2 + random_place(LINE);
	unsigned asked = random_below(2) ? (unsigned)random_below(FLAGS) : 0;
	check((struct call){MEMMOVE, at, random_below(2) ? at - 100 : ELSEWHERE,
		65536 + random_place(SMALL), asked});

	for (enum operation op = FLUSH; op <= DEEP_FLUSH; op++) {
		if (op == DEEP_FLUSH && setting->serves == PMEM2_SERVES_VOLATILE)
			continue;
		for (int i = 0; i < 20; i++) {
			at = MIDDLE + random_below(LINE);
			check((struct call){op, at, 0, random_size(at, SMALL), 0});
		}
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			check((struct call){op, MIDDLE + random_below(LINE), 0, sizes[i], 0});
	}
}

/* The test is not blind: without the flush of the last line, or without the fences, it complains. */
static void check_that_it_notices(void)
{
	const struct call call = {MEMMOVE, MIDDLE + 5, ELSEWHERE, 100, 0};

	for (int fence = 0; fence < 2; fence++) {
		lines.lose_flush = !fence;
		lines.lose_fence = fence;
		lines_start(&lines, call.at, call.at + call.size);
		if (tracer_call(&tracer, &call) && !judge(&lines, &call, setting->serves))
			complain(&call, fence ? "a lost fence is not noticed"
					      : "a lost flush is not noticed");
	}
	lines.lose_flush = lines.lose_fence = false;
}

/* ---- settings ---- */

/* At BYTE deep_flush alone flushes lines; judge() sees to the other calls. */
static enum kind flush_of(const struct setting *s)
{
	if (s->serves == PMEM2_SERVES_PAGE || s->serves == PMEM2_SERVES_VOLATILE ||
		!strcmp(s->backend, "generic_msync"))
		return OTHER;
	return !strcmp(s->backend, "clwb")         ? CLWB
	       : !strcmp(s->backend, "clflushopt") ? CLFLUSHOPT
	                                           : CLFLUSH;
}

static void check_setting(const struct setting *s)
{
	unsigned long steps = tracer.steps, streams = total.streams;

	setting = s;
	lines.flush = flush_of(s);
	lines.streams_count = s->nt_evicts;
	if (!tracer_start(&tracer, victim, s)) {
		printf("%s%s: %s\n", tracer.shared->forbidden ? "skipped: " : "", s->variant->name,
			tracer.shared->error);
		exit(tracer.shared->forbidden ? 77 : EXIT_FAILURE);
	}
	check_variant();
	if (s->serves == PMEM2_SERVES_CACHE_LINE) {
		check_that_it_notices();
		if (streams == total.streams)
			complain(&(struct call){0}, "no non-temporal store was seen");
	}
	tracer_stop(&tracer);
	printf("%s, nt_evicts %d, shape %u%s: %lu instructions\n", s->variant->name, s->nt_evicts,
		s->shape, tracer.shared->shaped ? "" : " or this CPU's", tracer.steps - steps);
}

static void check_backend(const struct pmem2_backend *backend)
{
	for (const struct pmem2_variant *const *v = backend->variants; *v; v++) {
		/* of BYTE and volatile, the one that a file can have */
		struct setting s = {backend->name, *v, (*v)->serves & -(*v)->serves, false,
			PMEM2_SHAPE_DEFAULT};

		if ((*v)->needs & ~test_cpu()) {
			printf("%s: not on this CPU\n", (*v)->name);
			continue;
		}
		total.variants++;
		check_setting(&s);
		if (s.serves != PMEM2_SERVES_CACHE_LINE)
			continue;
		s.nt_evicts = true;
		check_setting(&s);
		s.shape = PMEM2_SHAPE_AMD;
		check_setting(&s);
	}
}

int main(int argc, char **argv)
{
	const char *seed = getenv("PMEM2_TEST_SEED");
	uint64_t start =
		seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) << 16 | (uint64_t)getpid();

	tracer.shared = mmap(NULL, sizeof(*tracer.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc != 2 || tracer.shared == MAP_FAILED)
		return 2;
	printf("PMEM2_TEST_SEED=%llu\n", (unsigned long long)start);
	random_state = start * 2 + 1;
	for (const struct pmem2_backend *const *b = test_backends(); *b; b++)
		if (!strcmp((*b)->name, argv[1]))
			check_backend(*b);
	if (!total.variants) {
		printf("skipped: this CPU runs no variant of %s\n", argv[1]);
		return 77;
	}
	printf("%lu variants, %lu calls, %lu instructions, %lu lines: %lu flushes, %lu fences, "
	       "%lu non-temporal stores; %d failures\n",
		total.variants, total.calls, tracer.steps, total.lines, total.flushes, total.fences,
		total.streams, failures);
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
