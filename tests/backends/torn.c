/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The 8-byte promise: a destination and a length that are multiples of 8 are written so that another
 * thread never sees a part of an aligned 8-byte value. One thread copies values whose bytes are
 * all the same, another looks for values whose bytes are not.
 *
 * The argument is the name of a backend: each variant, shape, flag, size and place.
 */
#include <check.h>
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "variants.h"

enum {
	SKIPPED = 77,
	AREA = 16 << 20,      /* bytes */
	HUGE = (8 << 20) + 8, /* bytes: streamed unasked if it is not flushed */
	PATTERNS = 2,
	SHIFT_MAX = 64, /* bytes: how far a source may be off 64 */
};

static char *area;                         /* what is written */
static char *sources[PATTERNS][SHIFT_MAX]; /* by what they hold, and where in a line they begin */
static const struct pmem2_backend *backend;

static _Atomic(const uint64_t *) first; /* what is looked at; NULL: nothing */
static atomic_size_t words;
static _Atomic uint64_t torn, passes;
static atomic_bool stop;

static bool is_torn(uint64_t value)
{
	return value != (value & 0xff) * UINT64_C(0x0101010101010101);
}

/* To ThreadSanitizer these are races, and they are meant to be. */
__attribute__((no_sanitize("thread"))) static void look(const volatile uint64_t *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = word[i];

		if (is_torn(value))
			torn = value;
	}
}

static void *reader(void *unused)
{
	(void)unused;
	while (!stop) {
		size_t n = words;
		const uint64_t *word = first;

		if (word)
			look(word, n);
		passes++;
	}
	return NULL;
}

/* The reader is done with what it looked at before. */
static void look_at(const void *at, size_t len)
{
	uint64_t before;

	first = NULL;
	before = passes;
	while (passes < before + 2)
		sched_yield();
	words = len / 8;
	first = at;
}

struct copy {
	const struct pmem2_variant *variant;
	size_t len, at; /* in the area */
	unsigned flags;
};

struct turns {
	int n, met;
	uint64_t before;
};

/*
 * Whether to write once more: until the reader has looked in between often enough, which a busy machine
 * may not let it. Stores by halves of 8 bytes are seen once in some 5,000 such times.
 */
static bool again(struct turns *turns, size_t len)
{
	const int enough = len > 64 ? 50 : 300;
	const int most = len >= HUGE ? 2 : len > 4096 ? 8 : len > 256 ? 60 : len > 64 ? 200 : 2000;
	uint64_t now = passes;

	turns->met += now != turns->before;
	turns->before = now;
	return turns->n++ < most && turns->met < enough;
}

/* Source and destination of a move that overlaps. */
static size_t apart(size_t len)
{
	return len < 4096 ? 8 + len / 16 * 8 : 200;
}

static void check_torn(const struct copy *copy, const char *what)
{
	const struct pmem2_tuning *tuning = backend->tuning;

	if (torn)
		ck_abort_msg("%s, nt_evicts %u, shape %u: %s of %zu bytes to a line's byte %zu, "
			     "flags %#x: a thread saw %#llx",
			copy->variant->name, tuning->nt_evicts, tuning->shape, what, copy->len,
			copy->at % 64, copy->flags, (unsigned long long)torn);
}

static void copies(const struct copy *copy)
{
	char *dest = area + copy->at;
	size_t shift = (copy->at / 8 + copy->len / 8) % SHIFT_MAX;

	for (struct turns turns = {0}; again(&turns, copy->len);)
		copy->variant->memmove(dest, sources[turns.n % PATTERNS][shift], copy->len,
			copy->flags);
	check_torn(copy, "copy");
}

static void sets(const struct copy *copy)
{
	for (struct turns turns = {0}; again(&turns, copy->len);)
		copy->variant->memset(area + copy->at, turns.n % 2 ? 0x55 : 0xAA, copy->len,
			copy->flags);
	check_torn(copy, "set");
}

/* Up and down over itself by whole values, whose neighbours differ. */
static void moves(const struct copy *copy)
{
	size_t by = apart(copy->len);
	char *low = area + copy->at;
	volatile uint64_t *word = (uint64_t *)low;

	for (size_t i = 0; i < (copy->len + by) / 8; i++)
		word[i] = (i % 251 + 1) * UINT64_C(0x0101010101010101);
	for (struct turns turns = {0}; again(&turns, copy->len);) {
		char *from = turns.n % 2 ? low : low + by;

		copy->variant->memmove(turns.n % 2 ? low + by : low, from, copy->len, copy->flags);
	}
	check_torn(copy, "move");
}

static void every_flag(const struct pmem2_variant *variant, size_t len, size_t at)
{
	static const unsigned flags[] = {PMEM2_F_MEM_NOFLUSH, PMEM2_F_MEM_NODRAIN, 0,
		PMEM2_F_MEM_TEMPORAL, PMEM2_F_MEM_NONTEMPORAL,
		PMEM2_F_MEM_NONTEMPORAL | PMEM2_F_MEM_NODRAIN,
		PMEM2_F_MEM_NONTEMPORAL | PMEM2_F_MEM_NOFLUSH};

	look_at(area + at, len + apart(len));
	for (size_t f = 0; f < (len < HUGE ? sizeof(flags) / sizeof(flags[0]) : 1); f++) {
		struct copy copy = {variant, len, at, flags[f]};

		copies(&copy);
		sets(&copy);
		moves(&copy);
	}
}

static void every_size_and_place(const struct pmem2_variant *variant)
{
	static const size_t sizes[] = {8, 16, 24, 32, 40, 56, 64, 72, 96, 120, 128, 136, 184, 192,
		200, 248, 256, 264, 320, 512, 1000, 4096, 40000};

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
		for (size_t at = 4096; at < 4096 + 64; at += 8)
			every_flag(variant, sizes[s], at);
	every_flag(variant, HUGE, 4096 + 8);
}

static const struct {
	unsigned nt_evicts, shape;
} contracts[] = {{0, PMEM2_SHAPE_AMD}, {1, PMEM2_SHAPE_AMD}, {1, PMEM2_SHAPE_INTEL}};

START_TEST(every_variant)
{
	uint64_t cpu = test_cpu();

	backend->tuning->nt_evicts = contracts[_i].nt_evicts;
	backend->tuning->shape = contracts[_i].shape;
	for (const struct pmem2_variant *const *v = backend->variants; *v; v++)
		if (((*v)->needs & ~cpu) == 0)
			every_size_and_place(*v);
}
END_TEST

/* The reader is not blind: values that are stored by halves are noticed. */
START_TEST(reader_notices)
{
	volatile uint32_t *half = (volatile uint32_t *)area;

	look_at(area, 8);
	/* as long as it takes: on a busy machine the reader has no CPU of its own */
	for (uint32_t i = 0; !torn; i++) {
		half[0] = i % 2 * UINT32_C(0x01010101);
		half[1] = i % 2 * UINT32_C(0x01010101);
	}
	ck_assert_uint_ne(torn, 0);
	look_at(area, 0);
	torn = 0;
	half[0] = half[1] = 0;
}
END_TEST

static char *pages(size_t bytes)
{
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap of %zu bytes", bytes);
	return p;
}

static void setup(void)
{
	area = pages(AREA);
	for (int p = 0; p < PATTERNS; p++) {
		char *memory = pages(AREA);

		memset(memory, 0x11 * (p + 1), AREA);
		for (int shift = 0; shift < SHIFT_MAX; shift++)
			sources[p][shift] = memory + shift;
	}
}

static bool one_cpu(void)
{
	cpu_set_t set;

	return !sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) < 2;
}

int main(int argc, char **argv)
{
	TCase *tc = tcase_create("torn");
	Suite *suite = suite_create("8-byte values");
	SRunner *runner = srunner_create(suite);
	pthread_t thread;

	for (const struct pmem2_backend *const *b = test_backends(); *b; b++)
		if (argc > 1 && !strcmp((*b)->name, argv[1]))
			backend = *b;
	if (!backend)
		errx(1, "usage: %s BACKEND", argv[0]);
	if (one_cpu()) {
		puts("skipped: two threads never run at once on one CPU");
		return SKIPPED;
	}
	setup();
	srunner_set_fork_status(runner, CK_NOFORK);
	tcase_set_timeout(tc, 0); /* Meson's is enough */
	tcase_add_test(tc, reader_notices);
	tcase_add_loop_test(tc, every_variant, 0, sizeof(contracts) / sizeof(contracts[0]));
	suite_add_tcase(suite, tc);
	if (pthread_create(&thread, NULL, reader, NULL))
		errx(1, "pthread_create");
	srunner_run_all(runner, CK_NORMAL);
	stop = true;
	pthread_join(thread, NULL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
